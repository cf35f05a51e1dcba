/* SPDX-License-Identifier: MIT */
/*
 * What is decided about a case, by whom, and what became
 * of it.
 *
 * A decision waits for its second person if the policy wants one, then for the
 * seconds in which it can be taken back; then its actions are signed and stored
 * in one transaction, and told to the hub until the hub has answered each.
 */
#pragma once

#include "desk/cases/case.h"
#include "desk/core/policy.h"

enum cs_desk_decision_state {
	CS_DESK_DECISION_UNDO = 0,    /* can be taken back */
	CS_DESK_DECISION_WAITING = 1, /* for a second person */
	CS_DESK_DECISION_QUEUED = 2,  /* signed, on its way */
	CS_DESK_DECISION_APPLIED = 3,
	CS_DESK_DECISION_FAILED = 4, /* the hub took none of it */
	CS_DESK_DECISION_UNDONE = 5,
	CS_DESK_DECISION_REFUSED = 6, /* by the second person */
	CS_DESK_DECISION_REVERSED = 7,
};

struct cs_desk_choice {
	enum cs_desk_act action;
	bool all; /* all that is proved in the case, instead of what is named */
	const char *reason;     /* code of the policy; NULL: the case's */
	const json_t *accounts; /* hex ids; warn, disable, disable-until */
	const json_t *media;    /* ids; quarantine */
	const json_t *items;    /* ids: whose groups are dissolved */
	uint64_t duration_s;    /* disable-until */
	const char *facts;      /* for the holder: names no reporter */
	const char *ground;     /* "illegal", "terms", or "": of the policy */
	const char *legal;      /* the law or the rule */
	const char *to_key;     /* refer: base64url of an X25519 key */
	bool at_once;           /* nothing can be taken back */
};
/* ${*made}: its number.  CS_ERR_EXISTS, CS_ERR_DENIED, CS_ERR_FORMAT: the
 * sentence of cs_desk_problem() says what is missing. */
CS_CHECKED enum cs_err cs_desk_decide(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t kase, uint64_t version,
    const struct cs_desk_choice *choice, uint64_t *made);
/* Take it back while it can be; by who made it, or a senior. */
CS_CHECKED enum cs_err cs_desk_undo(
    struct cs_desk *d, const struct cs_desk_who *who, uint64_t id);
/* The second person's word; never of who made it. */
CS_CHECKED enum cs_err cs_desk_confirm(
    struct cs_desk *d, const struct cs_desk_who *who, uint64_t id);
CS_CHECKED enum cs_err cs_desk_refuse(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, const char *text);
/* Give back everything that it took; ${*made} is the decision that does it. */
CS_CHECKED enum cs_err cs_desk_reverse(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, const char *text,
    uint64_t *made);
/* The second look for quality; never of who made or confirmed it. */
CS_CHECKED enum cs_err cs_desk_quality(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, bool agree, const char *text);
CS_CHECKED enum cs_err cs_desk_decision_show(
    json_t **out, struct cs_desk *d, uint64_t id);

/* ---- appeals ------------------------------------------------------------ */

/* ${open}: those that wait; else those that were decided. */
CS_CHECKED enum cs_err cs_desk_appeals(
    json_t *items, struct cs_desk *d, const struct cs_desk_who *who, bool open);
/* Never by who took part in the decision.  ${text} goes to who wrote. */
CS_CHECKED enum cs_err cs_desk_appeal_decide(struct cs_desk *d,
    const struct cs_desk_who *who, const uint8_t id[static 16], bool reverse,
    const char *text);
CS_CHECKED enum cs_err cs_desk_appeal_show(json_t **out, struct cs_desk *d,
    const struct cs_desk_who *who, const uint8_t id[static 16]);
/* Ask the reporter of ${report}, sealed: the hub cannot read it. */
CS_CHECKED enum cs_err cs_desk_question(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t kase, uint64_t version,
    const uint8_t report[static 16], const char *text);

/* ---- statements of reasons ---------------------------------------------- */

/* Statements made from ${from_ms} on, as the DSA Transparency Database takes
 * them: an array. */
CS_CHECKED enum cs_err cs_desk_statements(
    json_t *items, struct cs_desk *d, uint64_t from_ms);
