/* SPDX-License-Identifier: MIT */
/*
 * The head of the log, kept where whoever has the desk's file cannot reach it:
 * at the hub, and in a file that the operator names (heads_file in desk.conf),
 * which can lie on another disk or host.  Whoever puts back an older copy of
 * the whole desk is found by it.
 *
 * A head is an epoch, the number of the last line, and the hash over all of
 * them.  The epoch goes up when somebody says, in the log, that an older copy
 * is to go on: after a backup was restored.  Each head is signed by the desk's
 * key over "countersign/desk/head/v1\0" | u32 epoch | u64 seq | head32 |
 * u64 at_ms, so that it can be given to others, or published.  In the file it
 * is a line
 *
 *	countersign-desk-head/1 EPOCH SEQ HEAD AT_MS SIGNATURE
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "crypto/sign.h"

struct cs_desk;

/* Not deposited more often than that. */
#define DESK_HEAD_EVERY_MS CS_MINUTE_MS

struct desk_head {
	uint32_t epoch;
	uint64_t seq, at_ms; /* seq 0: none */
	uint8_t head[CS_HASH_LEN];
	uint8_t signature[CS_SIGNATURE_LEN];
};

/* Read desk.conf in the desk's folder, if there is one.  CS_ERR_FORMAT, and
 * cs_desk_problem() says what is wrong with it. */
CS_CHECKED enum cs_err desk_heads_config(struct cs_desk *d);
/* Compare the log with what was deposited.  CS_ERR_CHAIN: this is an older
 * copy, or another log; cs_desk_problem() says so.  The second asks the hub,
 * and is CS_ERR_CLOSED and so on if it cannot be asked. */
CS_CHECKED enum cs_err cs_desk_heads_check_file(struct cs_desk *d);
CS_CHECKED enum cs_err cs_desk_heads_check_hub(struct cs_desk *d);
/* Deposit the head if it is another one than last time, and time for it; the
 * hub has been asked before. */
CS_CHECKED enum cs_err desk_heads_deposit(struct cs_desk *d, uint64_t now_ms);
/* Go on with what is there although it is older than what was deposited (a
 * backup was restored), or rows were changed: begin the next epoch, and write
 * ${why} into the log. CS_ERR_CHAIN if the log itself is broken: that takes a
 * backup. */
CS_CHECKED enum cs_err cs_desk_accept(struct cs_desk *d, const char *why);
