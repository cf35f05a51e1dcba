/* SPDX-License-Identifier: MIT */
/*
 * A SQLite database that forgets: what a transaction replaced is gone from its
 * files when the transaction has ended, with three syncs.
 *
 * SQLite writes the new pages to a log beside the file.  This module says when
 * they are synced, and never leaves that to SQLite, which syncs more often and
 * keeps the old pages for longer:
 *
 *  1. the log is synced: from now on the transaction is kept whatever happens;
 *  2. its pages are copied over the old ones, and the file is synced;
 *  3. the log is cut to nothing, and that is synced.
 *
 * Freed bytes and pages are overwritten with zeroes, which are copied like
 * everything else.  So between two transactions an old page is in neither file.
 *
 * Why that is whole after a power cut: nothing is copied into the file before
 * the log is on disk, nothing of the log goes before the file is on disk, and a
 * log is never written over, but always begins in an empty file.  SQLite checks
 * each page of a log by a sum over all before it, so a log that came to the
 * disk in part counts as far as it is whole.
 *
 * A transaction may end without the steps 2 and 3, or without any (CS_DB_SAFE,
 * CS_DB_SOON in store/db.h).  Its pages then stay in the log, and go with the
 * next that takes all steps.  Whoever opens the file cannot tell such a log
 * from one that a killed program left before step 3; so it takes the steps
 * when it closes the file, if no transaction did before.
 *
 * A disk may be full when step 2 comes.  The transaction is kept then, and its
 * pages stay in the log; nothing more is written until there is room for them.
 *
 * The file is locked for as long as it is open: no other process may find a log
 * half way.
 */
#pragma once

#include <sqlite3.h>

#include "store/db.h"

struct cs_forget;

/* Lock the file of ${sqlite} when it is first read; before that. */
CS_CHECKED enum cs_err cs_forget_prepare(sqlite3 *sqlite);
/* Let ${sqlite}, which is open on ${path}, forget from now on.  Outlived by
 * ${sqlite}. */
CS_CHECKED enum cs_err cs_forget_new(
    struct cs_forget **out, sqlite3 *sqlite, const char *path);
/* A transaction has ended: take the steps.  After an error it is not known what
 * is on disk, and cs_forget_check() returns that error from then on.  ${f} may
 * be NULL. */
CS_CHECKED enum cs_err cs_forget_commit(
    struct cs_forget *f, enum cs_db_ending ending);
/* Sync the log, unless nothing was written since the last time.  ${f} may be
 * NULL. */
CS_CHECKED enum cs_err cs_forget_sync(struct cs_forget *f);
/* Take the steps that are left, as if the database were closed and opened
 * again.
 * ${f} may be NULL. */
CS_CHECKED enum cs_err cs_forget_rest(struct cs_forget *f);
/* May something be written?  CS_ERR_DISK_FULL: what was written last is on disk
 * and not yet where it belongs, and there is still no room.  ${f} may be NULL.
 */
CS_CHECKED enum cs_err cs_forget_check(struct cs_forget *f);
/* All statements are finalized; ${f} may be NULL. */
void cs_forget_free(struct cs_forget *f);
