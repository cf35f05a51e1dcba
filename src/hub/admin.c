/* SPDX-License-Identifier: MIT */
#include "hub/admin.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "crypto/tls_signer.h"
#include "franking/cert.h"
#include "hub/core/hub.h"
#include "hub/core/keys.h"
#include "hub/core/root_folder.h"
#include "hub/core/schema.h"
#include "hub/core/tlog.h"
#include "store/file.h"
#include "store/folder.h"

#define INVITE_LEN 16
#define WEB_FILE_MAX ((size_t)64 << 10)
#define WEB_PATH_SIZE 256

static enum cs_err
open_db(struct cs_db **out, const char *dir)
{
	char *path = cs_path_join(dir, "hub.db");
	struct stat st;
	enum cs_err err = CS_ERR_NOMEM;

	*out = NULL;
	if (path != NULL && (err = cs_file_check_dir(dir)) == CS_OK)
		err = stat(path, &st) == 0
		    ? cs_db_open(out, path, CS_DB_SHARED, &cs_hub_schema)
		    : cs_file_errno();
	cs_free_plain(path);
	return err;
}

static enum cs_err
create_db(const char *dir)
{
	char *path = cs_path_join(dir, "hub.db");
	struct cs_db *db = NULL;
	enum cs_err err = CS_ERR_NOMEM;

	if (path != NULL)
		err = cs_db_open(&db, path, CS_DB_SHARED, &cs_hub_schema);
	cs_db_close(db);
	cs_free_plain(path);
	return err;
}

enum cs_err
cs_hub_init(const char *dir, const char *name, const char *host, int port)
{
	struct hub_conf conf = { .port = port };
	char *conf_path = cs_path_join(dir, "hub.conf");
	char *blobs = cs_path_join(dir, "blobs");
	struct stat st;
	enum cs_err err = CS_ERR_NOMEM;

	if (conf_path == NULL || blobs == NULL)
		goto out;
	if (strlen(name) >= sizeof conf.name ||
	    strlen(host) >= sizeof conf.host) {
		err = CS_ERR_LIMIT;
		goto out;
	}
	strcpy(conf.name, name);
	strcpy(conf.host, host);
	if (stat(conf_path, &st) == 0) {
		err = CS_ERR_EXISTS;
		goto out;
	}
	/* The configuration is written last: it makes the folder a hub. */
	if ((err = cs_file_mkdir(dir)) || (err = cs_file_mkdir(blobs)) ||
	    (err = hub_keys_create_root(dir)) ||
	    (err = hub_keys_renew(dir, name)) || (err = create_db(dir)) ||
	    (err = hub_conf_write(dir, &conf)))
		goto out;
out:
	cs_free_plain(conf_path);
	cs_free_plain(blobs);
	return err;
}

enum cs_err
cs_hub_root(char text[static CS_HUB_ROOT_TEXT_SIZE], const char *dir)
{
	uint8_t root[CS_KEY_LEN];
	enum cs_err err = hub_root_public(root, dir);

	if (err == CS_OK)
		cs_base64url(text, CS_VIEW_OF(root));
	return err;
}

enum cs_err
cs_hub_invite(char link[static CS_HUB_LINK_SIZE], const char *dir,
    unsigned uses, uint64_t seconds)
{
	uint8_t code[INVITE_LEN], hash[CS_HASH_LEN];
	char text[CS_BASE64URL_SIZE(INVITE_LEN)];
	char root[CS_HUB_ROOT_TEXT_SIZE];
	struct hub_conf conf;
	struct cs_db *db = NULL;
	enum cs_err err;

	cs_random(code, sizeof code);
	cs_base64url(text, CS_VIEW_OF(code));
	if ((err = hub_conf_read(&conf, dir)) ||
	    (err = cs_hub_root(root, dir)) ||
	    (err = cs_sha256(hash, cs_view_str(text))) ||
	    (err = open_db(&db, dir)) ||
	    (err = cs_db_exec(db,
		 "INSERT INTO invite(hash,uses,expires) VALUES(?,?,?)",
		 cs_blob(CS_VIEW_OF(hash)), cs_int(uses),
		 cs_int(((uint64_t)time(NULL) + seconds) * 1000))))
		goto out;
	snprintf(link, CS_HUB_LINK_SIZE, "https://%s:%d/i/%s#%s", conf.name,
	    conf.port, text, root);
out:
	cs_db_close(db);
	cs_wipe(code, sizeof code);
	return err;
}

