/* SPDX-License-Identifier: MIT */
/*
 * What a log and a witness say to one another (C2SP tlog-witness,
 * "add-checkpoint"), as bytes, and what a witness decides.
 *
 *	POST PREFIX/add-checkpoint		old SIZE
 *						BASE64(hash), none or more
 *
 *						the checkpoint's note
 *
 * A witness keeps, of each log, the last checkpoint that it cosigned, and
 * cosigns no other that does not continue it.
 */
#pragma once

#include "tlog/cosign.h"
#include "tlog/proof.h"

/* What is behind the prefix, with the slash. */
#define CS_TLOG_WITNESS_PATH "/add-checkpoint"
/* The longest request: its first line, the hashes, the empty line, a note. */
#define CS_TLOG_WITNESS_REQUEST_MAX                                            \
	(CS_TLOG_NOTE_MAX + 45 * CS_TLOG_PROOF_MAX + 32)
/* The longest answer: as many lines as a note has. */
#define CS_TLOG_WITNESS_ANSWER_MAX ((size_t)CS_NOTE_LINES_MAX * 8192)
/* The media type of the size that an answer of 409 has. */
#define CS_TLOG_WITNESS_SIZE_TYPE "text/x.tlog.size"

struct cs_tlog_witness_request {
	uint64_t old; /* what the witness is thought to have cosigned */
	struct cs_tlog_proof proof;
	struct cs_view note; /* borrowed */
};

/* The request in ${body}, whose note is not looked at but for its length.
 * CS_ERR_FORMAT: it is none; CS_ERR_LIMIT: longer than we accept. */
CS_CHECKED enum cs_err cs_tlog_witness_request_parse(
    struct cs_tlog_witness_request *out, struct cs_view body);

/* Append ${rq}. */
CS_CHECKED enum cs_err cs_tlog_witness_request_write(
    struct cs_buf *out, const struct cs_tlog_witness_request *rq);

/* ---- the witness -------------------------------------------------------- */

/* What a witness has of a log. */
struct cs_tlog_witness_log {
	struct cs_note_key key;   /* that signs its checkpoints */
	uint64_t size;            /* of the last that was cosigned; 0: none */
	struct cs_tlog_hash root; /* the same */
};

/* The log ${origin}.  CS_ERR_NOT_FOUND: it is none of the witness's. */
typedef enum cs_err cs_tlog_witness_find(
    void *arg, struct cs_tlog_witness_log *out, struct cs_view origin);

/* Views into the request. */
struct cs_tlog_witness_verdict {
	int status;    /* of HTTP; 200: it may be cosigned */
	uint64_t size; /* 409: of the last that was cosigned */
	/* 200: what is cosigned, and the log that signed it. */
	struct cs_view text, note;
	struct cs_tlog_checkpoint checkpoint;
	struct cs_tlog_witness_log log;
};

/*
 * C2SP tlog-witness, "add-checkpoint", in the order in which it is checked
 * there: what becomes of the request ${body}?  ${find} is asked once, at most.
 * Between that and the moment at which the new checkpoint is on disk no other
 * of the same log may be decided.  CS_OK: ${out} says it; what ${find} fails
 * with, CS_ERR_NOMEM, CS_ERR_CRYPTO: nothing is decided.
 */
CS_CHECKED enum cs_err cs_tlog_witness_decide(
    struct cs_tlog_witness_verdict *out, struct cs_view body,
    cs_tlog_witness_find *find, void *arg);

/* Append the note that a witness keeps and shows ("Monitor Retrieval
 * Mechanism"): the text, the log's lines, which were verified, and ${line},
 * its own.  Lines of others are left out: nobody has looked at them. */
CS_CHECKED enum cs_err cs_tlog_witness_keep(struct cs_buf *out,
    const struct cs_tlog_witness_verdict *verdict, struct cs_view line);

/* ---- the log ------------------------------------------------------------ */

/* The size in the answer of 409.  CS_ERR_FORMAT, CS_ERR_LIMIT: it is none. */
CS_CHECKED enum cs_err cs_tlog_witness_size_parse(
    uint64_t *out, struct cs_view body);

/*
 * Append to ${lines} the cosignature of ${who} out of the ${answer} of 200,
 * which is on the text of ${note}: one line, so that no witness takes the room
 * of others; of several, the last in time, which is ${*time_s}.  Lines of keys
 * that one does not know are passed over.  CS_ERR_NOT_FOUND: there is none;
 * CS_ERR_SIGNATURE: one is wrong, or without a time; CS_ERR_FORMAT,
 * CS_ERR_LIMIT: these are no such lines, or too many.  Then nothing is
 * appended.
 */
CS_CHECKED enum cs_err cs_tlog_witness_take(struct cs_buf *lines,
    uint64_t *time_s, struct cs_view answer, struct cs_view note,
    const struct cs_tlog_cosigner *who);
