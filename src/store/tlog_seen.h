/* SPDX-License-Identifier: MIT */
/*
 * What a witness knows of logs, as files in one folder:
 *
 *	ID.log		whose checkpoints it cosigns: ORIGIN and KEY, a line
 *each ID.checkpoint	the note that it cosigned last
 *
 * ID is the SHA-256 of the origin, in hex.  All is done by the folder's
 * descriptor, so a confined process can do it; and all is read anew each time,
 * so what is on disk is what is so.
 */
#pragma once

#include "tlog/cosign.h"

#define CS_TLOG_SEEN_ID_SIZE 65

/* C2SP tlog-witness, "Monitor Retrieval Mechanism": the origin hash. */
CS_CHECKED enum cs_err cs_tlog_seen_id(
    char out[static CS_TLOG_SEEN_ID_SIZE], struct cs_view origin);

/* Once, before anything is read: what a process before this one wrote is on
 * disk when this returns, also if it was ended before it could see to that. */
CS_CHECKED enum cs_err cs_tlog_seen_settle(int dir);

/* ---- which logs there are ----------------------------------------------- */

/* ${origin} is owned. */
struct cs_tlog_seen_log {
	char id[CS_TLOG_SEEN_ID_SIZE];
	struct cs_buf origin;
	struct cs_note_key key;
};

/* Add the log ${origin}, whose key is ${key}, in the folder ${dir}; it is on
 * disk when this returns.  CS_ERR_EXISTS: there is one of that origin;
 * CS_ERR_FORMAT: no checkpoint could say that origin. */
CS_CHECKED enum cs_err cs_tlog_seen_add(
    int dir, struct cs_view origin, const struct cs_note_key *key);

/* Remove it; what was cosigned of it is kept, so that the witness never signs
 * another history of a log that is added again.  CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err cs_tlog_seen_remove(int dir, struct cs_view origin);

/* The log with this ID; free ${out->origin}.  CS_ERR_NOT_FOUND;
 * CS_ERR_CORRUPT: the file is none of ours. */
CS_CHECKED enum cs_err cs_tlog_seen_log(
    struct cs_tlog_seen_log *out, int dir, const char *id);

/* Call ${each} for every log, in no order, until it fails. */
CS_CHECKED enum cs_err cs_tlog_seen_list(int dir, void *arg,
    enum cs_err (*each)(void *arg, const struct cs_tlog_seen_log *log));

/* ---- what was cosigned last --------------------------------------------- */

struct cs_tlog_seen_last {
	struct cs_buf note; /* owned; with the witness's line */
	struct cs_view text;
	struct cs_tlog_checkpoint checkpoint; /* views into the note */
	uint64_t time_s;
};

/* Free ${out->note}.  CS_ERR_NOT_FOUND: nothing was cosigned; CS_ERR_CORRUPT:
 * what is there was not cosigned by ${who}, or is of another log. */
CS_CHECKED enum cs_err cs_tlog_seen_last(struct cs_tlog_seen_last *out, int dir,
    const char *id, const struct cs_tlog_cosigner *who);

/* Put ${note} in its place; it is on disk when this returns.  After an error it
 * is there or not, and nobody knows how durably. */
CS_CHECKED enum cs_err cs_tlog_seen_put(
    int dir, const char *id, struct cs_view note);
