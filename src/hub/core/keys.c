/* SPDX-License-Identifier: MIT */
#include "hub/core/keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/random.h"
#include "crypto/tls_cert.h"
#include "franking/cert.h"
#include "hub/core/hub.h"
#include "store/file.h"

#define FILE_MAX 65536

/* DIR/NAME in a static buffer; good until the next call. */
static const char *
path_in(const char *dir, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

enum cs_err
hub_conf_write(const char *dir, const struct hub_conf *conf)
{
	char text[512];

	snprintf(text, sizeof text, "name %s\nlisten %s:%d\n", conf->name,
	    conf->host, conf->port);
	return cs_file_write(path_in(dir, "hub.conf"), cs_view_str(text), 0644);
}

enum cs_err
hub_conf_read(struct hub_conf *out, const char *dir)
{
	struct cs_buf file = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_file_read(&file, path_in(dir, "hub.conf"), 1024)) ==
		CS_OK &&
	    (err = cs_buf_add(&file, cs_view("", 1))) == CS_OK &&
	    sscanf((const char *)file.data,
		"name %255s\nlisten %63[^:]:%d\nbudgets %4u", out->name,
		out->host, &out->port, &out->budget_times) < 3)
		err = CS_ERR_CORRUPT;
	if (out->budget_times == 0)
		out->budget_times = 1;
	cs_buf_free(&file);
	return err;
}

enum cs_err
hub_key_write(const char *dir, const char *name, const struct cs_sign_key *key)
{
	return cs_file_write(path_in(dir, name), CS_VIEW_OF(key->seed), 0600);
}

enum cs_err
hub_key_read(struct cs_sign_key *out, const char *dir, const char *name)
{
	struct cs_buf seed = { 0 };
	enum cs_err err =
	    cs_file_read(&seed, path_in(dir, name), CS_SIGN_SEED_LEN);

	if (err == CS_OK)
		err = seed.len == CS_SIGN_SEED_LEN
		    ? cs_sign_key_from_seed(out, seed.data)
		    : CS_ERR_CORRUPT;
	cs_buf_free(&seed);
	return err == CS_ERR_LIMIT ? CS_ERR_CORRUPT : err;
}

enum cs_err
hub_keys_create_root(const char *dir)
{
	struct cs_sign_key root;
	char text[CS_BASE64URL_SIZE(CS_KEY_LEN) + 1]; /* and a newline */
	enum cs_err err;

	if ((err = cs_file_mkdir(path_in(dir, "keys"))) ||
	    (err = cs_sign_key_new(&root)) ||
	    (err = hub_key_write(dir, "keys/root.key", &root)))
		goto out;
	cs_base64url(text, CS_VIEW_OF(root.public));
	strcat(text, "\n");
	err = cs_file_write(
	    path_in(dir, "keys/root.pub"), cs_view_str(text), 0644);
out:
	cs_wipe(&root, sizeof root);
	return err;
}

enum cs_err
hub_root_private(struct cs_sign_key *out, const char *dir)
{
	enum cs_err err = hub_key_read(out, dir, "keys/root.key");
	uint8_t public[CS_KEY_LEN];

	if (err || (err = hub_root_public(public, dir)))
		return err;
	/* What it certified would be refused by everybody. */
	return cs_view_equal(CS_VIEW_OF(public), CS_VIEW_OF(out->public))
	    ? CS_OK
	    : CS_ERR_CORRUPT;
}

enum cs_err
hub_root_public(uint8_t out[static 32], const char *dir)
{
	struct cs_buf text = { 0 };
	enum cs_err err =
	    cs_file_read(&text, path_in(dir, "keys/root.pub"), 64);

	if (err == CS_OK &&
	    (text.len != 44 ||
		cs_unbase64url(out, 32, (const char *)text.data, 43) != CS_OK))
		err = CS_ERR_CORRUPT;
	cs_buf_free(&text);
	return err;
}

