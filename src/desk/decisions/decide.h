/* SPDX-License-Identifier: MIT */
/* A case is decided. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "desk/core/policy.h"

struct cs_desk;
struct cs_desk_actor;

struct cs_desk_choice {
	enum cs_desk_action action;
	bool all; /* all that is proved in the case, instead of what is named */
	const char *reason;     /* code of the policy; NULL: the case's */
	const json_t *accounts; /* hex ids; warn, disable, disable-until */
	const json_t *media;    /* ids; quarantine */
	const json_t *items;    /* ids: whose groups are dissolved */
	uint64_t duration_s;    /* disable-until */
	const char *facts;      /* for the holder: names no reporter */
	const char *ground;     /* "illegal", "terms", or "": of the policy */
	const char *legal;      /* the law or the rule */
	const char *to_key;     /* refer: base64url of an X25519 key */
	bool at_once;           /* nothing can be taken back */
};

/* Which accounts have a message in the case of which all is proved? */
CS_CHECKED enum cs_err desk_case_accounts_proved(
    json_t *accounts, struct cs_desk *d, uint64_t case_id);
/* ${*made}: its number.  CS_ERR_EXISTS, CS_ERR_DENIED, CS_ERR_FORMAT: the
 * sentence of cs_desk_problem() says what is missing. */
CS_CHECKED enum cs_err cs_desk_case_decide(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id, uint64_t version,
    const struct cs_desk_choice *choice, uint64_t *made);
