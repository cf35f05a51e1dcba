/* SPDX-License-Identifier: MIT */
#include "store/forget.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/db_err.h"
#include "store/file.h"

/* Pages in a log before it is cut whatever the transactions ask for: a few
 * hundred messages. */
#define LOG_PAGES 1000

struct cs_forget {
	sqlite3 *sqlite;
	int log;       /* the log's file, for syncs of our own */
	int pages;     /* in the log */
	bool wrote;    /* something was committed since the last call */
	bool unsynced; /* the log may not be on disk */
	bool owes;     /* what was replaced may be in a file */
	bool full;     /* the log is on disk, and the file has no room for it */
	enum cs_err broken;
};

static enum cs_err
run(sqlite3 *sqlite, const char *sql)
{
	return cs_db_err(sqlite3_exec(sqlite, sql, NULL, NULL, NULL));
}

/* ---- opening ------------------------------------------------------------ */

enum cs_err
cs_forget_prepare(sqlite3 *sqlite)
{
	int rc = sqlite3_db_config(
	    sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);

	return rc != SQLITE_OK ? cs_db_err(rc)
			       : run(sqlite, "PRAGMA locking_mode=EXCLUSIVE");
}

/* It is SQLite that makes the log, and this becomes durable here. */
static enum cs_err
open_log(struct cs_forget *f, const char *path)
{
	char log[4096];
	struct stat st;

	if (snprintf(log, sizeof log, "%s-wal", path) >= (int)sizeof log)
		return CS_ERR_LIMIT;
	f->log = open(log, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (f->log < 0 || fstat(f->log, &st) != 0)
		return cs_file_errno();
	f->owes = f->unsynced = st.st_size != 0;
	return CS_OK;
}

static bool
has_log(const char *path)
{
	char log[4096];
	struct stat st;

	return snprintf(log, sizeof log, "%s-wal", path) < (int)sizeof log &&
	    stat(log, &st) == 0;
}

static int
committed(void *arg, sqlite3 *sqlite, const char *name, int pages)
{
	struct cs_forget *f = arg;

	(void)sqlite;
	(void)name;
	f->pages = pages;
	f->wrote = true;
	return SQLITE_OK;
}

/* Turning a file to a log is left to SQLite, with all its syncs; then they are
 * ours. */
static const char pragmas[] = "PRAGMA synchronous=FULL;"
			      "PRAGMA secure_delete=ON;"
			      "PRAGMA journal_mode=WAL;"
			      "PRAGMA synchronous=OFF;"
			      "PRAGMA foreign_keys=ON;"
			      "PRAGMA trusted_schema=OFF;"
			      "PRAGMA temp_store=MEMORY;"
			      "PRAGMA user_version;";

enum cs_err
cs_forget_new(struct cs_forget **out, sqlite3 *sqlite, const char *path)
{
	struct cs_forget *f = cs_calloc(1, sizeof *f);
	bool old = has_log(path);
	enum cs_err err;

	*out = NULL;
	if (f == NULL)
		return CS_ERR_NOMEM;
	f->sqlite = sqlite;
	f->log = -1;
	if ((err = run(sqlite, pragmas)) || (err = open_log(f, path)) ||
	    (!old && (err = cs_file_sync_dir(path)))) {
		cs_forget_free(f);
		return err;
	}
	sqlite3_wal_hook(sqlite, committed, f);
	*out = f;
	return CS_OK;
}

/* ---- the steps ---------------------------------------------------------- */

static enum cs_err
sync_log(struct cs_forget *f)
{
	if (fdatasync(f->log) != 0)
		return cs_file_errno();
	f->unsynced = false;
	return CS_OK;
}

static enum cs_err
sync_file(const struct cs_forget *f)
{
	sqlite3_file *file = NULL;
	int rc = sqlite3_file_control(
	    f->sqlite, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&file);

	return cs_db_err(rc != SQLITE_OK
		? rc
		: file->pMethods->xSync(
		      file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY));
}

/* Copy all pages of the log over the old ones. */
static enum cs_err
copy(const struct cs_forget *f)
{
	int all = 0, done = 0;
	int rc = sqlite3_wal_checkpoint_v2(
	    f->sqlite, "main", SQLITE_CHECKPOINT_PASSIVE, &all, &done);

	if (rc != SQLITE_OK)
		return cs_db_err(rc);
	return all == done ? CS_OK : CS_ERR_BUSY;
}

static enum cs_err
cut(const struct cs_forget *f)
{
	return cs_db_err(sqlite3_wal_checkpoint_v2(
	    f->sqlite, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
}

/*
 * The log is synced.  If there is no room to copy it, the transaction is kept
 * whatever happens, and the copying is to be done before the next one.
 */
static enum cs_err
forget(struct cs_forget *f)
{
	enum cs_err err = copy(f);

	f->full = err == CS_ERR_DISK_FULL;
	if (f->full)
		return CS_OK;
	if (err || (err = sync_file(f)) || (err = cut(f)) ||
	    (err = sync_log(f)))
		return err;
	f->owes = false;
	f->pages = 0;
	return CS_OK;
}

static enum cs_err
commit(struct cs_forget *f, enum cs_db_ending ending)
{
	enum cs_err err;

	if (ending == CS_DB_SOON && f->pages < LOG_PAGES)
		return CS_OK;
	if ((err = sync_log(f)))
		return err;
	if (ending == CS_DB_SAFE && f->pages < LOG_PAGES)
		return CS_OK;
	f->owes = true;
	err = forget(f);
	/* Somebody reads on this connection: when it is closed at the latest.
	 */
	return err == CS_ERR_BUSY ? CS_OK : err;
}

enum cs_err
cs_forget_commit(struct cs_forget *f, enum cs_db_ending ending)
{
	if (f == NULL || !f->wrote)
		return CS_OK;
	f->wrote = false;
	f->unsynced = true;
	return f->broken = commit(f, ending);
}

enum cs_err
cs_forget_sync(struct cs_forget *f)
{
	if (f == NULL || !f->unsynced || f->broken)
		return f != NULL ? f->broken : CS_OK;
	return f->broken = sync_log(f);
}

enum cs_err
cs_forget_rest(struct cs_forget *f)
{
	enum cs_err err;

	if (f == NULL || f->broken || (f->pages == 0 && !f->owes))
		return f != NULL ? f->broken : CS_OK;
	if ((err = sync_log(f)) == CS_OK) {
		f->owes = true;
		err = forget(f);
	}
	/* Somebody reads: the next time. */
	return err == CS_ERR_BUSY ? CS_OK : (f->broken = err);
}

enum cs_err
cs_forget_check(struct cs_forget *f)
{
	enum cs_err err;

	if (f == NULL || f->broken || !f->full ||
	    !sqlite3_get_autocommit(f->sqlite))
		return f != NULL ? f->broken : CS_OK;
	err = forget(f);
	if (err != CS_ERR_BUSY)
		f->broken = err;
	return f->full ? CS_ERR_DISK_FULL : f->broken;
}

void
cs_forget_free(struct cs_forget *f)
{
	if (f == NULL)
		return;
	/* If this fails, whoever opens the file next tries again. */
	if (f->owes && f->broken == CS_OK && sync_log(f) == CS_OK)
		(void)!forget(f);
	sqlite3_wal_hook(f->sqlite, NULL, NULL);
	if (f->log >= 0)
		close(f->log);
	cs_free(f, sizeof *f);
}
