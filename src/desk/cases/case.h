/* SPDX-License-Identifier: MIT */
/*
 * Cases: what was reported of one message, one account, one
 * photo, as one piece of work.
 *
 * A case has a version; whoever changes it says which version was read.  When
 * another person was faster, that is CS_ERR_EXISTS, the sentence of
 * cs_desk_problem() names who, and cs_desk_conflict() says who and when.  What
 * the desk itself writes in between (a report, the hub's answer) stops nobody.
 * Functions that give JSON give what the console's API shows.
 */
#pragma once

#include "desk/people/people.h"

#define CS_DESK_NOTE_MAX 8192  /* bytes of a note */
#define CS_DESK_PAGE_MAX 200   /* rows an answer */
#define CS_DESK_ITEMS_PAGE 200 /* items of a case at once */

struct cs_desk_conflict {
	char by[CS_DESK_NAME_MAX + 1];
	uint64_t at_ms;
};
const struct cs_desk_conflict *cs_desk_conflict(const struct cs_desk *d);

enum cs_desk_case_state {
	CS_DESK_CASE_OPEN = 0,
	CS_DESK_CASE_WAITING = 1, /* for a second person, or to be sent */
	CS_DESK_CASE_DECIDED = 2,
	CS_DESK_CASE_CLOSED = 3, /* merged into another, or destroyed */
};
const char *cs_desk_case_state_name(unsigned state);
/* -1 for a name that is none. */
int cs_desk_case_state_find(const char *name);

/* Which cases, from where on. */
struct cs_desk_query {
	int state;          /* -1: all */
	int64_t assignee;   /* -1: whoever; 0: nobody */
	const char *reason; /* "": any */
	const char *words;  /* "": no search; a number, or one word */
	const char *cursor; /* "": the first page */
	unsigned limit;
};
/* {items, next, counts}: people in danger first, then by age. */
CS_CHECKED enum cs_err cs_desk_cases(json_t *out, struct cs_desk *d,
    const struct cs_desk_who *who, const struct cs_desk_query *q);
/* The case that people mean by ${text}: its number, or the beginning, from four
 * characters on, of the number of a report in it. */
struct cs_desk_case_at {
	uint64_t id, version;
};
CS_CHECKED enum cs_err cs_desk_case_find(
    struct cs_desk_case_at *out, struct cs_desk *d, const char *text);
/* Everything of one, items after number ${items_after}. */
CS_CHECKED enum cs_err cs_desk_case_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t items_after);
/* Cases, decisions and appeals of an account. */
CS_CHECKED enum cs_err cs_desk_account_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_who *who, const uint8_t account[static 16]);

/* ---- work --------------------------------------------------------------- */

CS_CHECKED enum cs_err cs_desk_claim(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version);
CS_CHECKED enum cs_err cs_desk_release(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version);
CS_CHECKED enum cs_err cs_desk_hand_over(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version,
    uint64_t person);
/* A note; or one that brings the case to a senior, or asks for a second
 * opinion. */
enum cs_desk_note {
	CS_DESK_NOTE = 0,
	CS_DESK_ESCALATION = 1,
	CS_DESK_OPINION = 2,
	CS_DESK_ATTACHMENT = 3, /* not proved; ${source} says where from */
	CS_DESK_QUESTION = 4,   /* to a reporter */
};
CS_CHECKED enum cs_err cs_desk_note_add(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version,
    enum cs_desk_note kind, const char *source, const char *text);
/* The age that the person shown is said to have ("child", "adult",
 * "unknown"), when something is threatened for (0: never), another reason ("":
 * as it is). */
CS_CHECKED enum cs_err cs_desk_triage(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version,
    const char *age, uint64_t threat_ms, const char *reason);
/* All of ${id} becomes part of ${into}; of neither is a decision on its way. */
CS_CHECKED enum cs_err cs_desk_merge(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version,
    uint64_t into);
/* The reports of these items become a case of their own. */
CS_CHECKED enum cs_err cs_desk_split(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version,
    const uint64_t *items, size_t n, uint64_t *made);
/* Nothing of it is destroyed while a hold is on. */
CS_CHECKED enum cs_err cs_desk_hold(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version, bool on,
    const char *text);
/* The working copy of an item's text; "" shows the original again.  The
 * original stays as it came. */
CS_CHECKED enum cs_err cs_desk_redact(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, uint64_t version, uint64_t item,
    const char *text);
