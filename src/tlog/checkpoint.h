/* SPDX-License-Identifier: MIT */
/*
 * Checkpoints (C2SP tlog-checkpoint): how large a log is and what its root is,
 * as a signed note whose text is
 *
 *	ORIGIN
 *	SIZE			decimal
 *	BASE64(root)
 *	[extension lines]
 */
#pragma once

#include "crypto/note.h"
#include "tlog/tree.h"

/* Texts, and notes with all their lines, that are longer are none of ours.
 * C2SP signed-note, "Format": sixteen lines, of nearly 5 kB each. */
#define CS_TLOG_TEXT_MAX 4096
#define CS_TLOG_NOTE_MAX 131072

/* Views point into the text that was parsed. */
struct cs_tlog_checkpoint {
	struct cs_view origin; /* which log */
	uint64_t size;
	struct cs_tlog_hash root;
	struct cs_view extensions; /* lines with their newlines; empty: none */
};

/* C2SP tlog-checkpoint, "Note text".  CS_ERR_FORMAT: it is none; CS_ERR_LIMIT:
 * it is too long, or the tree too large; CS_ERR_MISMATCH: an empty tree has
 * another root, and ${out} says all the same what is there. */
CS_CHECKED enum cs_err cs_tlog_checkpoint_parse(
    struct cs_tlog_checkpoint *out, struct cs_view text);

/* Append the text of ${c}.  Errors as above: what would not be read is not
 * written. */
CS_CHECKED enum cs_err cs_tlog_checkpoint_write(
    struct cs_buf *out, const struct cs_tlog_checkpoint *c);

/* C2SP tlog-checkpoint, "Signatures": append the note of ${c} that ${key}
 * signs, whose private half is ${with}.  Whoever calls this answers for it that
 * no other tree was signed. */
CS_CHECKED enum cs_err cs_tlog_checkpoint_sign(struct cs_buf *out,
    const struct cs_tlog_checkpoint *c, const struct cs_note_key *key,
    const struct cs_sign_key *with);

/* The checkpoint of ${note}, if ${key} signed it and it is of the log
 * ${origin}.  CS_ERR_MISMATCH: it is of another log; else as cs_note_verify()
 * and above. */
CS_CHECKED enum cs_err cs_tlog_checkpoint_open(struct cs_tlog_checkpoint *out,
    struct cs_view note, const struct cs_note_key *key, struct cs_view origin);