enum cs_err
cs_hub_log_release(const char *dir, const uint8_t hash[static CS_HASH_LEN])
{
	struct cs_hub *hub = cs_calloc(1, sizeof *hub);
	enum cs_err err;

	if (hub == NULL)
		return CS_ERR_NOMEM;
	if ((err = open_db(&hub->db, dir)) == CS_OK &&
	    (err = cs_db_begin(hub->db)) == CS_OK)
		err = cs_db_end(hub->db,
		    hub_tlog_add_once(
			hub, CS_TLOG_RELEASE, cs_view(hash, CS_HASH_LEN)));
	cs_db_close(hub->db);
	cs_free(hub, sizeof *hub);
	return err;
}

enum cs_err
cs_hub_join_desk(const char *dir, const uint8_t seal_public[static CS_KEY_LEN],
    const uint8_t sign_public[static CS_KEY_LEN])
{
	enum cs_err err = hub_keys_join_desk(dir, seal_public, sign_public);

	/* What waits for an answer names another desk, or none. */
	return err ? err : hub_root_forget(dir);
}

enum cs_err
cs_hub_renew(const char *dir)
{
	struct hub_conf conf;
	enum cs_err err = hub_conf_read(&conf, dir);

	if (err == CS_OK)
		err = hub_keys_renew(dir, conf.name);
	return err ? err : hub_root_forget(dir);
}

/* Is it a certificate with its key? */
static enum cs_err
check_web(const struct cs_hub_web *web)
{
	struct cs_buf cert = { 0 }, key = { 0 };
	struct cs_tls_signer *signer = NULL;
	enum cs_err err;

	if ((err = cs_file_read(&cert, web->cert, WEB_FILE_MAX)) == CS_OK)
		err = cs_file_read(&key, web->key, WEB_FILE_MAX);
	/* That is said of a hub. */
	if (err == CS_ERR_NOT_FOUND)
		err = CS_ERR_IO;
	if (err == CS_OK &&
	    (err = cs_tls_signer_new(&signer, cs_buf_view(&key))) == CS_OK)
		err = cs_tls_signer_check(signer, cs_buf_view(&cert));
	cs_tls_signer_free(signer);
	cs_buf_free(&cert);
	cs_buf_free(&key);
	return err;
}

/* hub.conf knows files by their whole paths, which may be links. */
static enum cs_err
put_path(char out[static WEB_PATH_SIZE], const char *path)
{
	char here[WEB_PATH_SIZE] = "";
	int n;

	if (path[0] != '/' && getcwd(here, sizeof here) == NULL)
		return CS_ERR_IO;
	n = snprintf(out, WEB_PATH_SIZE, "%s%s%s", here,
	    path[0] != '/' ? "/" : "", path);
	return n > 0 && n < WEB_PATH_SIZE && strchr(out, '\n') == NULL
	    ? CS_OK
	    : CS_ERR_IO;
}

enum cs_err
cs_hub_web_set(const char *dir, const struct cs_hub_web *web)
{
	struct hub_conf conf;
	enum cs_err err = hub_conf_read(&conf, dir);

	if (err)
		return err;
	conf.web_host[0] = conf.web_cert[0] = conf.web_key[0] = '\0';
	conf.n_origins = 0;
	if ((err = cs_crypto_init()))
		return err;
	conf.web_port = web->port;
	if (web->port == 0)
		return hub_conf_write(dir, &conf);
	snprintf(conf.web_host, sizeof conf.web_host, "%s", web->host);
	for (size_t i = 0; i < web->n_origins; i++) {
		if (!hub_origin_valid(web->origins[i]))
			return CS_ERR_MISUSE;
		snprintf(conf.origins[conf.n_origins++], HUB_ORIGIN_SIZE, "%s",
		    web->origins[i]);
	}
	if (conf.n_origins == 0)
		return CS_ERR_MISUSE;
	if (web->cert == NULL && !hub_conf_loopback(web->host))
		return CS_ERR_DENIED;
	if (web->cert != NULL &&
	    ((err = check_web(web)) ||
		(err = put_path(conf.web_cert, web->cert)) ||
		(err = put_path(conf.web_key, web->key))))
		return err;
	if ((err = hub_keys_create_vapid(dir)))
		return err;
	return hub_conf_write(dir, &conf);
}

