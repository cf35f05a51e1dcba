/* SPDX-License-Identifier: MIT */
/*
 * What an operator cannot take back: two states of its log that cannot both be
 * true, or a stamp whose entry is another one.  A file that anybody verifies
 * offline (PROTOCOL, "The log of a hub"; decision 0047).
 *
 *	"CSFAULT1" | u8 kind | body
 */
#pragma once

#include "franking/cert.h"
#include "franking/stamp.h"
#include "franking/tlog_entry.h"
#include "tlog/proof_file.h"
#include "tlog/tile.h"

/* The longest file: two notes, with what belongs to them. */
#define CS_TLOG_FAULT_MAX (2 * CS_TLOG_PROOF_FILE_MAX)

enum cs_tlog_fault_kind {
	CS_TLOG_FAULT_FORK = 1,  /* two checkpoints of one log */
	CS_TLOG_FAULT_ENTRY = 2, /* an entry that is not the promised one */
};

/* A checkpoint, and the certificate of the key that signed it. */
struct cs_tlog_signed {
	struct cs_view cert, note;
};

/*
 * FORK: ${a} is of a smaller log than ${b}, or of one as large.  ${prefix} is
 * the root that the first entries of ${b}, as many as ${a} has, really have,
 * and
 * ${proof} shows that (RFC 9162, section 2.1.4.1); of logs of one size there
 * is neither.
 * ENTRY: ${a} is the checkpoint in which ${entry} is included by ${proof}.
 * ${turn} is what the hub gave out as the connection, or empty.
 * Views are borrowed.
 */
struct cs_tlog_fault {
	enum cs_tlog_fault_kind kind;
	struct cs_tlog_signed a, b;
	struct cs_tlog_hash prefix;
	struct cs_tlog_proof proof;
	struct cs_stamp_promise promise;
	struct cs_view stamp_cert, entry, turn;
};

/* Does ${file} begin like one? */
CS_CHECKED bool cs_tlog_fault_is(struct cs_view file);
/* Append ${f}; CS_ERR_LIMIT. */
CS_CHECKED enum cs_err cs_tlog_fault_write(
    struct cs_buf *out, const struct cs_tlog_fault *f);
/* CS_ERR_FORMAT; CS_ERR_VERSION: of a later version; CS_ERR_LIMIT. */
CS_CHECKED enum cs_err cs_tlog_fault_parse(
    struct cs_tlog_fault *out, struct cs_view in);

/* What a fault comes to, once it verified. */
struct cs_tlog_fault_shown {
	/* Views into the fault; of ENTRY the first alone. */
	struct cs_tlog_checkpoint a, b;
	/* ENTRY: it is not even one of stamps, so nothing could connect it with
	 * the stamp.  Otherwise what the hub gave out does not, and only the
	 * hub could have something that does. */
	bool outright;
};

/*
 * Does ${f} show that the operator ${root_public} did that?  Keys count that
 * its root certified for any time.  CS_ERR_NOT_FOUND: what is there agrees with
 * itself; CS_ERR_MISMATCH: of different logs, or a proof that leads elsewhere;
 * CS_ERR_SIGNATURE, CS_ERR_STAMP and other errors: something in it is not the
 * operator's.
 */
CS_CHECKED enum cs_err cs_tlog_fault_verify(struct cs_tlog_fault_shown *out,
    const struct cs_tlog_fault *f, const uint8_t root_public[static 32]);

/* The checkpoint of ${s}, if a key signed it that the root certified for the
 * log, whenever that was; its origin is what the note says. */
CS_CHECKED enum cs_err cs_tlog_signed_open(struct cs_tlog_checkpoint *out,
    struct cs_role_key_cert *cert, struct cs_note_key *key,
    const struct cs_tlog_signed *s, const uint8_t root_public[static 32]);
