/* SPDX-License-Identifier: MIT */
/* A member's folder: its lock, its key file, its sealed database, and who the
 * user is. */
#include "client/home/home.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "client/home/activity.h"
#include "client/home/alias.h"
#include "client/home/attempts.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/expiry.h"
#include "client/home/group.h"
#include "client/home/problem.h"
#include "client/home/schema.h"
#include "client/home/wipe.h"
#include "crypto/random.h"
#include "crypto/tls_tickets.h"
#include "store/file.h"
#include "store/folder.h"
#include "store/keyfile.h"
#include "store/snapshot.h"

#define IDENTITY "identity"
#define IDENTITY_VERSION 1

const char *
cs_client_handle(const struct cs_client *c)
{
	return c->self.handle;
}

const char *
cs_client_hub(const struct cs_client *c)
{
	return c->self.hub;
}

bool
cs_client_online(const struct cs_client *c)
{
	return c->link.online;
}

const uint8_t *
cs_client_account(const struct cs_client *c)
{
	return c->self.account;
}

const uint8_t *
cs_client_device(const struct cs_client *c)
{
	return c->self.device;
}

void
cs_client_operator_key(
    const struct cs_client *c, char out[static CS_CLIENT_OPERATOR_KEY_SIZE])
{
	cs_base64url(out, CS_VIEW_OF(c->self.root));
}

/* ---- who we are --------------------------------------------------------- */

