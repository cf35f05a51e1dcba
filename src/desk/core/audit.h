/* SPDX-License-Identifier: MIT */
/*
 * The audit log: chain_n = SHA-256(0x01 | chain_{n-1} | u64 at | line), so that
 * no line can be changed, dropped or put in between unseen.
 *
 * Lines are written when their transaction is committed, and the last one says
 * what all other rows of the database come to (tally.h): so none of these can
 * be changed, dropped, or put back as it was before.  A transaction that
 * changes rows and says nothing gets a line "kept", which is not shown.  Where
 * the log ends is sealed beside it, so that its last lines cannot be dropped
 * either. Only an older copy of everything is as good as it was then; its head
 * is therefore deposited elsewhere (head.h).
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct cs_desk;
struct cs_desk_actor;

#define DESK_FACTS_MAX 16

/* What a line says besides who did what: named values.  Texts and bytes are
 * borrowed. */
struct desk_fact {
	const char *name;
	enum desk_fact_type {
		DESK_FACT_NUMBER = 1,
		DESK_FACT_FLAG,
		DESK_FACT_TEXT,
		DESK_FACT_ID,  /* a number as a text; written only */
		DESK_FACT_HEX, /* bytes as a text; written only */
	} type;
	uint64_t number; /* or flag */
	const char *text;
	struct cs_view bytes;
};
struct desk_facts {
	struct desk_fact at[DESK_FACTS_MAX];
	size_t n;
};

/* One line to be written. */
struct desk_audit_event {
	const struct cs_desk_actor *actor; /* NULL: the desk itself */
	uint64_t case_id;                  /* 0: none */
	const char *what;
	const struct desk_facts *before, *after; /* may be NULL */
};

/* One line that was read: who did what, when, in which case (0: none). */
struct cs_desk_audit_line {
	uint64_t seq, at_ms, case_id, person;
	uint64_t token;     /* by which a program did it for them; 0: none */
	const char *second; /* who confirmed it; "": nobody */
	const char *actor, *what;
	const uint8_t
	    *hash; /* CS_HASH_LEN bytes: of this line and all before */
	const struct desk_facts *before, *after;
};

/* Add a value to ${f}, which holds at most DESK_FACTS_MAX. */
void desk_fact_number(struct desk_facts *f, const char *name, uint64_t n);
void desk_fact_flag(struct desk_facts *f, const char *name, bool on);
void desk_fact_text(struct desk_facts *f, const char *name, const char *text);
void desk_fact_id(struct desk_facts *f, const char *name, uint64_t id);
void desk_fact_hex(struct desk_facts *f, const char *name, struct cs_view v);

/* Keep account of the rows of ${d}, whose database was opened just now; and
 * forget what is not committed, before it is closed. */
CS_CHECKED enum cs_err desk_audit_begin(struct cs_desk *d);
void desk_audit_end(struct cs_desk *d);

/* Append a line; in a transaction.  It says nothing of what was reported. */
CS_CHECKED enum cs_err desk_audit_add(
    struct cs_desk *d, const struct desk_audit_event *e);
/* The same in a transaction of its own. */
CS_CHECKED enum cs_err desk_audit_note(
    struct cs_desk *d, const struct desk_audit_event *e);
/* Append a sentence that the desk itself says; in a transaction. */
CS_CHECKED enum cs_err desk_audit_say(struct cs_desk *d, const char *format,
    ...) __attribute__((format(printf, 2, 3)));
/* Call ${each} for up to ${limit} lines before number ${before}, the newest
 * first; of one case unless ${case_id} is 0.  Stops at its first error. */
CS_CHECKED enum cs_err desk_audit_page(struct cs_desk *d, uint64_t before,
    uint64_t case_id, unsigned limit,
    enum cs_err (*each)(void *arg, const struct cs_desk_audit_line *line),
    void *arg);
/* Where the log ends: how many lines, and the hash over them. */
CS_CHECKED enum cs_err desk_audit_head(
    uint64_t *seq, uint8_t hash[static CS_HASH_LEN], struct cs_desk *d);
/* The hash over the first ${seq} lines; CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err desk_audit_hash_at(
    uint8_t hash[static CS_HASH_LEN], struct cs_desk *d, uint64_t seq);
/* Take the rows as they are for those that the log speaks of from now on, if
 * the log itself is whole; in a transaction.  Else CS_ERR_CHAIN. */
CS_CHECKED enum cs_err desk_audit_take_rows(struct cs_desk *d);
/* Walk the log and check it: each line is chained to the one before it by a
 * hash, the last one is known, and the rows are those that it speaks of.
 * CS_ERR_CHAIN, and cs_desk_problem() says which: something was changed, left
 * out, put back or put in another order.  ${each} may be NULL; it gets lines
 * that are not shown as well. */
CS_CHECKED enum cs_err cs_desk_audit_verify(struct cs_desk *d,
    void (*each)(void *arg, const struct cs_desk_audit_line *line), void *arg);
