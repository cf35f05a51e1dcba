/* SPDX-License-Identifier: MIT */
/*
 * How people prove who they are: a password (argon2id) and a one-time code (RFC
 * 6238); and programs, by the tokens of token.h.  The other way, passkeys, is
 * in passkey.h.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/totp.h"
#include "desk/core/actor.h"

struct cs_desk;

#define CS_DESK_PASSWORD_MIN 12 /* characters, as bytes */
#define CS_DESK_PASSWORD_MAX 1024

/* What a first sign-in shows; the caller wipes it. */
struct cs_desk_welcome {
	char name[CS_DESK_NAME_MAX + 1];
	enum cs_desk_role role;
	char secret[CS_TOTP_TEXT_SIZE]; /* for the authenticator */
	char uri[512];                  /* the same, as a QR code has it */
};
/* CS_ERR_DENIED if there is no such code, or it was used, is too old, or takes
 * another ${word} ("": none). */
CS_CHECKED enum cs_err cs_desk_welcome(struct cs_desk_welcome *out,
    struct cs_desk *d, const char *code, const char *word);
/* What somebody gives at their first sign-in; ${totp} shows that the secret has
 * arrived. */
struct cs_desk_codes {
	const char *code, *word, *totp;
};
/* Choose the password. */
CS_CHECKED enum cs_err cs_desk_welcome_finish(struct cs_desk_actor *out,
    struct cs_desk *d, const struct cs_desk_codes *codes,
    struct cs_view password);
/* CS_ERR_DENIED if the name, the password or the code is wrong; it does not
 * say which, and takes equally long. */
CS_CHECKED enum cs_err cs_desk_sign_in(struct cs_desk_actor *out,
    struct cs_desk *d, const char *name, struct cs_view password,
    const char *totp);
/* Check only the password of somebody who is signed in. */
CS_CHECKED enum cs_err cs_desk_password_check(
    struct cs_desk *d, uint64_t id, struct cs_view password);
/* Set a new password, and update ${actor}.  CS_ERR_DENIED if they were let
 * go, or got another password, since ${actor} was loaded. */
CS_CHECKED enum cs_err cs_desk_password_change(
    struct cs_desk *d, struct cs_desk_actor *actor, struct cs_view password);

/* Find whose ${token} is and what it allows; CS_ERR_DENIED if it is
 * nobody's. */
CS_CHECKED enum cs_err cs_desk_token_find(struct cs_desk_actor *out,
    unsigned *scopes, struct cs_desk *d, const char *token);