static enum cs_err
renew_stamp(const char *dir, const struct cs_sign_key *root, uint64_t now_s)
{
	struct cs_sign_key key;
	struct cs_buf cert = { 0 };
	enum cs_err err;

	if ((err = cs_sign_key_new(&key)) ||
	    (err = cs_stamp_key_cert_make(&cert, key.public, now_s - CS_DAY_S,
		 now_s + HUB_STAMP_DAYS * CS_DAY_S, root)) ||
	    (err = hub_key_write(dir, "keys/stamp.key", &key)) ||
	    (err = cs_file_write(
		 path_in(dir, "keys/stamp.cert"), cs_buf_view(&cert), 0644)))
		goto out;
out:
	cs_wipe(&key, sizeof key);
	cs_buf_free(&cert);
	return err;
}

/* A key that stays, and a new certificate for it: keys/NAME.key,
 * keys/NAME.cert. In every group stands that of the external sender; accounts
 * carry the certificate with which they were registered. */
static enum cs_err
renew_role(const char *dir, const char *name, enum cs_role role,
    const struct cs_sign_key *root, uint64_t now_s)
{
	char key_name[64], cert_name[64];
	struct cs_sign_key key;
	struct cs_buf cert = { 0 };
	enum cs_err err;

	snprintf(key_name, sizeof key_name, "keys/%s.key", name);
	snprintf(cert_name, sizeof cert_name, "keys/%s.cert", name);
	err = hub_key_read(&key, dir, key_name);
	if (err == CS_ERR_NOT_FOUND && (err = cs_sign_key_new(&key)) == CS_OK)
		err = hub_key_write(dir, key_name, &key);
	if (err == CS_OK)
		err = cs_role_key_cert_make(&cert, role, key.public,
		    now_s - CS_DAY_S, now_s + HUB_DESK_DAYS * CS_DAY_S, root);
	if (err == CS_OK)
		err = cs_file_write(
		    path_in(dir, cert_name), cs_buf_view(&cert), 0644);
	cs_wipe(&key, sizeof key);
	cs_buf_free(&cert);
	return err;
}

/* It never changes: a reporter's pseudonym has to stay the same. */
static enum cs_err
make_pseudonym_key(const char *dir)
{
	struct cs_buf key = { 0 };
	uint8_t fresh[32];
	enum cs_err err =
	    cs_file_read(&key, path_in(dir, "keys/pseudonym.key"), 32);

	cs_buf_free(&key);
	if (err != CS_ERR_NOT_FOUND)
		return err;
	cs_random(fresh, sizeof fresh);
	err = cs_file_write(
	    path_in(dir, "keys/pseudonym.key"), CS_VIEW_OF(fresh), 0600);
	cs_wipe(fresh, sizeof fresh);
	return err;
}

static enum cs_err
load_pseudonym_key(struct cs_hub *hub)
{
	struct cs_buf key = { 0 };
	enum cs_err err =
	    cs_file_read(&key, path_in(hub->dir, "keys/pseudonym.key"), 32);

	if (err == CS_OK && key.len != sizeof hub->pseudonym_key)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK)
		memcpy(hub->pseudonym_key, key.data, key.len);
	cs_buf_free(&key);
	return err;
}

static enum cs_err
certify_desk(const char *dir, const uint8_t seal_public[static CS_KEY_LEN],
    const uint8_t sign_public[static CS_KEY_LEN],
    const struct cs_sign_key *root, uint64_t now_s)
{
	struct cs_buf seal = { 0 }, sign = { 0 }, file = { 0 };
	struct cs_writer w = cs_writer(&file);
	enum cs_err err;

	if ((err = cs_role_key_cert_make(&seal, CS_ROLE_DESK_HPKE, seal_public,
		 now_s - CS_DAY_S, now_s + HUB_DESK_DAYS * CS_DAY_S, root)) ||
	    (err = cs_role_key_cert_make(&sign, CS_ROLE_DESK_SIGNING,
		 sign_public, now_s - CS_DAY_S,
		 now_s + HUB_DESK_DAYS * CS_DAY_S, root)))
		goto out;
	cs_write_vec(&w, cs_buf_view(&seal));
	cs_write_vec(&w, cs_buf_view(&sign));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_file_write(
		    path_in(dir, "keys/desk.certs"), cs_buf_view(&file), 0644);
out:
	cs_buf_free(&seal);
	cs_buf_free(&sign);
	cs_buf_free(&file);
	return err;
}

/* The certificates of the desk's two keys, as they are in a file. */
struct desk_certs {
	struct cs_view seal_bytes, sign_bytes;
	struct cs_role_key_cert seal, sign;
};

