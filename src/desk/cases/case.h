/* SPDX-License-Identifier: MIT */
/*
 * Cases: what was reported of one message, one account, one photo, as one piece
 * of work.
 *
 * A case has a version; whoever changes it says which version was read.  When
 * another person was faster, that is CS_ERR_EXISTS, the sentence of
 * cs_desk_problem() names who, and cs_desk_conflict() says who and when.  What
 * the desk itself writes in between (a report, the hub's answer) stops nobody.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/core/actor.h"
#include "desk/core/policy.h"
#include "franking/cert.h"

struct cs_desk;
struct desk_facts;
struct desk_record;

enum cs_desk_case_state {
	CS_DESK_CASE_OPEN = 0,
	CS_DESK_CASE_WAITING = 1, /* for a second person, or to be sent */
	CS_DESK_CASE_DECIDED = 2,
	CS_DESK_CASE_CLOSED = 3, /* merged into another, or destroyed */
};

/* How old the person shown is said to be. */
enum cs_desk_age {
	CS_DESK_AGE_UNKNOWN = 0,
	CS_DESK_AGE_CHILD = 1,
	CS_DESK_AGE_ADULT = 2,
};

/* A change of a case: by whom, and which version of it they have read. */
struct cs_desk_edit {
	struct cs_desk *d;
	const struct cs_desk_actor *actor;
	uint64_t case_id, version;
};

/* What open pages are told of. */
enum desk_change { DESK_CHANGE_CASE = 1, DESK_CHANGE_DECISION = 2 };

/* An account whose messages are in a case. */
struct desk_account {
	uint8_t id[CS_ID_LEN];
	char handle[CS_HANDLE_MAX + 1];
};
struct desk_accounts {
	struct desk_account *at;
	size_t n;
};
#define DESK_ACCOUNTS_MAX 100000
extern const struct desk_record desk_account_record;

/* Within a case a reporter is a number: their place in this list, from 1. */
struct desk_reporter {
	uint8_t account[CS_ID_LEN];
	uint64_t reports;
};
struct desk_reporters {
	struct desk_reporter *at;
	size_t n;
};

/* A reason that a report of a case, or a person about it, has given.  One that
 * was given stays: who decides cannot make less of a case than was said of it.
 */
struct desk_given {
	uint16_t number; /* of the policy */
};
struct desk_reasons {
	struct desk_given *at;
	size_t n;
};

/* A handle that a notice names, of an account that nobody may have reported. */
struct desk_named {
	char handle[CS_HANDLE_MAX + 1];
};
struct desk_named_list {
	struct desk_named *at;
	size_t n;
};
#define DESK_NAMED_MAX 1000

/* What people change in a case. */
struct desk_case_summary {
	enum cs_desk_case_state state;
	char assignee_name[CS_DESK_NAME_MAX + 1];
	char reason[CS_DESK_REASON_SIZE];
	enum cs_desk_age age;
	uint64_t threat_ms, reports, items;
	uint32_t severity;
	bool escalated, held;
};

struct desk_case {
	uint64_t id, version;
	bool damaged; /* on the disk; only in lists, see desk_queue_page() */
	struct desk_case_summary before; /* for the log: desk_edit_begin() */

	enum cs_desk_case_state state;
	char reason[CS_DESK_REASON_SIZE]; /* code of the policy */
	uint16_t reason_number;
	uint32_t severity;
	bool reason_said; /* by a person: reports do not change it any more */
	bool danger, flood, escalated, opinion, held;
	enum cs_desk_age age;
	uint64_t threat_ms; /* when a threat is to come true; 0: none */
	uint64_t opened_ms, first_ms, updated_ms;
	uint64_t due_ms;    /* to be looked at or decided */
	uint64_t looked_ms; /* 0: nobody has */
	uint64_t decided_ms, destroyed_ms;
	uint64_t assignee; /* 0: nobody */
	char assignee_name[CS_DESK_NAME_MAX + 1];
	char held_by[CS_DESK_NAME_MAX + 1];
	uint64_t held_ms;
	char *held_text;
	uint64_t reports, items, photos;
	uint64_t pending;    /* decisions on their way */
	uint64_t appeals;    /* that are open */
	uint64_t open_after; /* decisions up to this one do not count */
	uint64_t merged_into;
	/* The last change by a person, and the last by somebody else. */
	uint64_t changer;
	char changed_by[CS_DESK_NAME_MAX + 1];
	uint64_t changed_version, changed_ms;
	char others_by[CS_DESK_NAME_MAX + 1];
	uint64_t others_version, others_ms;
	struct desk_accounts accounts;
	struct desk_reporters reporters;
	struct desk_reasons reasons; /* all that were given */
	uint64_t notices;   /* that are in it, appeals against their answers not
			     * counted */
	uint64_t answer_ms; /* the soonest deadline of what is not answered; 0:
			     * all of it is */
	bool risk;          /* a photo is on a list of people at risk */
	bool news; /* somebody outside wrote since a person changed it */
	uint64_t news_version; /* whoever read an earlier one has not seen it;
				* 0: nothing was filed */
	struct desk_named_list named;
};
extern const struct desk_record desk_case_record;

