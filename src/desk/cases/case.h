/* SPDX-License-Identifier: MIT */
/*
 * Cases: what was reported of one message, one account, one photo, as one piece
 * of work.
 *
 * A case has a version; whoever changes it says which version was read.  When
 * another person was faster, that is CS_ERR_EXISTS, the sentence of
 * cs_desk_problem() names who, and cs_desk_conflict() says who and when.  What
 * the desk itself writes in between (a report, the hub's answer) stops nobody.
 */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_policy;
struct cs_desk_reason;
struct cs_desk_actor;

enum cs_desk_case_state {
	CS_DESK_CASE_OPEN = 0,
	CS_DESK_CASE_WAITING = 1, /* for a second person, or to be sent */
	CS_DESK_CASE_DECIDED = 2,
	CS_DESK_CASE_CLOSED = 3, /* merged into another, or destroyed */
};

/* What pages have to hear of; ${ref} is the case or the decision. */
enum desk_change { DESK_CHANGE_CASE = 1, DESK_CHANGE_DECISION = 2 };

struct desk_case {
	uint64_t id, version;
	json_t *doc;
	json_t *before; /* what it was, for the log; or NULL */
};

const char *cs_desk_case_state_name(unsigned state);
/* -1 for a name that is none. */
int cs_desk_case_state_find(const char *name);
/* CS_ERR_NOT_FOUND; clear it in any case. */
CS_CHECKED enum cs_err desk_case_load(
    struct desk_case *out, struct cs_desk *d, uint64_t id);
/* The same for ${actor}, who is going to change it and read its version
 * ${version}: CS_ERR_EXISTS if another person has changed it since,
 * CS_ERR_DENIED if it is closed.  What the desk itself has written meanwhile is
 * in nobody's way. */
CS_CHECKED enum cs_err desk_case_load_for(struct desk_case *out,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id,
    uint64_t version);
void desk_case_clear(struct desk_case *c);
/* Store; the version goes up by one and pages hear of it; ${actor} is NULL for
 * what the desk does by itself.  In a transaction. */
CS_CHECKED enum cs_err desk_case_save(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor);
/* An empty one, of a report for ${reason} that came at ${at_ms}. */
CS_CHECKED enum cs_err desk_case_new(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_reason *reason, uint64_t at_ms);
unsigned desk_case_state(const struct desk_case *c);
void desk_case_set_state(
    struct desk_case *c, enum cs_desk_case_state state, enum cs_err *err);
/* To be decided, whatever was decided of it so far.  In a transaction. */
CS_CHECKED enum cs_err desk_case_reopen(struct cs_desk *d, struct desk_case *c);
/* The times by which it has to be looked at and decided. */
CS_CHECKED enum cs_err desk_case_set_due(
    struct desk_case *c, const struct cs_desk_policy *policy);
/* What of a case people change, for the log: before and after. */
CS_CHECKED enum cs_err desk_case_summary(
    json_t **out, const struct desk_case *c);
CS_CHECKED enum cs_err desk_change_add(struct cs_desk *d, enum desk_change kind,
    uint64_t ref, uint64_t n, const struct cs_desk_actor *actor);
