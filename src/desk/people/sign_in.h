/* SPDX-License-Identifier: MIT */
/*
 * How people prove who they are: a password (argon2id) and a one-time code (RFC
 * 6238); and tokens, which let programs in.  The other way, passkeys, is in
 * passkey.h.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/totp.h"
#include "desk/core/actor.h"

struct cs_desk;
struct desk_record;

#define CS_DESK_PASSWORD_MIN 12 /* characters, as bytes */
#define CS_DESK_PASSWORD_MAX 1024
#define CS_DESK_TOKEN_SIZE 48
#define CS_DESK_TOKEN_NAME_MAX 100

/* Tokens let programs in: a bit for each scope. */
enum cs_desk_scope {
	CS_DESK_SCOPE_READ = 1,
	CS_DESK_SCOPE_WORK = 2,
	CS_DESK_SCOPE_DECIDE = 4,
	CS_DESK_SCOPE_ADMIN = 8,
};
#define CS_DESK_SCOPES 4

struct desk_token {
	uint64_t id, used_ms;
	char name[CS_DESK_TOKEN_NAME_MAX + 1];
	uint32_t scopes; /* bits */
	uint64_t person, made_ms;
	uint32_t resets; /* of the person, when it was made */
};
extern const struct desk_record desk_token_record;

/* What a first sign-in shows; to be wiped. */
struct cs_desk_welcome {
	char name[CS_DESK_NAME_MAX + 1];
	enum cs_desk_role role;
	char secret[CS_TOTP_TEXT_SIZE]; /* for the authenticator */
	char uri[512];                  /* the same, as a QR code has it */
};
/* CS_ERR_DENIED: no such code, used or too old. */
CS_CHECKED enum cs_err cs_desk_welcome(
    struct cs_desk_welcome *out, struct cs_desk *d, const char *code);
/* Choose the password; ${totp} shows that the secret has arrived. */
CS_CHECKED enum cs_err cs_desk_welcome_finish(struct cs_desk_actor *out,
    struct cs_desk *d, const char *code, struct cs_view password,
    const char *totp);
/* CS_ERR_DENIED: not with this name, password and code; it does not say which,
 * and takes as long whichever it was. */
CS_CHECKED enum cs_err cs_desk_sign_in(struct cs_desk_actor *out,
    struct cs_desk *d, const char *name, struct cs_view password,
    const char *totp);
/* Check the password alone, of somebody who is signed in. */
CS_CHECKED enum cs_err cs_desk_password_check(
    struct cs_desk *d, uint64_t id, struct cs_view password);
/* Set it, after which ${actor} is as they are from then on.  CS_ERR_DENIED:
 * they were let go, or got another password, since they were looked at. */
CS_CHECKED enum cs_err cs_desk_password_change(
    struct cs_desk *d, struct cs_desk_actor *actor, struct cs_view password);

/* "read", "work", "decide" and "admin", by bit. */
extern const char *const cs_desk_scopes[CS_DESK_SCOPES];
/* 0 for a name that is none. */
unsigned cs_desk_scope_find(const char *name);
CS_CHECKED enum cs_err cs_desk_token_add(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *name, unsigned scopes,
    uint64_t *id, char token[static CS_DESK_TOKEN_SIZE]);
CS_CHECKED enum cs_err cs_desk_token_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
/* Whose is it, and what for?  CS_ERR_DENIED: nobody's. */
CS_CHECKED enum cs_err cs_desk_token_find(struct cs_desk_actor *out,
    unsigned *scopes, struct cs_desk *d, const char *token);
/* Call ${each} for all tokens, in order; stops at its first error. */
CS_CHECKED enum cs_err desk_tokens(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct desk_token *t), void *arg);
