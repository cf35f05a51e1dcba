/* SPDX-License-Identifier: MIT */
/*
 * What an audit of a log leaves for the next one, as a file:
 *
 *	countersign-verify log 1
 *	COUNT COUNT ...			of entries, by kind; decimal
 *
 *	the checkpoint's note
 */
#pragma once

#include "franking/tlog_entry.h"
#include "tlog/checkpoint.h"

/* Kinds that are counted; what is of none of them, or no entry of a hub's log,
 * is counted as 0. */
#define LOG_KINDS (CS_TLOG_NAME + 1)

struct log_state {
	uint64_t counts[LOG_KINDS];
	struct cs_buf note; /* owned; empty: nothing was audited yet */
};

/* The text of such a file; free ${out->note}.  CS_ERR_FORMAT: that is another
 * file. */
CS_CHECKED enum cs_err log_state_parse(
    struct log_state *out, struct cs_view file);
/* Append it to ${out}. */
CS_CHECKED enum cs_err log_state_add(
    struct cs_buf *out, const struct log_state *s);
/* Read ${path}; free ${out->note}.  CS_ERR_NOT_FOUND: there is none;
 * CS_ERR_FORMAT: that is another file. */
CS_CHECKED enum cs_err log_state_read(struct log_state *out, const char *path);
/* Put it there, whole or not at all. */
CS_CHECKED enum cs_err log_state_write(
    const struct log_state *s, const char *path);
