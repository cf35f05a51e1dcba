/* SPDX-License-Identifier: MIT */
/*
 * A witness (C2SP tlog-witness): it cosigns checkpoints of logs that it knows,
 * each of which continues the one before, and of two that contradict one
 * another only one, whenever it is ended and begun again.
 *
 * What it signs is on disk before it leaves.  That an older copy of its folder
 * was put back it cannot see (docs/decisions/0045-witness.md).
 */
#pragma once

#include "tlog/cosign.h"

/* ---- its key ------------------------------------------------------------ */

struct cs_tlog_witness_key {
	struct cs_tlog_cosigner who;
	struct cs_sign_key with; /* wipe it after use */
};

/* With a zero. */
#define CS_TLOG_WITNESS_KEY_SIZE (CS_NOTE_KEY_SIZE + 16)

/* The key as a line, "PRIVATE+KEY+NAME+HEX(id4)+BASE64(4 | seed32)", as Go's
 * packages have it of type 1; wipe ${out} after use. */
void cs_tlog_witness_key_text(char out[static CS_TLOG_WITNESS_KEY_SIZE],
    const struct cs_tlog_witness_key *key);
/* Back.  CS_ERR_FORMAT: it is none, or not with the id that it says. */
CS_CHECKED enum cs_err cs_tlog_witness_key_read(
    struct cs_tlog_witness_key *out, struct cs_view text);

/* ---- what it does ------------------------------------------------------- */

/* A checkpoint that was cosigned so short a time ago, and comes again, gets the
 * same line: anybody can send it, and each signature waits for the disk. */
#define CS_TLOG_WITNESS_AGAIN_S 10

struct cs_tlog_witness {
	int dir; /* of store/tlog_seen.h; borrowed, as is the key */
	const struct cs_tlog_witness_key *key;
	enum cs_err broken; /* why nothing more is signed; at first CS_OK */
};

/* Of HTTP; the body is owned. */
struct cs_tlog_witness_reply {
	int status;
	struct cs_buf body;
};

/*
 * C2SP tlog-witness, "add-checkpoint": answer the request ${body}, at ${now_s}.
 * CS_OK: ${out} is the answer, and what was signed is on disk.  Otherwise
 * nothing was signed that anybody has: CS_ERR_CORRUPT, the files of that log
 * are not what this witness wrote; CS_ERR_EXPIRED, it is earlier than the last
 * cosignature says, so the clock is wrong or was; and CS_ERR_IO and its like,
 * something could not be written, after which nothing more is signed until the
 * witness is begun again.
 */
CS_CHECKED enum cs_err cs_tlog_witness_add(struct cs_tlog_witness_reply *out,
    struct cs_tlog_witness *w, struct cs_view body, uint64_t now_s);

/* C2SP tlog-witness, "Monitor Retrieval Mechanism": append the note that was
 * cosigned last of the log with the origin hash ${id}.  CS_ERR_NOT_FOUND: none
 * was; CS_ERR_CORRUPT. */
CS_CHECKED enum cs_err cs_tlog_witness_show(
    struct cs_buf *out, const struct cs_tlog_witness *w, const char *id);
