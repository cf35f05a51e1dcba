/* SPDX-License-Identifier: MIT */
/* What time-stamp authorities say of a log (RFC 3161): checkpoints and tokens
 * over them, as "countersign-witness timestamp" keeps them. */
#pragma once

#include "crypto/timestamp.h"
#include "tlog/checkpoint.h"
#include "tlog/edge.h"

#define LOG_TIMES_MAX 100000 /* tokens of a folder */

struct log_times {
	size_t n;
	/* The one that was given first, and the one of the most entries. */
	uint64_t first_size, last_size;
	struct cs_timestamp first, last;
	/* What is wrong: the name of that file, and why. */
	char at[256];
	const char *why;
};

/*
 * Compare all tokens in the folder ${dir} with the log of ${key} that has
 * ${size} entries and whose tiles ${fetch} gives: each is a token of
 * ${authorities}, PEM, over a checkpoint that the log's key signed, and the
 * log's first entries make its root.  CS_ERR_MISMATCH: ${out->at} and
 * ${out->why} say which is not so; CS_ERR_IO, CS_ERR_LIMIT: of the folder;
 * else what ${fetch} says.
 */
CS_CHECKED enum cs_err log_times_check(struct log_times *out, const char *dir,
    struct cs_view authorities, const struct cs_note_key *key, uint64_t size,
    cs_tlog_fetch_tile *fetch, void *source);