/* CS_ERR_EXPIRED: everything verifies, but not for this time. */
static enum cs_err
parse_desk(struct desk_certs *out, struct cs_view file, struct cs_view root,
    uint64_t now_s)
{
	struct cs_reader r = cs_reader(file);
	enum cs_err err, expired;

	out->seal_bytes = cs_read_vec(&r);
	out->sign_bytes = cs_read_vec(&r);
	if ((err = cs_reader_end(&r)))
		return err;
	expired = cs_role_key_cert_verify(
	    &out->seal, out->seal_bytes, root, CS_ROLE_DESK_HPKE, now_s);
	if (expired && expired != CS_ERR_EXPIRED)
		return expired;
	err = cs_role_key_cert_verify(
	    &out->sign, out->sign_bytes, root, CS_ROLE_DESK_SIGNING, now_s);
	return err ? err : expired;
}

enum cs_err
hub_desk_public(const char *dir, uint8_t seal_public[static CS_KEY_LEN],
    uint8_t sign_public[static CS_KEY_LEN])
{
	struct desk_certs certs;
	struct cs_buf file = { 0 };
	uint8_t root[CS_KEY_LEN];
	enum cs_err err;

	if ((err = hub_root_public(root, dir)) ||
	    (err = cs_file_read(
		 &file, path_in(dir, "keys/desk.certs"), FILE_MAX)))
		goto out;
	err = parse_desk(&certs, cs_buf_view(&file), CS_VIEW_OF(root), 0);
	if (err == CS_ERR_EXPIRED)
		err = CS_OK;
	if (err)
		goto out;
	memcpy(seal_public, certs.seal.public, CS_KEY_LEN);
	memcpy(sign_public, certs.sign.public, CS_KEY_LEN);
out:
	cs_buf_free(&file);
	return err;
}

/* The keys stay the same.  A hub without a desk has none. */
static enum cs_err
renew_desk(const char *dir, const struct cs_sign_key *root, uint64_t now_s)
{
	struct desk_certs certs;
	struct cs_buf file = { 0 };
	enum cs_err err =
	    cs_file_read(&file, path_in(dir, "keys/desk.certs"), FILE_MAX);

	if (err == CS_OK) {
		err = parse_desk(&certs, cs_buf_view(&file),
		    CS_VIEW_OF(root->public), now_s);
		if (err == CS_OK || err == CS_ERR_EXPIRED)
			err = certify_desk(dir, certs.seal.public,
			    certs.sign.public, root, now_s);
	} else if (err == CS_ERR_NOT_FOUND) {
		err = CS_OK;
	}
	cs_buf_free(&file);
	return err;
}

static enum cs_err
renew_tls(const char *dir, const char *name, const struct cs_sign_key *root,
    uint64_t now_s)
{
	struct cs_buf chain = { 0 }, key = { 0 };
	enum cs_err err;

	if ((err = cs_tls_certify(&chain, &key, root, name, now_s - CS_DAY_S,
		 now_s + HUB_TLS_DAYS * CS_DAY_S)) == CS_OK &&
	    (err = cs_file_write(path_in(dir, "keys/tls.key"),
		 cs_buf_view(&key), 0600)) == CS_OK)
		err = cs_file_write(
		    path_in(dir, "keys/tls.pem"), cs_buf_view(&chain), 0644);
	cs_buf_free(&chain);
	cs_buf_free(&key);
	return err;
}

enum cs_err
hub_keys_renew(const char *dir, const char *name)
{
	uint64_t now_s = (uint64_t)time(NULL);
	struct cs_sign_key root;
	enum cs_err err;

	if ((err = hub_root_private(&root, dir)) ||
	    (err = renew_stamp(dir, &root, now_s)) ||
	    (err = renew_role(
		 dir, "external", CS_ROLE_EXTERNAL_SENDER, &root, now_s)) ||
	    (err = renew_role(
		 dir, "registrar", CS_ROLE_REGISTRAR, &root, now_s)) ||
	    (err = make_pseudonym_key(dir)) ||
	    (err = renew_desk(dir, &root, now_s)) ||
	    (err = renew_tls(dir, name, &root, now_s)))
		goto out;
out:
	cs_wipe(&root, sizeof root);
	return err;
}

