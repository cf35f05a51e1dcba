/* SPDX-License-Identifier: MIT */
/*
 * A proof that can be kept and verified without asking anybody (C2SP
 * tlog-proof, "Format"): where an entry is, the hashes up to the root, and the
 * checkpoint with its cosignatures, as text.
 */
#pragma once

#include "tlog/checkpoint.h"
#include "tlog/proof.h"

/* Bytes beside the proof; what they mean is the application's affair, and
 * nobody has signed them. */
#define CS_TLOG_EXTRA_MAX 4096
/* The longest file: extra data and hashes in base64, and a note. */
#define CS_TLOG_PROOF_FILE_MAX                                                 \
	(CS_TLOG_NOTE_MAX + 2 * CS_TLOG_EXTRA_MAX + 64 * CS_TLOG_PROOF_MAX)

/* All zero is empty; free it with cs_tlog_proof_file_clear(). */
struct cs_tlog_proof_file {
	bool has_extra;
	struct cs_buf extra;
	uint64_t index;
	struct cs_tlog_proof proof;
	struct cs_view note; /* of the checkpoint; borrowed */
};

/* C2SP tlog-proof, "Format".  The note points into ${text}, and is not looked
 * at but for its form.  CS_ERR_FORMAT: it is no such file; CS_ERR_LIMIT: longer
 * than we accept. */
CS_CHECKED enum cs_err cs_tlog_proof_file_parse(
    struct cs_tlog_proof_file *out, struct cs_view text);

/* Append ${file} as text.  CS_ERR_LIMIT: the extra data is too long. */
CS_CHECKED enum cs_err cs_tlog_proof_file_write(
    struct cs_buf *out, const struct cs_tlog_proof_file *file);

void cs_tlog_proof_file_clear(struct cs_tlog_proof_file *file);

/* C2SP tlog-proof, "Verifying a tlog proof", steps 2 and 4: does the log
 * ${origin}, whose key is ${key}, say that ${leaf} is in it?  Who cosigned
 * ${out} is asked of cs_tlog_cosigned(), for each whom one trusts.  Errors as
 * cs_tlog_checkpoint_open() and cs_tlog_inclusion_verify(). */
CS_CHECKED enum cs_err cs_tlog_proof_file_verify(struct cs_tlog_checkpoint *out,
    const struct cs_tlog_proof_file *file, const struct cs_tlog_hash *leaf,
    const struct cs_note_key *key, struct cs_view origin);
