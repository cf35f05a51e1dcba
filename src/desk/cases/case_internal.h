/* SPDX-License-Identifier: MIT */
/* The row of a case, for who changes one. */
#pragma once

#include "desk/cases/case.h"
#include "desk/core/doc.h"
#include "desk/core/policy.h"

/* What pages have to hear of; ${ref} is the case or the decision. */
enum desk_change { DESK_CHANGE_CASE = 1, DESK_CHANGE_DECISION = 2 };

struct desk_case {
	uint64_t id, version;
	json_t *doc;
	json_t *before; /* what it was, for the log; or NULL */
};

/* CS_ERR_NOT_FOUND; clear it in any case. */
CS_CHECKED enum cs_err desk_case_load(
    struct desk_case *out, struct cs_desk *d, uint64_t id);
/* The same for ${who}, who is going to change it and read its version
 * ${version}: CS_ERR_EXISTS if another person has changed it since,
 * CS_ERR_DENIED if it is closed.  What the desk itself has written meanwhile is
 * in nobody's way. */
CS_CHECKED enum cs_err desk_case_load_for(struct desk_case *out,
    struct cs_desk *d, const struct cs_desk_who *who, uint64_t id,
    uint64_t version);
void desk_case_clear(struct desk_case *c);
/* Store; the version goes up by one and pages hear of it; ${who} is NULL for
 * what the desk does by itself.  In a transaction. */
CS_CHECKED enum cs_err desk_case_save(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_who *who);
/* An empty one, of a report for ${reason} that came at ${at_ms}. */
CS_CHECKED enum cs_err desk_case_new(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_reason *reason, uint64_t at_ms);
unsigned desk_case_state(const struct desk_case *c);
void desk_case_set_state(
    struct desk_case *c, enum cs_desk_case_state state, enum cs_err *err);
/* To be decided, whatever was decided of it so far.  In a transaction. */
CS_CHECKED enum cs_err desk_case_reopen(struct cs_desk *d, struct desk_case *c);

/* What a list shows of it; with why it stands where it stands. */
CS_CHECKED enum cs_err desk_case_row(
    json_t **out, struct cs_desk *d, const struct desk_case *c);
/* The times by which it has to be looked at and decided. */
CS_CHECKED enum cs_err desk_case_set_due(
    struct desk_case *c, const struct cs_desk_policy *policy);

/* What of a case people change, for the log: before and after. */
CS_CHECKED enum cs_err desk_case_summary(
    json_t **out, const struct desk_case *c);
/* Take the case if nobody has it; CS_ERR_DENIED if somebody else has and
 * ${who} is no senior. */
CS_CHECKED enum cs_err desk_case_mine(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_who *who);

CS_CHECKED enum cs_err desk_changed(struct cs_desk *d, enum desk_change kind,
    uint64_t ref, uint64_t n, const struct cs_desk_who *who);

/* ---- term.c ------------------------------------------------------------- */

/* Words of ${text} from now on find the case ${kase}; a handle by its
 * beginnings, too. */
CS_CHECKED enum cs_err desk_terms_add(
    struct cs_desk *d, uint64_t kase, struct cs_view text, bool beginnings);
CS_CHECKED enum cs_err desk_term(
    uint8_t out[static 16], struct cs_desk *d, struct cs_view word);
/* Of the first word of ${text}: what somebody searches for. */
CS_CHECKED enum cs_err desk_term_first(
    uint8_t out[static 16], struct cs_desk *d, struct cs_view text);

/* ---- join.c ------------------------------------------------------------- */

/* The case of a report that was just stored: one that it belongs to, or a new
 * one.  In a transaction. */
CS_CHECKED enum cs_err desk_case_join(struct cs_desk *d,
    const struct cs_desk_report *r, const struct cs_evidence *e,
    uint64_t *kase);
/* The case that a report is in; CS_ERR_NOT_FOUND: none, it was rejected. */
CS_CHECKED enum cs_err desk_case_of_report(
    uint64_t *kase, struct cs_desk *d, const uint8_t report[static 16]);
/* Reports without a case, from before there were any. */
CS_CHECKED enum cs_err desk_cases_catch_up(struct cs_desk *d);
/* Count a report into the case ${c}, where its items stand already: accounts,
 * reporters, sums, how grave it is, the words of its note. */
CS_CHECKED enum cs_err desk_case_add(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_report *r, const struct cs_evidence *e,
    const struct cs_desk_policy *policy);

/* ---- merge.c, split.c --------------------------------------------------- */

/* Everything of ${from} becomes part of ${into}; in a transaction. */
CS_CHECKED enum cs_err desk_case_absorb(struct cs_desk *d,
    struct desk_case *into, struct desk_case *from,
    const struct cs_desk_who *who);
/*
 * Who is about to decide ${c} read its version ${version}: what came since
 * then becomes the new case ${*made}, to be decided by who has seen it; 0:
 * nothing came.  In a transaction; ${c} is not stored.
 */
CS_CHECKED enum cs_err desk_case_set_aside(uint64_t *made, struct cs_desk *d,
    struct desk_case *c, uint64_t version, const struct cs_desk_who *who);

/* ---- work.c ------------------------------------------------------------- */

/* Begin a change of a case by who works on cases: rights, transaction, the row
 * as it was read. */
CS_CHECKED enum cs_err desk_work_begin(struct desk_case *c, struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version);
/* End it: store, write down as ${what} with ${after}, whose reference is
 * taken, commit; or, when ${err} says so, leave everything as it was. */
CS_CHECKED enum cs_err desk_work_end(struct desk_case *c, struct cs_desk *d,
    const struct cs_desk_who *who, enum cs_err err, const char *what,
    json_t *after);

/* Is there a text, of no more than ${max} bytes, in UTF-8? */
CS_CHECKED enum cs_err desk_check_text(
    struct cs_desk *d, const char *text, size_t max);
CS_CHECKED enum cs_err desk_entry_add(struct cs_desk *d, uint64_t kase,
    unsigned kind, const struct cs_desk_who *who, json_t *doc, uint64_t *id);
/* Of kinds ${from} to ${to}, in order. */
CS_CHECKED enum cs_err desk_entries(json_t *items, struct cs_desk *d,
    uint64_t kase, unsigned from, unsigned to);

/* ---- items.c ------------------------------------------------------------ */

/* Items of a case as pages show them, after number ${after}. */
CS_CHECKED enum cs_err desk_items(json_t *items, struct cs_desk *d,
    const struct desk_case *c, uint64_t after);
/* Which accounts have a message in the case of which all is proved? */
CS_CHECKED enum cs_err desk_accounts_proved(
    json_t *accounts, struct cs_desk *d, uint64_t kase);

/* ---- decision.c --------------------------------------------------------- */

/* Decisions of a case, or of an account. */
CS_CHECKED enum cs_err desk_decisions(
    json_t *items, struct cs_desk *d, uint64_t kase);
CS_CHECKED enum cs_err desk_decisions_of(
    json_t *items, struct cs_desk *d, const uint8_t account[static 16]);
/* The same of appeals, as ${who} sees them: "mine" depends on it. */
CS_CHECKED enum cs_err desk_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t kase);
CS_CHECKED enum cs_err desk_appeals_of(json_t *items, struct cs_desk *d,
    const struct cs_desk_who *who, const uint8_t account[static 16]);
