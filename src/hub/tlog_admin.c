/* SPDX-License-Identifier: MIT */
#include "hub/tlog_admin.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/writer.h"
#include "crypto/init.h"
#include "franking/tlog_entry.h"
#include "hub/core/keys.h"
#include "hub/core/schema.h"
#include "hub/talk/talk.h"
#include "hub/tlog/witnessed.h"
#include "store/file.h"
#include "store/folder.h"
#include "store/tlog_folder.h"

#define PATH_SIZE 4096

static bool
path_of(char out[static PATH_SIZE], const char *dir, const char *name)
{
	return snprintf(out, PATH_SIZE, "%s/%s", dir, name) < PATH_SIZE;
}

static enum cs_err
read_in(struct cs_buf *out, const char *dir, const char *name, size_t max)
{
	char path[PATH_SIZE];

	return path_of(path, dir, name) ? cs_file_read(out, path, max)
					: CS_ERR_LIMIT;
}

/* When the file was changed last; 0: it is not there. */
static uint64_t
changed_s(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_mtime > 0 ? (uint64_t)st.st_mtime
						       : 0;
}

/* ---- its key ------------------------------------------------------------ */

static enum cs_err
read_key(struct cs_note_key *out, const struct hub_conf *conf, const char *dir)
{
	char origin[sizeof conf->name + sizeof HUB_TLOG_ORIGIN];
	struct cs_sign_key key;
	enum cs_err err = cs_crypto_init();

	snprintf(origin, sizeof origin, "%s" HUB_TLOG_ORIGIN, conf->name);
	if (err == CS_OK &&
	    (err = hub_key_read(&key, dir, "keys/tlog.key")) == CS_OK)
		err = cs_note_key(out, origin, key.public);
	cs_wipe(&key, sizeof key);
	return err;
}

enum cs_err
cs_hub_log_key(char out[static CS_NOTE_KEY_SIZE], const char *dir)
{
	struct hub_conf conf;
	struct cs_note_key key;
	enum cs_err err;

	if ((err = hub_conf_read(&conf, dir)) ||
	    (err = read_key(&key, &conf, dir)))
		return err;
	cs_note_key_text(out, &key);
	return CS_OK;
}

/* ---- who has cosigned it ------------------------------------------------ */

/* Take the times of ${note} into ${out}; CS_OK: a quorum has cosigned it. */
static enum cs_err
take_times(struct cs_hub_log *out, const struct cs_tlog_policy *policy,
    const struct cs_note_key *key, struct cs_view note, uint64_t now_s)
{
	struct cs_tlog_witnessed w;
	enum cs_err err = cs_tlog_policy_verify(&w, policy, note, key, now_s);

	if (err && err != CS_ERR_DENIED)
		return err;
	for (size_t i = 0; i < out->n; i++)
		if (w.times[i] > out->witnesses[i].time_s)
			out->witnesses[i].time_s = w.times[i];
	if (err == CS_OK && w.as_of_s > out->quorum_s) {
		out->quorum_s = w.as_of_s;
		out->quorum_size = w.checkpoint.size;
	}
	return err;
}

static enum cs_err
look_at_witnesses(struct cs_hub_log *out, const char *dir,
    const struct cs_note_key *key, struct cs_view public, uint64_t now_s)
{
	struct cs_tlog_policy *policy = cs_calloc(1, sizeof *policy);
	struct cs_buf text = { 0 }, note = { 0 };
	enum cs_err err = CS_ERR_NOMEM;

	if (policy == NULL)
		return err;
	out->policy_s = changed_s(out->policy);
	err = cs_file_read(&text, out->policy, CS_TLOG_POLICY_MAX);
	if (err == CS_OK)
		err = cs_tlog_policy_parse(
		    policy, &out->policy_line, cs_buf_view(&text));
	out->policy_err = err;
	if (err == CS_OK) {
		out->n = policy->n_witnesses;
		for (size_t i = 0; i < out->n; i++)
			memcpy(out->witnesses[i].name,
			    policy->witnesses[i].name,
			    sizeof out->witnesses[i].name);
		(void)!take_times(out, policy, key, public, now_s);
		if (read_in(&note, dir, HUB_TLOG "/" HUB_TLOG_COSIGNED,
			CS_TLOG_NOTE_MAX) == CS_OK)
			(void)!take_times(
			    out, policy, key, cs_buf_view(&note), now_s);
	}
	cs_buf_free(&text);
	cs_buf_free(&note);
	cs_free_plain(policy);
	return err == CS_ERR_NOMEM ? err : CS_OK;
}

