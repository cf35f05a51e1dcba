/* SPDX-License-Identifier: MIT */
/* The people who work at the desk, and what each has set and seen. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "desk/core/actor.h"

struct cs_desk;

#define CS_DESK_WELCOME_SIZE 44 /* a code for the first sign-in, and a zero */
#define CS_DESK_WELCOME_MS ((uint64_t)7 * 86400 * 1000)

struct desk_person {
	struct cs_desk_actor actor;
	json_t *doc;
	bool disabled, active;
};

/* Language, daily limit of reveals (0: none), minutes between breaks (0). */
struct cs_desk_settings {
	char language[8];
	uint32_t daily_limit, break_every_min;
};

/*
 * Add somebody: 1 to 32 of a-z 0-9 . _ -.  ${welcome} is a code, good once and
 * for a week, that lets them choose a password.  CS_ERR_EXISTS, CS_ERR_FORMAT.
 */
CS_CHECKED enum cs_err cs_desk_person_add(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *name, enum cs_desk_role role,
    uint64_t *id, char welcome[static CS_DESK_WELCOME_SIZE]);
/* A new welcome: the old password, one-time secret and passkeys are void. */
CS_CHECKED enum cs_err cs_desk_person_reset(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id,
    char welcome[static CS_DESK_WELCOME_SIZE]);
/* Another role (0: as it is); out of the desk, or back. */
CS_CHECKED enum cs_err cs_desk_person_change(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, enum cs_desk_role role,
    bool disabled);
CS_CHECKED enum cs_err cs_desk_people(struct cs_desk *d, json_t *items);
CS_CHECKED enum cs_err cs_desk_person(
    struct cs_desk_actor *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_person_find(
    struct cs_desk_actor *out, struct cs_desk *d, const char *name);
CS_CHECKED enum cs_err cs_desk_settings(
    struct cs_desk_settings *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_settings_set(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct cs_desk_settings *s);
/* How many photos somebody has seen today; one more.  CS_ERR_LIMIT: the limit
 * that the person has set is reached. */
CS_CHECKED enum cs_err cs_desk_exposure(
    uint64_t *today, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_exposure_add(
    struct cs_desk *d, const struct cs_desk_actor *actor);
/* CS_ERR_NOT_FOUND; ${out} is to be cleared in any case. */
CS_CHECKED enum cs_err desk_person_load(
    struct desk_person *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err desk_person_save(
    struct cs_desk *d, const struct desk_person *p);
void desk_person_clear(struct desk_person *p);
