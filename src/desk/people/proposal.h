/* SPDX-License-Identifier: MIT */
/*
 * What takes two administrators: people, their roles, how they sign in, and the
 * policy, which says when two people are needed.
 *
 * While there is one administrator, they do it alone.  As soon as two have
 * signed in, one proposes and another confirms.  Whoever has the desk's folder
 * is above both: what they do by command line happens at once, and stands in
 * the log.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/people/people.h"

struct cs_desk;
struct desk_record;

enum desk_proposal_kind {
	DESK_PROPOSAL_ADD = 0,
	DESK_PROPOSAL_RESET = 1,
	DESK_PROPOSAL_CHANGE = 2, /* of a role, or of who belongs here */
	DESK_PROPOSAL_POLICY = 3,
};

enum desk_proposal_state {
	DESK_PROPOSAL_WAITING = 0,
	DESK_PROPOSAL_DONE = 1,
	DESK_PROPOSAL_CANCELLED = 2,
	DESK_PROPOSAL_EXPIRED = 3, /* never stored */
};

#define DESK_PROPOSAL_MS (7 * CS_DAY_MS)
#define DESK_PROPOSALS_MAX 50 /* that wait */
#define DESK_POLICY_MAX (256 * CS_KIB)

/* What somebody wants to be done.  Texts are borrowed. */
struct cs_desk_wish {
	enum desk_proposal_kind kind;
	const char *name;       /* add */
	uint64_t person;        /* reset, change */
	enum cs_desk_role role; /* add; change: 0 leaves it */
	enum cs_desk_standing standing;
	struct cs_view toml; /* policy */
	uint64_t version;    /* of the policy that was read */
};

/* What has become of it; the caller wipes it. */
struct cs_desk_granted {
	uint64_t proposal; /* that waits for another administrator; 0: done */
	uint64_t person;
	char name[CS_DESK_NAME_MAX + 1];
	char welcome[CS_DESK_WELCOME_SIZE]; /* "" if there is none */
	/* What whoever signs in first needs besides that; "": nothing. */
	char word[CS_DESK_WORD_SIZE];
};

struct desk_proposal {
	uint64_t id;

	enum desk_proposal_kind kind;
	enum desk_proposal_state state;
	char name[CS_DESK_NAME_MAX + 1]; /* whom it is about; "": nobody */
	uint64_t person;                 /* 0: not here yet */
	uint32_t role, standing;
	char *toml;
	uint64_t version;
	uint64_t by; /* who proposes it */
	char by_name[CS_DESK_NAME_MAX + 1];
	uint64_t second; /* who confirmed or cancelled it; 0: nobody */
	char second_name[CS_DESK_NAME_MAX + 1];
	uint64_t made_ms, expires_ms, ended_ms;
	uint8_t word[CS_HASH_LEN]; /* the hash of the one that is needed */
};
extern const struct desk_record desk_proposal_record;

const char *desk_proposal_kind_name(enum desk_proposal_kind kind);
const char *desk_proposal_state_name(enum desk_proposal_state state);

/* Do it, or propose it.  CS_ERR_DENIED, CS_ERR_FORMAT, CS_ERR_EXISTS,
 * CS_ERR_NOT_FOUND as for doing it; CS_ERR_LIMIT if too much waits. */
CS_CHECKED enum cs_err cs_desk_wish(struct cs_desk_granted *out,
    struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_wish *wish);
/* Confirm it as another administrator, which does it. */
CS_CHECKED enum cs_err cs_desk_proposal_confirm(struct cs_desk_granted *out,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
/* Drop it, as any administrator. */
CS_CHECKED enum cs_err cs_desk_proposal_cancel(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
/* Call ${each} for those that wait and the last that ended, the newest first;
 * stops at its first error. */
CS_CHECKED enum cs_err desk_proposals(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct desk_proposal *p), void *arg);