/* Its checkpoint, signed by its key; views into ${note}. */
static enum cs_err
read_checkpoint(struct cs_tlog_checkpoint *out, struct cs_buf *note,
    const struct cs_note_key *key, const char *dir)
{
	enum cs_err err =
	    read_in(note, dir, HUB_TLOG "/public/checkpoint", CS_TLOG_NOTE_MAX);

	return err ? err
		   : cs_tlog_checkpoint_open(
			 out, cs_buf_view(note), key, cs_view_str(key->name));
}

enum cs_err
cs_hub_log_look(struct cs_hub_log *out, const char *dir, uint64_t now_s)
{
	struct hub_conf conf;
	struct cs_note_key key;
	struct cs_tlog_checkpoint c;
	struct cs_buf note = { 0 };
	char path[PATH_SIZE];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = hub_conf_read(&conf, dir)) ||
	    (err = read_key(&key, &conf, dir)) ||
	    (err = read_checkpoint(&c, &note, &key, dir)))
		goto out;
	memcpy(out->origin, key.name, sizeof out->origin);
	cs_note_key_text(out->key, &key);
	out->size = c.size;
	out->root = c.root;
	if (path_of(path, dir, HUB_TLOG "/public/checkpoint"))
		out->written_s = changed_s(path);
	memcpy(out->policy, conf.witnesses, sizeof out->policy);
	if (out->policy[0] != '\0')
		err = look_at_witnesses(
		    out, dir, &key, cs_buf_view(&note), now_s);
out:
	cs_buf_free(&note);
	return err;
}

/* ---- whom to ask -------------------------------------------------------- */

/* Is it a policy, and is there somebody to ask? */
static enum cs_err
check_policy(unsigned *line, const char *file)
{
	struct cs_tlog_policy *policy = cs_calloc(1, sizeof *policy);
	struct cs_buf text = { 0 };
	enum cs_err err = CS_ERR_NOMEM;

	if (policy == NULL)
		return err;
	err = cs_file_read(&text, file, CS_TLOG_POLICY_MAX);
	/* That is said of a hub. */
	if (err == CS_ERR_NOT_FOUND)
		err = CS_ERR_IO;
	if (err == CS_OK)
		err = cs_tlog_policy_parse(policy, line, cs_buf_view(&text));
	if (err == CS_OK) {
		err = CS_ERR_MISMATCH;
		for (size_t i = 0; i < policy->n_witnesses; i++)
			if (policy->witnesses[i].url[0] != '\0')
				err = CS_OK;
	}
	cs_buf_free(&text);
	cs_free_plain(policy);
	return err;
}

enum cs_err
cs_hub_log_witnesses(unsigned *line, const char *dir, const char *file)
{
	struct hub_conf conf;
	char here[sizeof conf.witnesses] = "";
	enum cs_err err;
	int n;

	*line = 0;
	if ((err = hub_conf_read(&conf, dir)))
		return err;
	conf.witnesses[0] = '\0';
	if (file == NULL)
		return hub_conf_write(dir, &conf);
	if ((err = cs_crypto_init()) || (err = check_policy(line, file)))
		return err;
	if (file[0] != '/' && getcwd(here, sizeof here) == NULL)
		return CS_ERR_IO;
	n = snprintf(conf.witnesses, sizeof conf.witnesses, "%s%s%s", here,
	    file[0] != '/' ? "/" : "", file);
	if (n <= 0 || n >= (int)sizeof conf.witnesses ||
	    strchr(conf.witnesses, '\n') != NULL)
		return CS_ERR_IO;
	return hub_conf_write(dir, &conf);
}

/* ---- a database that was put back --------------------------------------- */

/* The hub's folder, while nobody else has it. */
struct held {
	int lock;
	struct cs_db *db;
	struct cs_tlog_folder public;
	uint64_t from, to; /* what the database does not know */
};

static enum cs_err
find_lost(struct held *h, const char *dir)
{
	struct hub_conf conf;
	struct cs_note_key key;
	struct cs_tlog_checkpoint c;
	struct cs_buf note = { 0 };
	uint64_t known = 0;
	enum cs_err err;

	if ((err = hub_conf_read(&conf, dir)) ||
	    (err = read_key(&key, &conf, dir)) ||
	    (err = read_checkpoint(&c, &note, &key, dir)) ||
	    (err = cs_db_get_int(
		 &h->from, h->db, "SELECT coalesce(max(n)+1,0) FROM tlog")) ||
	    (err = cs_db_get_int(&known, h->db,
		 "SELECT coalesce(max(size),0) FROM tlog_known"
		 " WHERE one=TRUE")))
		goto out;
	h->to = c.size;
	if (c.size < known)
		err = CS_ERR_EXPIRED;
	else if (c.size <= h->from)
		err = CS_ERR_EXISTS;
out:
	cs_buf_free(&note);
	return err;
}

