/* SPDX-License-Identifier: MIT */
/* Making a decision: who may decide, about what, and what has to be given. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/core/policy.h"

struct cs_desk;
struct cs_desk_edit;
struct desk_accounts;

/* What somebody decides.  Lists are borrowed. */
struct cs_desk_choice {
	enum cs_desk_action action;
	const char *reason; /* code of the policy; NULL: the case's */
	/* everything proved in the case, instead of the lists */
	bool all;
	const uint8_t (*accounts)[CS_ID_LEN]; /* warn, disable, disable-until */
	size_t n_accounts;
	const uint64_t *media; /* quarantine */
	size_t n_media;
	const uint64_t *items; /* whose groups are dissolved */
	size_t n_items;
	uint64_t duration_s; /* disable-until */
	const char *facts;   /* for the holder: names no reporter */
	const char *ground;  /* "illegal", "terms", or "": of the policy */
	const char *legal;   /* the law or the rule */
	const char *to_key;  /* refer: an X25519 key, hex or base64url */
	bool at_once;        /* nothing can be taken back */
};

/* Decide the case; ${*made} is the number of the decision.  CS_ERR_EXISTS,
 * CS_ERR_DENIED, CS_ERR_FORMAT: the sentence of cs_desk_problem() says what is
 * missing. */
CS_CHECKED enum cs_err cs_desk_case_decide(const struct cs_desk_edit *e,
    const struct cs_desk_choice *choice, uint64_t *made);
/* Fill the empty ${accounts} with those that have a fully proved message in
 * the case. */
CS_CHECKED enum cs_err desk_case_accounts_proved(
    struct desk_accounts *accounts, struct cs_desk *d, uint64_t case_id);
