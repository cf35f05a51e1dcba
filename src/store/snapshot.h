/* SPDX-License-Identifier: MIT */
/*
 * A forgetful database (store/forget.h), as it is at one moment, while another
 * process has it locked.
 *
 * The file and the log beside it are read without a lock.  What comes of it is
 * whole, for these reasons.  A transaction is written to the log, synced,
 * copied over the file and cut from the log, in this order.  So whatever part
 * of a copy the file shows, the log that was there before and is there
 * afterwards has all pages of it; and if the log was cut, or written anew,
 * meanwhile, what was read is thrown away and read again.
 */
#pragma once

#include "store/db.h"

/*
 * Open the database ${path} for reading what it holds now; nothing can be
 * written, and what is written to the file later is not seen.  CS_ERR_BUSY: it
 * does not hold still, or has to be brought up to date by whoever has it
 * locked; as cs_db_open() otherwise.
 */
CS_CHECKED enum cs_err cs_db_open_snapshot(
    struct cs_db **out, const char *path, const struct cs_db_schema *schema);

/* For tests: apply the log ${wal} to the pages of ${file}, as far as it is
 * whole; ${*size} gets how long the database is then, at most ${room}.
 * CS_ERR_CORRUPT: no database; CS_ERR_LIMIT: longer than that. */
CS_CHECKED enum cs_err cs_snapshot_apply(
    uint8_t *file, size_t *size, size_t room, struct cs_view wal);
