/* SPDX-License-Identifier: MIT */
/*
 * Cosignatures (C2SP tlog-cosignature, "Ed25519 signed message"): somebody else
 * says that, at a time, this was the largest tree of the log that they had
 * seen, and that it continues all before.  A line of the checkpoint's note:
 *
 *	— NAME BASE64(id4 | u64 time | signature)
 */
#pragma once

#include "tlog/checkpoint.h"

/* A line with its newline, and a zero. */
#define CS_TLOG_COSIGN_LINE_SIZE (4 + CS_NOTE_NAME_MAX + 1 + 104 + 1 + 1)
/* C2SP tlog-cosignature, "Format". */
#define CS_TLOG_COSIGN_TIME_MAX (((uint64_t)1 << 63) - 1)

/* Whose cosignature it is: the id is another than that of the same key for
 * notes, so the type is another, too. */
struct cs_tlog_cosigner {
	struct cs_note_key key;
};

/* C2SP tlog-cosignature, "Format": the key ${public} of ${name}.  Errors as
 * cs_note_key(). */
CS_CHECKED enum cs_err cs_tlog_cosigner(struct cs_tlog_cosigner *out,
    const char *name, const uint8_t public[static CS_SIGN_PUBLIC_LEN]);

/* The key as text, of type 4, and back.  Errors as cs_note_key_read(). */
void cs_tlog_cosigner_text(
    char out[static CS_NOTE_KEY_SIZE], const struct cs_tlog_cosigner *who);
CS_CHECKED enum cs_err cs_tlog_cosigner_read(
    struct cs_tlog_cosigner *out, struct cs_view text);

/* The line by which ${who}, whose private half is ${with}, cosigns the
 * checkpoint ${text} at ${time_s}.  That it continues what they cosigned before
 * has been verified.  Errors as cs_tlog_checkpoint_parse(); CS_ERR_LIMIT: a
 * time that cannot be written. */
CS_CHECKED enum cs_err cs_tlog_cosign(char out[static CS_TLOG_COSIGN_LINE_SIZE],
    const struct cs_tlog_cosigner *who, const struct cs_sign_key *with,
    struct cs_view text, uint64_t time_s);

/*
 * When did ${who} cosign the checkpoint of ${note}?  The last time, if it did
 * so more than once.  Whether that is in the future is the caller's to judge.
 * CS_ERR_NOT_FOUND: it did not; CS_ERR_SIGNATURE: a line of it is wrong;
 * CS_ERR_FORMAT, CS_ERR_LIMIT: it is no note of a checkpoint.
 */
CS_CHECKED enum cs_err cs_tlog_cosigned(
    uint64_t *time_s, struct cs_view note, const struct cs_tlog_cosigner *who);
