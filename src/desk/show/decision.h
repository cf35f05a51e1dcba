/* SPDX-License-Identifier: MIT */
/* Decisions and appeals as pages show them. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "base/units.h"
#include "desk/decisions/appeal.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_decision;

/* A new reference. */
CS_CHECKED enum cs_err cs_desk_decision_show(
    json_t **out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_appeal_show(json_t **out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static CS_ID_LEN]);
/* Append the appeals that are open or, for any other ${state}, decided;
 * "mine" in each depends on ${actor}. */
CS_CHECKED enum cs_err cs_desk_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, enum cs_desk_appeal_state state);

/* Append the decisions of a case, or about an account. */
CS_CHECKED enum cs_err desk_show_decisions(
    json_t *items, struct cs_desk *d, uint64_t case_id);
CS_CHECKED enum cs_err desk_show_decisions_of(
    json_t *items, struct cs_desk *d, const uint8_t account[static CS_ID_LEN]);
/* The same of appeals. */
CS_CHECKED enum cs_err desk_show_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id);
CS_CHECKED enum cs_err desk_show_appeals_of(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t account[static CS_ID_LEN]);
