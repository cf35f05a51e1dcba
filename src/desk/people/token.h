/* SPDX-License-Identifier: MIT */
/*
 * Tokens, by which people let programs in.  A token allows what its scopes say
 * and its maker's role allows; it ends with the password that its maker had,
 * and when their role loses one of its scopes.  Makers see and end their own,
 * administrators all.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/core/actor.h"

struct cs_desk;
struct desk_record;

#define CS_DESK_TOKEN_SIZE 48
#define CS_DESK_TOKEN_NAME_MAX 100

/* What a token allows a program: a bit for each scope. */
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
	char by[CS_DESK_NAME_MAX + 1]; /* the person's name */
	uint32_t passwords;            /* of the person, when it was made */
	uint8_t hash[CS_HASH_LEN];     /* of the token */
};
extern const struct desk_record desk_token_record;

/* "read", "work", "decide" and "admin", by bit. */
extern const char *const cs_desk_scopes[CS_DESK_SCOPES];
/* 0 for a name that is none. */
unsigned cs_desk_scope_find(const char *name);
/* The scopes that somebody of this role may give. */
unsigned desk_role_scopes(enum cs_desk_role role);
/* Make one.  CS_ERR_DENIED if it would allow more than the role does. */
CS_CHECKED enum cs_err cs_desk_token_add(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *name, unsigned scopes,
    uint64_t *id, char token[static CS_DESK_TOKEN_SIZE]);
/* Call ${each} for the tokens that ${actor} may see, in order; stops at its
 * first error. */
CS_CHECKED enum cs_err desk_tokens_of(struct cs_desk *d,
    const struct cs_desk_actor *actor,
    enum cs_err (*each)(void *arg, const struct desk_token *t), void *arg);
/* CS_ERR_DENIED if there is no such token. */
CS_CHECKED enum cs_err desk_token_load(
    struct desk_token *out, struct cs_desk *d, const char *token);
/* End the tokens of ${person} that allow more than the scopes ${kept}; written
 * down as ${actor}'s.  In a transaction. */
CS_CHECKED enum cs_err desk_tokens_end(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t person, unsigned kept);
/* End one of one's own; an administrator, any.  CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err cs_desk_token_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
