/* SPDX-License-Identifier: MIT */
/* The people who work at the desk, and what each has set and seen. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "crypto/password.h"
#include "crypto/totp.h"
#include "desk/core/actor.h"
#include "desk/people/welcome.h"

struct cs_desk;

#define CS_DESK_HANDLE_LEN 32

/* What somebody has set: their language, how many photos they want to see a
 * day at most (0: no limit), minutes between breaks (0: no breaks). */
struct cs_desk_settings {
	char language[8];
	uint32_t daily_limit, break_every_min;
};

struct desk_person {
	struct cs_desk_actor actor;
	struct cs_desk_settings settings;
	bool disabled;
	bool active; /* has a password; else they were invited */
	uint8_t password[CS_HASH_LEN]; /* its hash, made with: */
	uint8_t salt[CS_PASSWORD_SALT_LEN];
	uint32_t passes, memory_kib;
	uint8_t totp[CS_TOTP_SECRET_LEN];
	uint64_t totp_step; /* the last one that was used */
	uint64_t last_ms;   /* when they last signed in */
	bool has_handle;    /* in passkeys; does not tell who it is */
	uint8_t handle[CS_DESK_HANDLE_LEN];
};
extern const struct desk_record desk_person_record;

/*
 * As soon as there are two administrators who have signed in, it takes both to
 * add somebody, to reset how somebody signs in, to give a role, to take
 * somebody back, or to let an administrator go: CS_ERR_DENIED unless ${actor}
 * says who has confirmed it (proposal.h), or is whoever has the folder.  These
 * join the caller's transaction if there is one.
 */
/* Are there two? */
CS_CHECKED enum cs_err desk_two_administrators(bool *out, struct cs_desk *d);
/* CS_ERR_DENIED if what takes two is done by one of them alone. */
CS_CHECKED enum cs_err desk_check_two(
    struct cs_desk *d, const struct cs_desk_actor *actor);
/*
 * Add somebody: 1 to 32 of a-z 0-9 . _ -.  ${welcome} is a code, good once and
 * for a week, that lets them choose a password.  CS_ERR_EXISTS, CS_ERR_FORMAT.
 */
CS_CHECKED enum cs_err cs_desk_person_add(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *name, enum cs_desk_role role,
    uint64_t *id, char welcome[static CS_DESK_WELCOME_SIZE]);
/* Make a new welcome, and void the password, the one-time secret and the
 * passkeys. */
CS_CHECKED enum cs_err cs_desk_person_reset(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id,
    char welcome[static CS_DESK_WELCOME_SIZE]);
/* Whether somebody is to belong to the desk. */
enum cs_desk_standing {
	CS_DESK_STANDING_SAME = 0, /* as it is */
	CS_DESK_STANDING_IN = 1,
	CS_DESK_STANDING_OUT = 2,
};
/* Give them another role (0: as it is), let them go or take them back. */
CS_CHECKED enum cs_err cs_desk_person_change(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, enum cs_desk_role role,
    enum cs_desk_standing standing);
/* CS_ERR_NOT_FOUND; CS_ERR_DENIED if they were let go, and ${out} says who
 * it is. */
CS_CHECKED enum cs_err cs_desk_person(
    struct cs_desk_actor *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_person_find(
    struct cs_desk_actor *out, struct cs_desk *d, const char *name);

CS_CHECKED enum cs_err cs_desk_settings(
    struct cs_desk_settings *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_settings_set(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct cs_desk_settings *s);
/* How many photos somebody has seen today. */
CS_CHECKED enum cs_err cs_desk_exposure(
    uint64_t *today, struct cs_desk *d, uint64_t id);
/* Count one more.  CS_ERR_LIMIT if that is over the limit they have set. */
CS_CHECKED enum cs_err cs_desk_exposure_add(
    struct cs_desk *d, const struct cs_desk_actor *actor);

/* CS_ERR_NOT_FOUND; ${out} is to be cleared in any case. */
CS_CHECKED enum cs_err desk_person_load(
    struct desk_person *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err desk_person_save(
    struct cs_desk *d, const struct desk_person *p);
void desk_person_clear(struct desk_person *p);
/* Call ${each} for everybody, with how many passkeys they have; stops at its
 * first error. */
CS_CHECKED enum cs_err desk_people(struct cs_desk *d,
    enum cs_err (*each)(
	void *arg, const struct desk_person *p, uint64_t passkeys),
    void *arg);
/* Does this change take two administrators?  One alone lets go of anybody but
 * another administrator, which has to be possible at once; the rest would let
 * one of them have, or do without, a second person. */
bool desk_person_change_takes_two(const struct desk_person *p,
    enum cs_desk_role role, enum cs_desk_standing standing);
