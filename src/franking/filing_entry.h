/* SPDX-License-Identifier: MIT */
/*
 * Entries of the log about filings (franking/filing.h).  They are there whole:
 * whoever reads the log sees what was due when, what was answered, and what was
 * not, whatever the hub says.
 *
 *	u8 1 | u8 7 | u64 number | u8 what | u8 category | u64 about |
 *	    u64 received_ms | u64 deadline_ms | commitment32
 *	u8 1 | u8 8 | u64 number | u8 outcome | u64 answered_ms | u64 until_ms |
 *	    commitment32
 *	u8 1 | u8 9 | u64 number | u64 deadline_ms
 */
#pragma once

#include "franking/filing.h"
#include "franking/tlog_entry.h"

/* hub is not in it. */
CS_CHECKED enum cs_err cs_filing_entry_write(
    struct cs_buf *out, const struct cs_receipt *receipt);
CS_CHECKED enum cs_err cs_filing_entry_parse(
    struct cs_receipt *out, struct cs_view entry);

struct cs_filing_answered {
	uint64_t number;
	uint8_t outcome;
	uint64_t answered_ms;
	uint64_t until_ms; /* the deadline that "needs more" moved; or 0 */
	uint8_t commitment[CS_HASH_LEN]; /* cs_filing_answer_commit() */
};
CS_CHECKED enum cs_err cs_filing_answered_write(
    struct cs_buf *out, const struct cs_filing_answered *answered);
CS_CHECKED enum cs_err cs_filing_answered_parse(
    struct cs_filing_answered *out, struct cs_view entry);

CS_CHECKED enum cs_err cs_filing_overdue_write(
    struct cs_buf *out, uint64_t number, uint64_t deadline_ms);
CS_CHECKED enum cs_err cs_filing_overdue_parse(
    uint64_t *number, uint64_t *deadline_ms, struct cs_view entry);
