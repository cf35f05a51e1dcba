/* SPDX-License-Identifier: MIT */
#include "hub/core/keys.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/writer.h"
#include "crypto/random.h"
#include "crypto/tls_cert.h"
#include "crypto/vrf.h"
#include "crypto/web_push.h"
#include "franking/cert.h"
#include "hub/core/desk_keys.h"
#include "net/post.h"
#include "store/file.h"
#include "store/folder.h"

#define FILE_MAX 65536
#define CONF_MAX 4096

/* DIR/NAME in a static buffer; good until the next call. */
static const char *
path_in(const char *dir, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

/* ---- hub.conf ----------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void
add_line(struct cs_writer *w, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	cs_write_bytes(w, cs_view_str(line));
}

enum cs_err
hub_conf_write(const char *dir, const struct hub_conf *conf)
{
	struct cs_buf text = { 0 };
	struct cs_writer w = cs_writer(&text);
	enum cs_err err;

	add_line(
	    &w, "name %s\nlisten %s:%d\n", conf->name, conf->host, conf->port);
	if (conf->budget_times > 1)
		add_line(&w, "budgets %u\n", conf->budget_times);
	if (conf->network != 0)
		add_line(&w, "network %u\n", conf->network);
	if (conf->directory)
		add_line(&w, "directory on\n");
	if (conf->hook[0] != '\0')
		add_line(&w, "hook %s\n", conf->hook);
	if (conf->web_port != 0)
		add_line(
		    &w, "web-listen %s:%d\n", conf->web_host, conf->web_port);
	if (conf->web_cert[0] != '\0')
		add_line(&w, "web-cert %s\nweb-key %s\n", conf->web_cert,
		    conf->web_key);
	for (size_t i = 0; i < conf->n_origins; i++)
		add_line(&w, "web-origin %s\n", conf->origins[i]);
	for (size_t i = 0; i < conf->n_push_hosts; i++)
		add_line(&w, "push-host %s:%d\n", conf->push_hosts[i].host,
		    conf->push_hosts[i].port);
	if (conf->push_authorities[0] != '\0')
		add_line(&w, "push-authorities %s\n", conf->push_authorities);
	if (conf->witnesses[0] != '\0')
		add_line(&w, "witnesses %s\n", conf->witnesses);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_file_write(
		    path_in(dir, "hub.conf"), cs_buf_view(&text), 0644);
	cs_buf_free(&text);
	return err;
}

/* What stands behind ${word} and a blank in ${line}, into ${out}; false: it is
 * another word, stands there already, or is too long. */
static bool
take_word(char *out, size_t size, const char *line, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(line, word, n) != 0 || line[n] != ' ' || out[0] != '\0' ||
	    line[n + 1] == '\0' || strlen(line + n + 1) >= size)
		return false;
	snprintf(out, size, "%s", line + n + 1);
	return true;
}

bool
hub_origin_valid(const char *origin)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
	const char *host = strncmp(origin, "https://", 8) == 0 ? origin + 8
	    : strncmp(origin, "http://", 7) == 0               ? origin + 7
							       : "";
	size_t n = strspn(host, letters);
	const char *port = host + n;
	size_t digits = port[0] == ':' ? strspn(port + 1, "0123456789") : 0;

	if (n == 0 || strlen(origin) >= HUB_ORIGIN_SIZE ||
	    (port[0] != '\0' &&
		(digits == 0 || digits > 5 || port[1 + digits] != '\0')))
		return false;
	return origin[4] == 's' ||
	    (n == 9 && memcmp(host, "localhost", n) == 0) ||
	    (n == 9 && memcmp(host, "127.0.0.1", n) == 0);
}

bool
hub_conf_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 ||
	    (strncmp(host, "127.", 4) == 0 &&
		strspn(host, "0123456789.") == strlen(host));
}

/* A line about pages: false if it is none, or a wrong one. */
static bool
read_web(struct hub_conf *out, const char *line)
{
	char word[HUB_ORIGIN_SIZE] = "";
	int end = 0;

	if (take_word(out->web_cert, sizeof out->web_cert, line, "web-cert"))
		return out->web_cert[0] == '/';
	if (take_word(out->web_key, sizeof out->web_key, line, "web-key"))
		return out->web_key[0] == '/';
	if (take_word(word, sizeof word, line, "web-origin")) {
		if (out->n_origins == HUB_ORIGINS_MAX ||
		    !hub_origin_valid(word))
			return false;
		memcpy(out->origins[out->n_origins++], word, sizeof word);
		return true;
	}
	return out->web_port == 0 &&
	    sscanf(line, "web-listen %63[^:]:%5d%n", out->web_host,
		&out->web_port, &end) == 2 &&
	    end != 0 && line[end] == '\0' && out->web_port > 0 &&
	    out->web_port < 65536;
}

/* The same of pushes. */
static bool
read_push(struct hub_conf *out, const char *line)
{
	char word[HUB_ORIGIN_SIZE] = "", *colon;
	struct cs_net_endpoint to;
	char url[HUB_ORIGIN_SIZE + 16];

	if (take_word(out->push_authorities, sizeof out->push_authorities, line,
		"push-authorities"))
		return out->push_authorities[0] == '/';
	if (!take_word(word, sizeof word, line, "push-host") ||
	    out->n_push_hosts == HUB_PUSH_HOSTS_MAX)
		return false;
	snprintf(url, sizeof url, "https://%s/", word);
	if (cs_net_endpoint_parse(&to, cs_view_str(url)) != CS_OK ||
	    to.path.len != 1)
		return false;
	if ((colon = strchr(word, ':')) != NULL)
		*colon = '\0';
	memcpy(out->push_hosts[out->n_push_hosts].host, word, sizeof word);
	out->push_hosts[out->n_push_hosts++].port = to.port;
	return true;
}

