/* SPDX-License-Identifier: MIT */
/* People, their tokens and passkeys as pages show them. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

/* Append {id, name, pseudonym, role, state, last_ms, passkeys} of everybody. */
CS_CHECKED enum cs_err cs_desk_people(json_t *items, struct cs_desk *d);
/* Append {id, name, scopes, made_ms, used_ms} of each token. */
/* What waits for a second administrator, and what was decided lately: all of
 * it, or what is about ${person} and not older than some days. */
CS_CHECKED enum cs_err cs_desk_proposals(json_t *items, struct cs_desk *d);
CS_CHECKED enum cs_err cs_desk_proposals_about(
    json_t *items, struct cs_desk *d, uint64_t person);
/* Those that ${actor} may see. */
CS_CHECKED enum cs_err cs_desk_tokens(
    json_t *items, struct cs_desk *d, const struct cs_desk_actor *actor);
/* Append {id, name, host, credential, made_ms, used_ms} of each passkey that
 * ${actor} has. */
CS_CHECKED enum cs_err cs_desk_passkeys(
    json_t *items, struct cs_desk *d, const struct cs_desk_actor *actor);