enum cs_err
hub_keys_join_desk(const char *dir,
    const uint8_t seal_public[static CS_KEY_LEN],
    const uint8_t sign_public[static CS_KEY_LEN])
{
	struct cs_sign_key root;
	enum cs_err err;

	if ((err = hub_root_private(&root, dir)) == CS_OK)
		err = certify_desk(
		    dir, seal_public, sign_public, &root, (uint64_t)time(NULL));
	cs_wipe(&root, sizeof root);
	return err;
}

static enum cs_err
load_desk(struct cs_hub *hub)
{
	struct desk_certs certs;
	struct cs_buf file = { 0 };
	enum cs_err err;

	if ((err = cs_file_read(
		 &file, path_in(hub->dir, "keys/desk.certs"), 4096)) ||
	    (err = parse_desk(&certs, cs_buf_view(&file),
		 CS_VIEW_OF(hub->root_public), hub->now_ms / 1000)) ||
	    (err = cs_buf_set(&hub->desk_seal_cert, certs.seal_bytes)) ||
	    (err = cs_buf_set(&hub->desk_sign_cert, certs.sign_bytes)))
		goto out;
	memcpy(hub->desk_sign_public, certs.sign.public, 32);
	hub->have_desk = true;
out:
	cs_buf_free(&file);
	return err;
}

void
hub_keys_look_for_desk(struct cs_hub *hub)
{
	struct stat st;

	if (stat(path_in(hub->dir, "keys/desk.certs"), &st) != 0 ||
	    st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec ==
		hub->desk_mtime)
		return;
	hub->desk_mtime = st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	/* A damaged file leaves the desk as it was. */
	(void)!load_desk(hub);
}

/* Load the pair keys/NAME.key and .cert; CS_ERR_CORRUPT: they are none. */
static enum cs_err
load_role(struct cs_sign_key *key, struct cs_buf *cert,
    const struct cs_hub *hub, const char *name, enum cs_role role)
{
	struct cs_role_key_cert parsed;
	char file[64];
	enum cs_err err;

	snprintf(file, sizeof file, "keys/%s.key", name);
	if ((err = hub_key_read(key, hub->dir, file)))
		return err;
	snprintf(file, sizeof file, "keys/%s.cert", name);
	if ((err = cs_file_read(cert, path_in(hub->dir, file), FILE_MAX)) ||
	    (err = cs_role_key_cert_verify(&parsed, cs_buf_view(cert),
		 CS_VIEW_OF(hub->root_public), role,
		 hub->now_ms / CS_SECOND_MS)))
		return err;
	return memcmp(parsed.public, key->public, CS_KEY_LEN) == 0
	    ? CS_OK
	    : CS_ERR_CORRUPT;
}

enum cs_err
hub_keys_load(struct cs_hub *hub)
{
	struct cs_stamp_key_cert stamp;
	enum cs_err err;

	if ((err = hub_root_public(hub->root_public, hub->dir)) ||
	    (err = hub_key_read(&hub->stamp_key, hub->dir, "keys/stamp.key")) ||
	    (err = cs_file_read(&hub->stamp_cert,
		 path_in(hub->dir, "keys/stamp.cert"), FILE_MAX)) ||
	    (err = cs_stamp_key_cert_verify(&stamp,
		 cs_buf_view(&hub->stamp_cert), CS_VIEW_OF(hub->root_public),
		 hub->now_ms / CS_SECOND_MS)))
		return err;
	/* Stamps by a key without its certificate would be refused. */
	if (memcmp(stamp.public, hub->stamp_key.public, CS_KEY_LEN) != 0)
		return CS_ERR_CORRUPT;
	if ((err = load_role(&hub->external_key, &hub->external_cert, hub,
		 "external", CS_ROLE_EXTERNAL_SENDER)) ||
	    (err = load_role(&hub->registrar_key, &hub->registrar_cert, hub,
		 "registrar", CS_ROLE_REGISTRAR)) ||
	    (err = load_pseudonym_key(hub)) ||
	    (err = cs_signer_from_ed25519(
		 &hub->external_signer, &hub->external_key)))
		return err;
	hub_keys_look_for_desk(hub);
	return CS_OK;
}