/* One line of hub.conf that need not be there: a word and a number. */
static enum cs_err
read_extra(struct hub_conf *out, const char *line)
{
	char word[16];
	unsigned n;
	int end = 0;

	if (line[0] == '\0')
		return CS_OK;
	if (strncmp(line, "web-", 4) == 0)
		return read_web(out, line) ? CS_OK : CS_ERR_CORRUPT;
	if (strncmp(line, "push-", 5) == 0)
		return read_push(out, line) ? CS_OK : CS_ERR_CORRUPT;
	if (strcmp(line, "directory on") == 0) {
		out->directory = true;
		return CS_OK;
	}
	if (take_word(out->witnesses, sizeof out->witnesses, line, "witnesses"))
		return out->witnesses[0] == '/' ? CS_OK : CS_ERR_CORRUPT;
	if (strncmp(line, "hook /", 6) == 0 &&
	    strlen(line + 5) < sizeof out->hook) {
		snprintf(out->hook, sizeof out->hook, "%s", line + 5);
		return CS_OK;
	}
	if (sscanf(line, "%15s %4u%n", word, &n, &end) != 2 ||
	    line[end] != '\0')
		return CS_ERR_CORRUPT;
	if (strcmp(word, "budgets") == 0 && n != 0)
		out->budget_times = n;
	else if (strcmp(word, "network") == 0 && n <= HUB_NETWORK_MAX)
		out->network = n;
	else
		return CS_ERR_CORRUPT;
	return CS_OK;
}

/* Do the lines about pages belong together? */
static bool
web_fits(const struct hub_conf *c)
{
	bool certified = c->web_cert[0] != '\0';

	if (certified != (c->web_key[0] != '\0'))
		return false;
	if (c->web_port == 0)
		return !certified && c->n_origins == 0;
	return c->n_origins != 0 &&
	    (certified || hub_conf_loopback(c->web_host));
}

static enum cs_err
parse_conf(struct hub_conf *out, char *text)
{
	enum cs_err err = CS_OK;
	int end = 0;

	out->budget_times = 1;
	if (sscanf(text, "name %255s\nlisten %63[^:]:%d%n", out->name,
		out->host, &out->port, &end) != 3 ||
	    end == 0)
		return CS_ERR_CORRUPT;
	for (char *line = text + end; err == CS_OK && line != NULL;) {
		char *next = strchr(line, '\n');

		if (next != NULL)
			*next++ = '\0';
		err = read_extra(out, line);
		line = next;
	}
	return err == CS_OK && !web_fits(out) ? CS_ERR_CORRUPT : err;
}

enum cs_err
hub_conf_read(struct hub_conf *out, const char *dir)
{
	struct cs_buf file = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_file_read(&file, path_in(dir, "hub.conf"), CONF_MAX)) ==
		CS_OK &&
	    (err = cs_buf_add(&file, cs_view("", 1))) == CS_OK)
		err = strlen((const char *)file.data) + 1 == file.len
		    ? parse_conf(out, (char *)file.data)
		    : CS_ERR_CORRUPT;
	cs_buf_free(&file);
	return err;
}

/* ---- keys --------------------------------------------------------------- */

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
hub_keys_create_vapid(const char *dir)
{
	struct cs_web_push_key key;
	enum cs_err err = cs_web_push_key_new(&key);

	if (err == CS_OK)
		err = cs_file_create(path_in(dir, "keys/vapid.key"),
		    CS_VIEW_OF(key.private), 0600);
	cs_wipe(&key, sizeof key);
	return err == CS_ERR_EXISTS ? CS_OK : err;
}

enum cs_err
hub_keys_create_tlog(const char *dir)
{
	struct cs_sign_key key;
	enum cs_err err = cs_sign_key_new(&key);

	if (err == CS_OK)
		err = cs_file_create(
		    path_in(dir, "keys/tlog.key"), CS_VIEW_OF(key.seed), 0600);
	cs_wipe(&key, sizeof key);
	return err == CS_ERR_EXISTS ? CS_OK : err;
}

enum cs_err
hub_keys_create_names(const char *dir)
{
	uint8_t seed[CS_VRF_SEED_LEN];
	enum cs_err err;

	cs_random(seed, sizeof seed);
	err = cs_file_create(
	    path_in(dir, "keys/names.key"), CS_VIEW_OF(seed), 0600);
	cs_wipe(seed, sizeof seed);
	return err == CS_ERR_EXISTS ? CS_OK : err;
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

enum cs_err
hub_desk_public(const char *dir, uint8_t seal_public[static CS_KEY_LEN],
    uint8_t sign_public[static CS_KEY_LEN])
{
	struct hub_desk_certs certs;
	struct cs_buf file = { 0 };
	uint8_t root[CS_KEY_LEN];
	enum cs_err err;

	if ((err = hub_root_public(root, dir)) ||
	    (err = cs_file_read(
		 &file, path_in(dir, "keys/desk.certs"), FILE_MAX)))
		goto out;
	err = hub_desk_certs_parse(
	    &certs, cs_buf_view(&file), CS_VIEW_OF(root), 0);
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
	struct hub_desk_certs certs;
	struct cs_buf file = { 0 };
	enum cs_err err =
	    cs_file_read(&file, path_in(dir, "keys/desk.certs"), FILE_MAX);

	if (err == CS_OK) {
		err = hub_desk_certs_parse(&certs, cs_buf_view(&file),
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
	    (err = renew_role(dir, "tlog", CS_ROLE_TLOG, &root, now_s)) ||
	    (err = make_pseudonym_key(dir)) ||
	    (err = hub_keys_create_names(dir)) ||
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
