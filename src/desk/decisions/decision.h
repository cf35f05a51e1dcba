/* SPDX-License-Identifier: MIT */
/*
 * The row of a decision, and what follows from it for its case.
 *
 * A decision waits for its second person if the policy wants one, then for the
 * seconds in which it can be taken back; then its actions are signed and stored
 * in one transaction, and told to the hub until the hub has answered each.
 */
#pragma once

#include "base/bytes.h"
#include "desk/cases/case.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_record;

enum cs_desk_decision_state {
	CS_DESK_DECISION_UNDO = 0,    /* can be taken back */
	CS_DESK_DECISION_WAITING = 1, /* for a second person */
	CS_DESK_DECISION_QUEUED = 2,  /* signed, on its way */
	CS_DESK_DECISION_APPLIED = 3,
	CS_DESK_DECISION_FAILED = 4, /* the hub took none of it */
	CS_DESK_DECISION_UNDONE = 5,
	CS_DESK_DECISION_REFUSED = 6, /* by the second person */
	CS_DESK_DECISION_REVERSED = 7,
};

/* The second look for quality. */
enum cs_desk_check {
	CS_DESK_CHECK_NONE = 0,
	CS_DESK_CHECK_DUE = 1,
	CS_DESK_CHECK_AGREED = 2,
	CS_DESK_CHECK_DISAGREED = 3,
};

enum cs_desk_ground { CS_DESK_GROUND_TERMS = 0, CS_DESK_GROUND_ILLEGAL = 1 };

#define CS_DESK_FACTS_MAX 5000 /* bytes; of the DSA Transparency Database */
#define CS_DESK_LEGAL_MAX 500
#define CS_DESK_KEY_SIZE 65 /* of a public key in hex, with its zero */

/* Where a decision holds: "EU". */
struct desk_territory {
	char name[CS_DESK_TERRITORY_SIZE];
};
struct desk_territories {
	struct desk_territory *at;
	size_t n;
};
/* What is quarantined, and what is dissolved. */
struct desk_blob {
	uint8_t id[CS_ID_LEN];
};
struct desk_blobs {
	struct desk_blob *at;
	size_t n;
};
struct desk_group {
	uint8_t ref[CS_HASH_LEN];
};
struct desk_groups {
	struct desk_group *at;
	size_t n;
};

/* Why a decision takes two people; see second.h. */
enum desk_two {
	DESK_TWO_NO = 0,
	DESK_TWO_ACTION = 1,   /* what is done */
	DESK_TWO_REASON = 2,   /* a reason that was given for the case */
	DESK_TWO_REVERSAL = 3, /* it gives back what took two */
};

struct desk_decision {
	uint64_t id, case_id;

	enum cs_desk_decision_state state;
	enum cs_desk_action action;
	char reason[CS_DESK_REASON_SIZE]; /* code of the policy */
	uint64_t made_ms, due_ms;         /* due: to be sent */
	uint64_t person;                  /* who made it */
	char by[CS_DESK_NAME_MAX + 1];
	char pseudonym[CS_DESK_PSEUDONYM_SIZE];
	uint64_t second; /* who confirmed or refused it; 0: nobody yet */
	char second_name[CS_DESK_NAME_MAX + 1];
	enum desk_two two;
	char two_reason[CS_DESK_REASON_SIZE]; /* DESK_TWO_REASON: which */
	char *facts; /* for the holder: names no reporter */
	enum cs_desk_ground ground;
	char *legal; /* the law or the rule */
	struct desk_territories territories;
	uint64_t duration_s, until_ms; /* disabled for, and until; 0: no end */
	char to_key[CS_DESK_KEY_SIZE]; /* whom it is referred to */
	uint64_t aside; /* the case of what came unseen; 0: none */
	struct desk_accounts accounts;
	struct desk_blobs blobs;
	struct desk_groups groups;
	bool sent;                         /* its actions are signed */
	uint64_t targets, applied, failed; /* of the actions */
	/* Decisions; 0: none.  It is reversed_by a decision that may still wait
	 * for its second person: the state says whether it was reversed. */
	uint64_t reverses, reversed_by;
	enum cs_desk_check check;
	char checked_by[CS_DESK_NAME_MAX + 1];
	char *check_text;
	char *note; /* why it was refused, or not sent */
};
extern const struct desk_record desk_decision_record;

const char *desk_decision_state_name(enum cs_desk_decision_state state);
const char *desk_two_name(enum desk_two why);
const char *desk_check_name(enum cs_desk_check check);
/* "terms" and "illegal"; -1 for a name that is none. */
const char *cs_desk_ground_name(enum cs_desk_ground ground);
int cs_desk_ground_find(const char *name);

/* CS_ERR_NOT_FOUND.  The caller clears ${out}, also after an error. */
CS_CHECKED enum cs_err desk_decision_load(
    struct desk_decision *out, struct cs_desk *d, uint64_t id);
void desk_decision_clear(struct desk_decision *dec);
/* Store it, and tell open pages; in a transaction. */
CS_CHECKED enum cs_err desk_decision_save(struct cs_desk *d,
    const struct desk_decision *dec, const struct cs_desk_actor *actor);
/* Insert an empty row, and set the number of ${dec}; in a transaction. */
CS_CHECKED enum cs_err desk_decision_insert(
    struct cs_desk *d, struct desk_decision *dec);
/* Call ${each} for the decisions of a case, or about an account, in order;
 * stops at its first error. */
CS_CHECKED enum cs_err desk_decisions(struct cs_desk *d, uint64_t case_id,
    enum cs_err (*each)(void *arg, const struct desk_decision *dec), void *arg);
CS_CHECKED enum cs_err desk_decisions_of(struct cs_desk *d,
    const uint8_t account[static CS_ID_LEN],
    enum cs_err (*each)(void *arg, const struct desk_decision *dec), void *arg);

/* Set the state of a case from its decisions; in a transaction. */
CS_CHECKED enum cs_err desk_case_settle(
    struct cs_desk *d, uint64_t case_id, const struct cs_desk_actor *actor);
/* Was anything done about the case that was not taken back? */
CS_CHECKED enum cs_err desk_case_acted(
    bool *out, struct cs_desk *d, uint64_t case_id);
