/* SPDX-License-Identifier: MIT */
/* The desk's folder: keys, sealed database, and where the hub is. */
#include "desk/desk.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/units.h"
#include "base/wipe.h"
#include "base/writer.h"
#include "crypto/dhkem.h"
#include "crypto/sign.h"
#include "crypto/small_order.h"
#include "crypto/suite.h"
#include "crypto/tls_tickets.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/head.h"
#include "desk/core/link.h"
#include "desk/core/policy.h"
#include "desk/core/schema.h"
#include "desk/core/store.h"
#include "desk/photos/index.h"
#include "store/db.h"
#include "store/file.h"
#include "store/folder.h"
#include "store/keyfile.h"
#include "store/vault.h"

#define IDENTITY "identity"
#define IDENTITY_VERSION 1

/* ---- identity ----------------------------------------------------------- */

static enum cs_err
identity_save(struct cs_desk *d)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_u8(&w, IDENTITY_VERSION);
	cs_write_vec(&w, cs_view_str(d->hub.name));
	cs_write_vec(&w, cs_view_str(d->hub.host));
	cs_write_u16(&w, (uint16_t)d->hub.port);
	cs_write_bytes(&w, CS_VIEW_OF(d->hub.root));
	cs_write_bytes(&w, cs_hpke_key_private(&d->seal_key));
	cs_write_bytes(&w, CS_VIEW_OF(d->sign_key.seed));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_config_set(
		    d->db, &d->key, IDENTITY, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

static enum cs_err
identity_load(struct cs_desk *d)
{
	uint8_t private[CS_X25519_LEN], seed[CS_SIGN_SEED_LEN];
	struct cs_buf bytes = { 0 };
	struct cs_reader r;
	enum cs_err err;

	if ((err = cs_vault_config_get(&bytes, d->db, &d->key, IDENTITY)))
		goto out;
	r = cs_reader(cs_buf_view(&bytes));
	if (cs_read_u8(&r) != IDENTITY_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	cs_read_string(&r, d->hub.name, sizeof d->hub.name);
	cs_read_string(&r, d->hub.host, sizeof d->hub.host);
	d->hub.port = cs_read_u16(&r);
	cs_read_copy(&r, d->hub.root, sizeof d->hub.root);
	cs_read_copy(&r, private, sizeof private);
	cs_read_copy(&r, seed, sizeof seed);
	if (cs_reader_end(&r) != CS_OK)
		err = CS_ERR_CORRUPT;
	else if ((err = cs_hpke_key_from_private(&d->seal_key, CS_DHKEM_X25519,
		      CS_VIEW_OF(private))) == CS_OK)
		err = cs_sign_key_from_seed(&d->sign_key, seed);
	cs_wipe(private, sizeof private);
	cs_wipe(seed, sizeof seed);
out:
	cs_buf_free(&bytes);
	return err;
}

/* ---- the folder --------------------------------------------------------- */

enum folder { FOLDER_THERE = 0, FOLDER_NEW = 1 };

static enum cs_err
open_files(struct cs_desk *d, struct cs_view passphrase, enum folder folder)
{
	char *db = cs_path_join(d->folder.path, "desk.db");
	char *key = cs_path_join(d->folder.path, "key");
	char *files = cs_path_join(d->folder.path, "files");
	enum cs_err err = CS_ERR_NOMEM;

	if (db == NULL || key == NULL || files == NULL)
		goto out;
	if (folder == FOLDER_NEW && access(key, F_OK) != 0)
		err = cs_keyfile_create(&d->key, key, passphrase);
	else
		err = cs_keyfile_open(&d->key, key, passphrase);
	if (err == CS_OK && folder == FOLDER_NEW)
		err = cs_file_mkdir(files);
	if (err == CS_OK && folder == FOLDER_THERE && access(db, F_OK) != 0)
		err = CS_ERR_NOT_FOUND;
	if (err == CS_OK)
		err = cs_db_open(&d->db, db, CS_DB_SHARED, &cs_desk_schema);
	if (err == CS_OK)
		err = desk_audit_begin(d);
out:
	cs_free_plain(db);
	cs_free_plain(key);
	cs_free_plain(files);
	return err;
}

static enum cs_err
new_desk(struct cs_desk **out, const char *dir, enum folder folder)
{
	struct cs_desk *d = cs_calloc(1, sizeof *d);

	*out = d;
	if (d == NULL)
		return CS_ERR_NOMEM;
	return folder == FOLDER_NEW ? cs_folder_make(&d->folder, dir)
				    : cs_folder_open(&d->folder, dir);
}

static bool
is_joined(struct cs_desk *d)
{
	struct cs_buf value = { 0 };
	enum cs_err err = cs_vault_config_get(&value, d->db, &d->key, "joined");

	cs_buf_free(&value);
	return err == CS_OK;
}

enum cs_err
cs_desk_init(const char *dir, const struct cs_desk_hub *hub,
    struct cs_view passphrase, uint8_t seal_public[static CS_KEY_LEN],
    uint8_t sign_public[static CS_KEY_LEN])
{
	struct cs_desk *d = NULL;
	enum cs_err err;

	if ((err = new_desk(&d, dir, FOLDER_NEW)) ||
	    (err = open_files(d, passphrase, FOLDER_NEW)))
		goto out;
	if (is_joined(d)) {
		err = CS_ERR_EXISTS;
		goto out;
	}
	err = identity_load(d);
	if (err == CS_ERR_NOT_FOUND &&
	    (err = cs_hpke_key_new(&d->seal_key, CS_DHKEM_X25519)) == CS_OK)
		err = cs_sign_key_new(&d->sign_key);
	if (err == CS_OK) {
		d->hub = *hub;
		err = identity_save(d);
	}
	memcpy(seal_public, d->seal_key.public, CS_KEY_LEN);
	memcpy(sign_public, d->sign_key.public, CS_KEY_LEN);
out:
	cs_desk_close(d);
	return err;
}

enum cs_err
cs_desk_joined(const char *dir, struct cs_view passphrase)
{
	struct cs_desk *d = NULL;
	enum cs_err err;

	if ((err = new_desk(&d, dir, FOLDER_THERE)) == CS_OK &&
	    (err = open_files(d, passphrase, FOLDER_THERE)) == CS_OK &&
	    (err = cs_db_begin(d->db)) == CS_OK) {
		err = cs_vault_config_set(
		    d->db, &d->key, "joined", cs_view_str("yes"));
		if (err == CS_OK)
			err = desk_audit_say(d, "the desk was made");
		err = cs_db_end(d->db, err);
	}
	cs_desk_close(d);
	return err;
}

enum cs_err
cs_desk_needs_passphrase(bool *needed, const char *dir)
{
	struct cs_folder folder;
	char *path = NULL;
	enum cs_err err;

	if ((err = cs_folder_open(&folder, dir)))
		return err;
	if ((path = cs_path_join(folder.path, "key")) == NULL)
		err = CS_ERR_NOMEM;
	else
		err = cs_keyfile_needs_passphrase(needed, path);
	cs_free_plain(path);
	cs_folder_close(&folder);
	return err;
}

enum cs_err
cs_desk_open(struct cs_desk **out, const char *dir, struct cs_view passphrase)
{
	struct cs_desk *d = NULL;
	enum cs_err err;

	*out = NULL;
	if ((err = new_desk(&d, dir, FOLDER_THERE)) == CS_OK &&
	    (err = open_files(d, passphrase, FOLDER_THERE)) == CS_OK)
		err = is_joined(d) ? identity_load(d) : CS_ERR_NOT_FOUND;
	if (err == CS_OK)
		err = desk_heads_config(d);
	if (err) {
		cs_desk_close(d);
		return err;
	}
	*out = d;
	return CS_OK;
}

void
cs_desk_close(struct cs_desk *d)
{
	if (d == NULL)
		return;
	desk_disconnect(d);
	cs_tls_tickets_free(d->tickets);
	desk_index_forget(d);
	cs_desk_policy_clear(&d->policy);
	if (d->db != NULL && cs_db_in_transaction(d->db))
		cs_db_rollback(d->db);
	cs_db_close(d->db);
	desk_audit_end(d);
	cs_folder_close(&d->folder);
	cs_free_plain(d->heads_file);
	cs_free(d, sizeof *d);
}