enum cs_err
client_identity_save(struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_u8(&w, IDENTITY_VERSION);
	cs_write_vec(&w, cs_view_str(c->self.handle));
	cs_write_vec(&w, cs_view_str(c->self.hub));
	cs_write_vec(&w, cs_view_str(c->self.host));
	cs_write_u16(&w, (uint16_t)c->self.port);
	cs_write_bytes(&w, CS_VIEW_OF(c->self.root));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.account));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.device));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.account_key));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.account_notes.b));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.device_key.seed));
	cs_write_vec(&w, cs_buf_view(&c->self.credential));
	cs_write_u8(&w, c->self.has_recovery);
	if (c->self.has_recovery)
		cs_write_bytes(&w, CS_VIEW_OF(c->self.recovery.b));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_config_set(
		    c->db, &c->key, IDENTITY, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

static enum cs_err
identity_load(struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	struct cs_view credential;
	struct cs_reader r;
	enum cs_err err;

	if ((err = cs_vault_config_get(&bytes, c->db, &c->key, IDENTITY)))
		goto out;
	r = cs_reader(cs_buf_view(&bytes));
	if (cs_read_u8(&r) != IDENTITY_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	cs_read_string(&r, c->self.handle, sizeof c->self.handle);
	cs_read_string(&r, c->self.hub, sizeof c->self.hub);
	cs_read_string(&r, c->self.host, sizeof c->self.host);
	c->self.port = cs_read_u16(&r);
	cs_read_copy(&r, c->self.root, sizeof c->self.root);
	cs_read_copy(&r, c->self.account, sizeof c->self.account);
	cs_read_copy(&r, c->self.device, sizeof c->self.device);
	cs_read_copy(&r, c->self.account_key, sizeof c->self.account_key);
	cs_read_copy(
	    &r, c->self.account_notes.b, sizeof c->self.account_notes.b);
	cs_read_copy(
	    &r, c->self.device_key.seed, sizeof c->self.device_key.seed);
	credential = cs_read_vec(&r);
	c->self.has_recovery = cs_read_optional(&r);
	if (c->self.has_recovery)
		cs_read_copy(&r, c->self.recovery.b, sizeof c->self.recovery.b);
	if (cs_reader_end(&r) != CS_OK) {
		err = CS_ERR_CORRUPT;
		goto out;
	}
	if ((err = cs_buf_set(&c->self.credential, credential)) == CS_OK)
		err = cs_sign_key_from_seed(
		    &c->self.device_key, c->self.device_key.seed);
out:
	cs_buf_free(&bytes);
	return err;
}

/* ---- the folder --------------------------------------------------------- */

static enum cs_err
home_path(char **out, const struct cs_client *c, const char *name)
{
	*out = cs_path_join(c->home.path, name);
	return *out != NULL ? CS_OK : CS_ERR_NOMEM;
}

/* Wait for other commands that use the home. */
static enum cs_err
take_lock(struct cs_client *c)
{
	char *path = NULL;
	enum cs_err err;

	client_activity(CS_CLIENT_LOCKING, 0, 0);
	if ((err = home_path(&path, c, "lock")) == CS_OK)
		err = cs_file_lock(&c->lock, path);
	client_activity(CS_CLIENT_IDLE, 0, 0);
	cs_free_plain(path);
	return err;
}

/* When the home was last locked by its user; 0: never. */
static uint64_t
locked_at(const struct cs_client *c)
{
	struct stat st;

	if (fstatat(c->home.fd, "locked", &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	return (uint64_t)st.st_mtim.tv_sec * 1000000 +
	    (uint64_t)st.st_mtim.tv_nsec / 1000;
}

enum files { EXIST, MAY_BE_NEW };

static enum cs_err
open_db(struct cs_client *c)
{
	char *db = NULL;
	enum cs_err err;

	if ((err = home_path(&db, c, "client.db")))
		return err;
	err = cs_db_open(&c->db, db, CS_DB_FORGETFUL, &cs_client_schema);
	cs_free_plain(db);
	return err;
}

/* Each try counts before it is made, so that nothing is gained by ending the
 * program in between. */
static enum cs_err
open_key(struct cs_client *c, const char *path, struct cs_view passphrase)
{
	enum cs_err err = client_attempt_begins(&c->home);

	if (err == CS_ERR_DENIED) {
		err = client_home_destroy(&c->home);
		return err ? err : CS_ERR_NOT_FOUND;
	}
	if (err || (err = cs_keyfile_open(&c->key, path, passphrase)))
		return err;
	return client_attempt_worked(&c->home);
}

static enum cs_err
open_files(struct cs_client *c, struct cs_view passphrase, enum files files)
{
	char *db = NULL, *key = NULL;
	enum cs_err err;

	if ((err = home_path(&db, c, "client.db")) ||
	    (err = home_path(&key, c, "key")))
		goto out;
	if (files == MAY_BE_NEW && access(key, F_OK) != 0)
		err = cs_keyfile_create(&c->key, key, passphrase);
	else
		err = open_key(c, key, passphrase);
	if (err || (err = cs_file_tidy(key)))
		goto out;
	if (files == EXIST && access(db, F_OK) != 0) {
		err = CS_ERR_NOT_FOUND;
		goto out;
	}
	err = open_db(c);
out:
	cs_free_plain(db);
	cs_free_plain(key);
	return err;
}

/* Whoever tried to join before, without a passphrase, left a key without one.
 */
static enum cs_err
protect_new(struct cs_client *c, struct cs_view passphrase)
{
	bool protected;
	char *path = NULL;
	enum cs_err err;

	if (passphrase.len == 0 || client_home_check_new(c) != CS_OK)
		return CS_OK;
	err = home_path(&path, c, "key");
	if (err == CS_OK)
		err = cs_keyfile_needs_passphrase(&protected, path);
	if (err == CS_OK && !protected)
		err = cs_keyfile_change(&c->key, path, passphrase);
	cs_free_plain(path);
	return err;
}

enum cs_err
client_home_new(
    struct cs_client **out, const char *home, struct cs_view passphrase)
{
	struct cs_client *c = cs_calloc(1, sizeof *c);
	enum cs_err err;

	*out = NULL;
	if (c == NULL)
		return CS_ERR_NOMEM;
	c->lock = -1;
	if ((err = cs_folder_make(&c->home, home)) == CS_OK &&
	    (err = take_lock(c)) == CS_OK)
		err = open_files(c, passphrase, MAY_BE_NEW);
	if (err == CS_OK) {
		/* Somebody joined from this folder before, or tried to. */
		err = identity_load(c);
		if (err == CS_ERR_NOT_FOUND)
			err = CS_OK;
	}
	if (err || (err = protect_new(c, passphrase))) {
		cs_client_close(c);
		return err;
	}
	*out = c;
	return CS_OK;
}

enum cs_err
client_home_check_new(struct cs_client *c)
{
	struct cs_buf joined = { 0 };
	enum cs_err err =
	    cs_vault_config_get(&joined, c->db, &c->key, "joined");

	cs_buf_free(&joined);
	if (err == CS_OK)
		return client_problem(c, CS_ERR_EXISTS,
		    "This folder already belongs to %s@%s. Choose another one "
		    "with --home.",
		    c->self.handle, c->self.hub);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
cs_client_needs_passphrase(bool *needed, const char *home)
{
	struct cs_folder folder;
	char *path = NULL;
	enum cs_err err;

	if ((err = cs_folder_open(&folder, home)))
		return err;
	if ((path = cs_path_join(folder.path, "key")) == NULL)
		err = CS_ERR_NOMEM;
	else
		err = cs_keyfile_needs_passphrase(needed, path);
	cs_free_plain(path);
	cs_folder_close(&folder);
	return err;
}

/* What is kept in memory of the database. */
static enum cs_err
load(struct cs_client *c)
{
	struct cs_buf joined = { 0 };
	enum cs_err err =
	    cs_vault_config_get(&joined, c->db, &c->key, "joined");

	cs_buf_free(&joined);
	if (err || (err = identity_load(c)) ||
	    (!c->reading && (err = client_groups_fill_todo(c))) ||
	    (err = client_clock_load(c)) || (err = client_aliases_load(c)))
		return err;
	return client_contacts_load(c);
}

static enum cs_err
open_home(struct cs_client **out, const char *home, struct cs_view passphrase,
    enum cs_err (*open)(struct cs_client *c, struct cs_view passphrase))
{
	struct cs_client *c = cs_calloc(1, sizeof *c);
	enum cs_err err;

	*out = NULL;
	if (c == NULL)
		return CS_ERR_NOMEM;
	c->lock = -1;
	if ((err = cs_folder_open(&c->home, home)) == CS_OK &&
	    (err = open(c, passphrase)) == CS_OK)
		err = load(c);
	/* What is over is not shown, also where the disk is full. */
	if (err == CS_OK && !c->reading)
		(void)!client_expire(c);
	if (err) {
		cs_client_close(c);
		return err;
	}
	c->opened_ms = locked_at(c);
	*out = c;
	return CS_OK;
}

static enum cs_err
open_waiting(struct cs_client *c, struct cs_view passphrase)
{
	enum cs_err err = take_lock(c);

	return err ? err : open_files(c, passphrase, EXIST);
}

enum cs_err
cs_client_open(
    struct cs_client **out, const char *home, struct cs_view passphrase)
{
	return open_home(out, home, passphrase, open_waiting);
}

/* What the home holds now, while another command has it locked. */
static enum cs_err
open_snapshot(struct cs_client *c, struct cs_view passphrase)
{
	char *db = NULL, *key = NULL;
	enum cs_err err;

	c->reading = true;
	if ((err = home_path(&db, c, "client.db")) == CS_OK &&
	    (err = home_path(&key, c, "key")) == CS_OK &&
	    (err = open_key(c, key, passphrase)) == CS_OK)
		err = cs_db_open_snapshot(&c->db, db, &cs_client_schema);
	cs_free_plain(db);
	cs_free_plain(key);
	return err;
}

static enum cs_err
open_at_once(struct cs_client *c, struct cs_view passphrase)
{
	char *path = NULL;
	enum cs_err err = home_path(&path, c, "lock");

	if (err == CS_OK)
		err = cs_file_try_lock(&c->lock, path);
	cs_free_plain(path);
	if (err == CS_OK)
		return open_files(c, passphrase, EXIST);
	/* A folder that cannot be written to can be read. */
	return err == CS_ERR_BUSY || err == CS_ERR_READ_ONLY ||
		err == CS_ERR_DISK_FULL
	    ? open_snapshot(c, passphrase)
	    : err;
}

enum cs_err
cs_client_open_reading(
    struct cs_client **out, const char *home, struct cs_view passphrase)
{
	return open_home(out, home, passphrase, open_at_once);
}

bool
cs_client_reading(const struct cs_client *c)
{
	return c->reading;
}

/* ---- passphrase --------------------------------------------------------- */

enum cs_err
cs_client_passphrase(struct cs_client *c, struct cs_view passphrase)
{
	char *path = NULL;
	enum cs_err err = home_path(&path, c, "key");

	if (err == CS_OK)
		err = cs_keyfile_change(&c->key, path, passphrase);
	if (err == CS_OK && passphrase.len == 0)
		err = client_attempts_limit(&c->home, 0);
	cs_free_plain(path);
	return err;
}

enum cs_err
cs_client_passphrase_limit(struct cs_client *c, unsigned limit)
{
	return client_attempts_limit(&c->home, limit);
}

enum cs_err
cs_client_lock_others(const char *home)
{
	struct cs_folder folder;
	char *path = NULL;
	enum cs_err err;

	if ((err = cs_folder_open(&folder, home)))
		return err;
	if ((path = cs_path_join(folder.path, "locked")) == NULL)
		err = CS_ERR_NOMEM;
	else
		err = cs_file_write(path, cs_view_str("locked\n"), 0600);
	cs_free_plain(path);
	cs_folder_close(&folder);
	return err;
}

bool
cs_client_locked(const struct cs_client *c)
{
	return locked_at(c) != c->opened_ms;
}

void
client_offline(struct cs_client *c)
{
	if (c->link.online)
		cs_session_close(&c->link.session);
	c->link.online = false;
	c->link.proven = false;
}

/* What the hub does not hear now, it hears the next time. */
static void
say_last_word(struct cs_client *c)
{
	if (c->link.online && c->link.last_word != NULL && c->db != NULL)
		(void)!c->link.last_word(c);
}

void
cs_client_close(struct cs_client *c)
{
	if (c == NULL)
		return;
	say_last_word(c);
	client_offline(c);
	cs_tls_tickets_free(c->link.tickets);
	cs_db_close(c->db);
	cs_file_unlock(c->lock);
	cs_signer_free(c->self.signer);
	cs_buf_free(&c->self.credential);
	cs_buf_free(&c->entered);
	cs_buf_free(&c->acks);
	cs_buf_free(&c->asked);
	cs_free(c->contacts.v, c->contacts.n * sizeof *c->contacts.v);
	cs_free(c->aliases.v, c->aliases.n * sizeof *c->aliases.v);
	cs_buf_free(&c->looks);
	cs_folder_close(&c->home);
	cs_free(c, sizeof *c);
}

enum cs_err
cs_client_rest(struct cs_client *c)
{
	say_last_word(c);
	return cs_db_rest(c->db);
}

void
cs_client_unlock(struct cs_client *c)
{
	say_last_word(c);
	/* The database is locked for as long as it is open, too. */
	cs_db_close(c->db);
	c->db = NULL;
	c->touched_base = 0;
	cs_file_unlock(c->lock);
	c->lock = -1;
}

enum cs_err
cs_client_lock(struct cs_client *c)
{
	enum cs_err err;

	if (c->lock >= 0)
		return CS_OK;
	if (cs_client_locked(c))
		return client_problem(c, CS_ERR_PASSPHRASE,
		    "The folder was locked (\"countersign lock\").");
	/* Other commands may have changed the contacts meanwhile. */
	if ((err = take_lock(c)) || (err = open_db(c)) ||
	    (err = client_aliases_load(c)) || (err = client_contacts_load(c)))
		cs_client_unlock(c);
	return err;
}
