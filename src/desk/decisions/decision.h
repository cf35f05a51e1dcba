/* SPDX-License-Identifier: MIT */
/*
 * The row of a decision, and lists of them.
 *
 * A decision waits for its second person if the policy wants one, then for the
 * seconds in which it can be taken back; then its actions are signed and stored
 * in one transaction, and told to the hub until the hub has answered each.
 */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

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

struct desk_decision {
	uint64_t id, case_id;
	enum cs_desk_decision_state state;
	uint64_t due_ms, made_ms, person;
	unsigned check; /* quality: 0 none, 1 due, 2 agreed, 3 disagreed */
	json_t *doc;
};

/* Decisions of a case, or of an account. */
CS_CHECKED enum cs_err desk_decisions(
    json_t *items, struct cs_desk *d, uint64_t case_id);
CS_CHECKED enum cs_err desk_decisions_of(
    json_t *items, struct cs_desk *d, const uint8_t account[static 16]);
CS_CHECKED enum cs_err cs_desk_decision_show(
    json_t **out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err desk_decision_load(
    struct desk_decision *out, struct cs_desk *d, uint64_t id);
void desk_decision_clear(struct desk_decision *dec);
CS_CHECKED enum cs_err desk_decision_save(struct cs_desk *d,
    struct desk_decision *dec, const struct cs_desk_actor *actor);
/* Insert; sets its number. */
CS_CHECKED enum cs_err desk_decision_insert(
    struct cs_desk *d, struct desk_decision *dec);
const char *desk_decision_state_name(enum cs_desk_decision_state state);
/* {id, name}, as decisions show people. */
json_t *json_actor(const struct cs_desk_actor *actor, enum cs_err *err);
/* The state of its case follows from its decisions; in a transaction. */
CS_CHECKED enum cs_err desk_case_settle(
    struct cs_desk *d, uint64_t case_id, const struct cs_desk_actor *actor);
/* Was something done about the case ${case_id}, and not taken back? */
CS_CHECKED enum cs_err desk_case_acted(
    bool *out, struct cs_desk *d, uint64_t case_id);