static enum cs_err
hold(struct held *h, const char *dir)
{
	char path[PATH_SIZE];
	enum cs_err err;

	h->lock = -1;
	/* Not of a folder that is no hub. */
	if (!path_of(path, dir, "hub.db"))
		return CS_ERR_LIMIT;
	if (access(path, F_OK) != 0)
		return cs_file_errno();
	if (!path_of(path, dir, "lock") ||
	    (h->public.path = cs_path_join(dir, HUB_TLOG "/public")) == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_file_try_lock(&h->lock, path)))
		return err;
	if (!path_of(path, dir, "hub.db"))
		return CS_ERR_LIMIT;
	if ((err = cs_db_open(&h->db, path, CS_DB_SHARED, &cs_hub_schema)))
		return err;
	return find_lost(h, dir);
}

static void
let_go(struct held *h)
{
	cs_db_close(h->db);
	cs_file_unlock(h->lock);
	cs_free_plain(h->public.path);
}

/* The log's entries from ${h->from} on: what waited in the backup, and was
 * numbered since, must not be numbered again, but for names, which the map of
 * this database has yet to come to (PROTOCOL, "The log of a hub").  The last
 * one stays, so that the database knows where it is. */
static enum cs_err
take_entries(struct held *h)
{
	enum cs_err err = CS_OK;

	for (uint64_t n = h->from / CS_TLOG_TILE_WIDTH;
	     err == CS_OK && n * CS_TLOG_TILE_WIDTH < h->to; n++) {
		struct cs_tlog_tile tile = { true, 0, n,
			cs_tlog_tile_width(0, n, h->to) };
		struct cs_buf bundle = { 0 };
		struct cs_view rest, entry;

		err = cs_tlog_folder_fetch(&h->public, &bundle, &tile);
		rest = cs_buf_view(&bundle);
		for (uint64_t i = 0; err == CS_OK && i < tile.width; i++) {
			uint64_t at = n * CS_TLOG_TILE_WIDTH + i;

			err = cs_tlog_bundle_next(&entry, &rest);
			if (err || at < h->from)
				continue;
			err = cs_db_exec(h->db,
			    "DELETE FROM tlog_queue WHERE entry=? AND"
			    " substr(entry,2,1) NOT IN (x'0a',x'0b')",
			    cs_blob(entry));
			if (err == CS_OK && at == h->to - 1)
				err = cs_db_exec(h->db,
				    "INSERT INTO tlog(n,entry) VALUES(?,?)",
				    cs_int(at), cs_blob(entry));
		}
		cs_buf_free(&bundle);
	}
	return err == CS_ERR_NOT_FOUND || err == CS_ERR_FORMAT ? CS_ERR_CORRUPT
							       : err;
}

/* PROTOCOL, "The log of a hub". */
static enum cs_err
queue_restored(const struct held *h)
{
	struct cs_buf entry = { 0 };
	enum cs_err err = cs_tlog_restored_write(&entry, h->from, h->to);

	if (err == CS_OK)
		err =
		    cs_db_exec(h->db, "INSERT INTO tlog_queue(entry) VALUES(?)",
			cs_blob(cs_buf_view(&entry)));
	cs_buf_free(&entry);
	return err;
}

static enum cs_err
go_on(struct held *h)
{
	enum cs_err err;

	if ((err = cs_db_begin(h->db)))
		return err;
	if ((err = take_entries(h)) == CS_OK &&
	    /* Turns that ended without this database cannot be shown. */
	    (err = cs_db_exec(h->db, "DELETE FROM tlog_node WHERE turn>=?",
		 cs_int(h->from))) == CS_OK &&
	    (err = cs_db_exec(h->db, "DELETE FROM tlog WHERE n<? OR n>?",
		 cs_int(h->to - 1), cs_int(h->to - 1))) == CS_OK &&
	    (err = cs_db_exec(h->db,
		 "INSERT INTO tlog_known(one,size) VALUES(TRUE,?)"
		 " ON CONFLICT(one) DO UPDATE SET size=excluded.size",
		 cs_int(h->to))) == CS_OK &&
	    (err = queue_restored(h)) == CS_OK)
		err = cs_db_commit(h->db);
	if (cs_db_in_transaction(h->db))
		cs_db_rollback(h->db);
	return err;
}

enum cs_err
cs_hub_log_restored(uint64_t *from, uint64_t *to, const char *dir)
{
	struct held h = { .lock = -1 };
	enum cs_err err = hold(&h, dir);

	*from = h.from;
	*to = h.to;
	if (err == CS_OK)
		err = go_on(&h);
	let_go(&h);
	return err;
}

enum cs_err
cs_hub_log_lost(uint64_t *from, uint64_t *to, const char *dir)
{
	struct held h = { .lock = -1 };
	enum cs_err err = hold(&h, dir);

	*from = h.from;
	*to = h.to;
	let_go(&h);
	return err;
}