const char *cs_desk_case_state_name(enum cs_desk_case_state state);
/* -1 for a name that is none. */
int cs_desk_case_state_find(const char *name);
/* "unknown", "child", "adult"; -1 for a name that is none. */
const char *cs_desk_age_name(enum cs_desk_age age);
int cs_desk_age_find(const char *name);

/* CS_ERR_NOT_FOUND.  The caller clears ${out}, also after an error. */
CS_CHECKED enum cs_err desk_case_load(
    struct desk_case *out, struct cs_desk *d, uint64_t id);
/* The same for an edit.  CS_ERR_EXISTS if another person has changed the
 * case since that version, CS_ERR_DENIED if it is closed.  Changes by the
 * desk itself do not count. */
CS_CHECKED enum cs_err desk_case_load_for(
    struct desk_case *out, const struct cs_desk_edit *e);
void desk_case_clear(struct desk_case *c);
/* Store ${c}: the version goes up by one, and open pages are told.  ${actor}
 * is NULL for what the desk does by itself.  In a transaction. */
CS_CHECKED enum cs_err desk_case_save(
    struct cs_desk *d, struct desk_case *c, const struct cs_desk_actor *actor);
/* Something in it has changed: tell open pages.  In a transaction. */
CS_CHECKED enum cs_err desk_case_touch(struct cs_desk *d, uint64_t id);
/* Make an empty case for a report with ${reason} that came at ${at_ms}; in a
 * transaction. */
CS_CHECKED enum cs_err desk_case_new(struct desk_case *out, struct cs_desk *d,
    const struct cs_desk_reason *reason, uint64_t at_ms);
/* Open ${c} for another decision; earlier decisions do not count any more.
 * ${c} is not stored. */
CS_CHECKED enum cs_err desk_case_reopen(struct cs_desk *d, struct desk_case *c);
/* Make it the reason of ${c}, and one of those that were given. */
CS_CHECKED enum cs_err desk_case_set_reason(
    struct desk_case *c, const struct cs_desk_reason *reason);
/* Add the reason ${number} to those given, once. */
CS_CHECKED enum cs_err desk_case_give_reason(
    struct desk_case *c, uint16_t number);
/* Add those of another case. */
CS_CHECKED enum cs_err desk_case_give_reasons(
    struct desk_case *c, const struct desk_reasons *reasons);
/* Is it decided as far as its reports are concerned?  It may be open still,
 * because a notice has no answer. */
bool desk_case_is_decided(const struct desk_case *c);
/* Set the time by which ${c} has to be looked at, decided or answered. */
void desk_case_set_due(
    struct desk_case *c, const struct cs_desk_policy *policy);
/* Is that time over? */
bool desk_case_is_overdue(const struct desk_case *c);
/* NULL if it is not among them. */
const struct desk_account *desk_account_find(
    const struct desk_accounts *accounts, const uint8_t id[static CS_ID_LEN]);
/* Add an account, unless it is there already. */
CS_CHECKED enum cs_err desk_account_add(struct desk_accounts *accounts,
    const uint8_t id[static CS_ID_LEN], struct cs_view handle);
/* Find the entry of a reporter, or add one; NULL if there is no memory. */
struct desk_reporter *desk_reporter_of(
    struct desk_reporters *reporters, const uint8_t account[static CS_ID_LEN]);

/* A notice in ${c} names the handle; once, and no more than DESK_NAMED_MAX. */
CS_CHECKED enum cs_err desk_case_name(
    struct desk_case *c, struct cs_view handle);

void desk_case_summarize(
    struct desk_case_summary *out, const struct desk_case *c);
/* The same as facts for the log, borrowed from ${s}. */
void desk_case_facts(struct desk_facts *out, const struct desk_case_summary *s);
/* Tell open pages: ${ref} is the case or decision, ${n} its version or state.
 */
CS_CHECKED enum cs_err desk_change_add(struct cs_desk *d, enum desk_change kind,
    uint64_t ref, uint64_t n, const struct cs_desk_actor *actor);