enum cs_err
cs_hub_web_origin(char out[static CS_HUB_ORIGIN_SIZE], const char *dir)
{
	struct hub_conf conf;
	enum cs_err err = hub_conf_read(&conf, dir);

	_Static_assert(CS_HUB_ORIGIN_SIZE == HUB_ORIGIN_SIZE, "one is copied");
	if (err)
		return err;
	if (conf.web_port == 0 || conf.n_origins == 0)
		return CS_ERR_NOT_FOUND;
	memcpy(out, conf.origins[0], HUB_ORIGIN_SIZE);
	return CS_OK;
}

static enum cs_err
summarize_age(struct cs_hub_summary *out, struct cs_db *db)
{
	static const char log[] = "SELECT COALESCE(MIN(accepted),0) FROM log"
				  " WHERE content=?";
	uint64_t commit, proposal;
	enum cs_err err;

	if ((err = cs_db_get_int(&out->message_ms, db, log,
		 cs_int(CS_MLS_CONTENT_APPLICATION))) ||
	    (err = cs_db_get_int(
		 &commit, db, log, cs_int(CS_MLS_CONTENT_COMMIT))) ||
	    (err = cs_db_get_int(
		 &proposal, db, log, cs_int(CS_MLS_CONTENT_PROPOSAL))) ||
	    (err = cs_db_get_int(&out->blob_ms, db,
		 "SELECT COALESCE(MIN(created),0) FROM blob")) ||
	    (err = cs_db_get_int(&out->report_ms, db,
		 "SELECT COALESCE(MIN(received),0) FROM report")) ||
	    (err = cs_db_get_int(&out->letter_ms, db,
		 "SELECT COALESCE(MIN(received),0) FROM letter")) ||
	    (err = cs_db_get_int(&out->left_ms, db,
		 "SELECT COALESCE(MIN(gone),0) FROM account WHERE gone<>0")))
		return err;
	out->handshake_ms = commit == 0 || (proposal != 0 && proposal < commit)
	    ? proposal
	    : commit;
	return cs_db_get_int(
	    &out->pins, db, "SELECT COUNT(DISTINCT blob) FROM pin");
}

enum cs_err
cs_hub_summarize(struct cs_hub_summary *out, const char *dir)
{
	struct hub_conf conf;
	struct cs_db *db = NULL;
	char *desk = cs_path_join(dir, "keys/desk.certs");
	struct stat st;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (desk == NULL)
		return CS_ERR_NOMEM;
	if ((err = hub_conf_read(&conf, dir)) || (err = open_db(&db, dir)) ||
	    (err = summarize_age(out, db)) ||
	    (err = cs_db_get_int(
		 &out->accounts, db, "SELECT COUNT(*) FROM account")) ||
	    (err = cs_db_get_int(&out->disabled, db,
		 "SELECT COUNT(*) FROM account WHERE disabled<>0")) ||
	    (err = cs_db_get_int(
		 &out->groups, db, "SELECT COUNT(*) FROM grp")) ||
	    (err = cs_db_get_int(
		 &out->entries, db, "SELECT COALESCE(SUM(seq),0) FROM grp")) ||
	    (err = cs_db_get_int(
		 &out->blobs, db, "SELECT COUNT(*) FROM blob")) ||
	    (err = cs_db_get_int(
		 &out->reports, db, "SELECT COUNT(*) FROM report")) ||
	    (err = cs_db_get_int(
		 &out->removals, db, "SELECT COUNT(*) FROM removal")) ||
	    (err = cs_db_get_int(&out->removals_failed, db,
		 "SELECT COUNT(*) FROM removal WHERE tries>0")) ||
	    (err = cs_db_get_int(&out->removals_since_ms, db,
		 "SELECT COALESCE(MIN(since),0) FROM removal")))
		goto out;
	strcpy(out->name, conf.name);
	strcpy(out->host, conf.host);
	snprintf(out->web_host, sizeof out->web_host, "%s", conf.web_host);
	out->web_port = conf.web_port;
	out->port = conf.port;
	out->desk = stat(desk, &st) == 0;
	err = hub_root_here(&out->root_here, dir);
out:
	cs_db_close(db);
	cs_free_plain(desk);
	return err;
}
