/* SPDX-License-Identifier: MIT */
/*
 * Who works at the desk, what each may do, and how each
 * proves to be the one: a password (argon2id) and a one-time code (RFC 6238).
 * The other way, passkeys, is in passkey.h.
 *
 * Answers for pages are JSON objects, as docs of the console's API say.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/bytes.h"

struct cs_desk;

enum cs_desk_role {
	CS_DESK_REVIEWER = 1,
	CS_DESK_SENIOR = 2,
	CS_DESK_AUDITOR = 3,
	CS_DESK_ADMINISTRATOR = 4,
};
/* "reviewer" and so on; NULL for a number that is none. */
const char *cs_desk_role_name(enum cs_desk_role role);
/* 0 for a name that is none. */
enum cs_desk_role cs_desk_role_find(const char *name);

#define CS_DESK_NAME_MAX 32
#define CS_DESK_PASSWORD_MIN 12 /* characters, as bytes */
#define CS_DESK_PASSWORD_MAX 1024
#define CS_DESK_WELCOME_SIZE 44 /* a code for the first sign-in, and a zero */
#define CS_DESK_WELCOME_MS ((uint64_t)7 * 86400 * 1000)
#define CS_DESK_TOKEN_SIZE 48

/* Whoever acts.  Number 0: whoever has the desk's folder and its passphrase,
 * on the command line; may do everything but be a second person. */
struct cs_desk_who {
	uint64_t id;
	char name[CS_DESK_NAME_MAX + 1];
	char pseudonym[16]; /* the name outside the desk */
	enum cs_desk_role role;
	/* How often the password was chosen, and an administrator has reset
	 * it: sessions of before end with the one, tokens with the other. */
	uint32_t passwords, resets;
};
extern const struct cs_desk_who cs_desk_operator;

/* May work on cases, decide, confirm and hear appeals? */
bool cs_desk_works(const struct cs_desk_who *who);
/* The same, with the rights of a senior. */
bool cs_desk_is_senior(const struct cs_desk_who *who);
bool cs_desk_is_administrator(const struct cs_desk_who *who);

/*
 * Add somebody: 1 to 32 of a-z 0-9 . _ -.  ${welcome} is a code, good once and
 * for a week, that lets them choose a password.  CS_ERR_EXISTS, CS_ERR_FORMAT.
 */
CS_CHECKED enum cs_err cs_desk_person_add(struct cs_desk *d,
    const struct cs_desk_who *who, const char *name, enum cs_desk_role role,
    uint64_t *id, char welcome[static CS_DESK_WELCOME_SIZE]);
/* A new welcome: the old password, one-time secret and passkeys are void. */
CS_CHECKED enum cs_err cs_desk_person_reset(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id,
    char welcome[static CS_DESK_WELCOME_SIZE]);
/* Another role (0: as it is); out of the desk, or back. */
CS_CHECKED enum cs_err cs_desk_person_change(struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id, enum cs_desk_role role,
    bool disabled);
CS_CHECKED enum cs_err cs_desk_people(struct cs_desk *d, json_t *items);
CS_CHECKED enum cs_err cs_desk_person(
    struct cs_desk_who *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_person_find(
    struct cs_desk_who *out, struct cs_desk *d, const char *name);

/* What a welcome shows: {name, role, secret, uri}.  CS_ERR_DENIED: no such
 * code, used or too old. */
CS_CHECKED enum cs_err cs_desk_welcome(
    struct cs_desk *d, const char *code, json_t *out);
/* Choose the password; ${totp} shows that the secret has arrived. */
CS_CHECKED enum cs_err cs_desk_welcome_finish(struct cs_desk_who *out,
    struct cs_desk *d, const char *code, struct cs_view password,
    const char *totp);

/* CS_ERR_DENIED: not with this name, password and code; it does not say which,
 * and takes as long whichever it was. */
CS_CHECKED enum cs_err cs_desk_sign_in(struct cs_desk_who *out,
    struct cs_desk *d, const char *name, struct cs_view password,
    const char *totp);
/* The password alone, of somebody who is signed in. */
CS_CHECKED enum cs_err cs_desk_password_check(
    struct cs_desk *d, uint64_t id, struct cs_view password);
/* ${who} is as they are from then on.  CS_ERR_DENIED: they were let go, or got
 * another password, since they were looked at. */
CS_CHECKED enum cs_err cs_desk_password_change(
    struct cs_desk *d, struct cs_desk_who *who, struct cs_view password);

/* Language, daily limit of reveals (0: none), minutes between breaks (0). */
struct cs_desk_settings {
	char language[8];
	uint32_t daily_limit, break_every_min;
};
CS_CHECKED enum cs_err cs_desk_settings(
    struct cs_desk_settings *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_settings_set(struct cs_desk *d,
    const struct cs_desk_who *who, const struct cs_desk_settings *s);

/* How many photos somebody has seen today; one more.  CS_ERR_LIMIT: the limit
 * that the person has set is reached. */
CS_CHECKED enum cs_err cs_desk_exposure(
    uint64_t *today, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err cs_desk_exposure_add(
    struct cs_desk *d, const struct cs_desk_who *who);

/* Tokens let programs in: a bit for each scope. */
enum cs_desk_scope {
	CS_DESK_SCOPE_READ = 1,
	CS_DESK_SCOPE_WORK = 2,
	CS_DESK_SCOPE_DECIDE = 4,
	CS_DESK_SCOPE_ADMIN = 8,
};
/* 0 for a name that is none. */
unsigned cs_desk_scope_find(const char *name);
CS_CHECKED enum cs_err cs_desk_token_add(struct cs_desk *d,
    const struct cs_desk_who *who, const char *name, unsigned scopes,
    uint64_t *id, char token[static CS_DESK_TOKEN_SIZE]);
CS_CHECKED enum cs_err cs_desk_token_remove(
    struct cs_desk *d, const struct cs_desk_who *who, uint64_t id);
CS_CHECKED enum cs_err cs_desk_tokens(struct cs_desk *d, json_t *items);
/* Whose is it, and what for?  CS_ERR_DENIED: nobody's. */
CS_CHECKED enum cs_err cs_desk_token_find(struct cs_desk_who *out,
    unsigned *scopes, struct cs_desk *d, const char *token);
