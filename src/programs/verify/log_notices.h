/* SPDX-License-Identifier: MIT */
/*
 * What a log says of notices (decision 0050): that none of them is hidden, that
 * each deadline is the one that it has to be, and what was not answered in
 * time.  For an audit from the log's beginning.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct log_notice;
struct log_month;

/* All zero is empty. */
struct log_notices {
	struct log_notice *v; /* by number - 1 */
	size_t n, cap;
	struct log_month *months;
	size_t n_months;
	uint64_t numbered; /* the last number; falls when a database was put
			    * back */
	const char *why;   /* what is wrong with the entry, a sentence's part */
	/* The report of the hub that is to be compared (log_notices_report());
	 * and the size of the log from which on it may have counted. */
	bool has_report;
	uint64_t report_size;
};

/* Take an entry of the log, of whatever kind.  CS_ERR_MISMATCH: it contradicts
 * what came before, and ${l->why} says how; CS_ERR_FORMAT, CS_ERR_NOMEM. */
CS_CHECKED enum cs_err log_notices_add(
    struct log_notices *l, uint64_t at, struct cs_view entry);
void log_notices_clear(struct log_notices *l);

/* How many there are; of those with a deadline, at ${now_ms}. */
struct log_notices_sum {
	uint64_t filed, answered, late, overdue;
	/* One that is overdue by more than ${patience}, which the log does not
	 * say; 0: none. */
	uint64_t hidden;
};
#define LOG_NOTICES_PATIENCE_MS CS_HOUR_MS
void log_notices_sum(
    struct log_notices_sum *out, const struct log_notices *l, uint64_t now_ms);

/* The hub's report (JSON of its page), to be compared once all was added.
 * CS_ERR_FORMAT: it is none. */
CS_CHECKED enum cs_err log_notices_report(
    struct log_notices *l, struct cs_view json);
/* Does it say what the log says?  false: ${out} says where not. */
bool log_notices_agree(
    char *out, size_t size, const struct log_notices *l, uint64_t log_size);
