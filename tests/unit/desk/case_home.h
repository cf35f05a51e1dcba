/* SPDX-License-Identifier: MIT */
/* Cases at a desk of its own: reports come, and are decided. */
#pragma once

#include "content/evidence.h"
#include "desk/cases/case.h"
#include "desk/cases/merge.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/send.h"
#include "desk/show/case.h"
#include "store/db.h"
#include "unit/desk/desk_home.h"

/* Take a report for ${reason} of the messages ${which} of the world's
 * conversation; it comes as number ${id} and says that it is ${says}. */
static inline void
take_for(struct world *w, uint8_t id, uint8_t says, const int *which,
    uint16_t reason)
{
	struct ew_report r;
	uint8_t number[16];

	memset(number, id, sizeof number);
	ew_pick(&r, &w->e, which);
	memset(r.in.report_id, says, 16);
	r.in.reason = reason;
	world_take(w, number, &r);
}

static inline void
take_as(struct world *w, uint8_t id, uint8_t says, const int *which)
{
	take_for(w, id, says, which, CS_REASON_THREAT_TO_LIFE);
}

static inline void
take_some(struct world *w, uint8_t id, const int *which)
{
	take_as(w, id, id, which);
}

static inline void
take(struct world *w, uint8_t id)
{
	take_some(w, id, no_files);
}

static inline json_t *
show(struct world *w, uint64_t id)
{
	json_t *o = json_object();

	assert_ok(cs_desk_case_show(o, w->d, &cs_desk_operator, id, 0));
	return o;
}

/* The version of a case as it is now. */
static inline uint64_t
version_of(struct world *w, uint64_t case_id)
{
	struct desk_case c;
	uint64_t version;

	assert_ok(desk_case_load(&c, w->d, case_id));
	version = c.version;
	desk_case_clear(&c);
	return version;
}

/* An edit by whoever has the folder, who read that version. */
static inline struct cs_desk_edit
edit_at(struct world *w, uint64_t case_id, uint64_t version)
{
	return (struct cs_desk_edit){ .d = w->d,
		.actor = &cs_desk_operator,
		.case_id = case_id,
		.version = version };
}

/* The same, of the case as it is now. */
static inline struct cs_desk_edit
edit_now(struct world *w, uint64_t case_id)
{
	return edit_at(w, case_id, version_of(w, case_id));
}

/* Decide "no violation", without sending it. */
static inline enum cs_err
decide_at(struct world *w, uint64_t case_id, uint64_t version, uint64_t *made)
{
	const struct cs_desk_choice choice = { .action = CS_DESK_ACTION_NONE,
		.reason = "spam",
		.facts = "",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true };
	const struct cs_desk_edit e = edit_at(w, case_id, version);

	return cs_desk_case_decide(&e, &choice, made);
}

static inline uint64_t
decide(struct world *w, uint64_t case_id)
{
	uint64_t made;

	assert_ok(decide_at(w, case_id, version_of(w, case_id), &made));
	return made;
}

/* Decide and send without a hub: there is nothing to be applied. */
static inline uint64_t
dismiss(struct world *w, uint64_t case_id)
{
	uint64_t made = decide(w, case_id);

	assert_ok(desk_decisions_send(w->d));
	return made;
}

static inline void
state_is(struct world *w, uint64_t case_id, const char *want)
{
	json_t *o = show(w, case_id);

	assert_string_equal(json_get_str(o, "state"), want);
	json_decref(o);
}

/* What is to be in a made-up case. */
struct weight {
	const char *reason;
	bool flood, child;
	uint64_t threat_ms, first_ms;
};

/* Make an empty case with that. */
static inline void
made_up(struct world *w, const struct weight *is)
{
	struct cs_desk_policy policy;
	struct desk_case c;

	assert_ok(cs_desk_policy(&policy, w->d));
	assert_ok(cs_db_begin(w->d->db));
	assert_ok(desk_case_new(&c, w->d,
	    cs_desk_policy_reason(&policy, is->reason), is->first_ms));
	c.flood = is->flood;
	c.age = is->child ? CS_DESK_AGE_CHILD : CS_DESK_AGE_UNKNOWN;
	c.threat_ms = is->threat_ms;
	desk_case_set_due(&c, &policy);
	assert_ok(desk_case_save(w->d, &c, NULL));
	assert_ok(cs_db_commit(w->d->db));
	desk_case_clear(&c);
	cs_desk_policy_clear(&policy);
}

static inline void
merge(struct world *w, uint64_t from, uint64_t into)
{
	const struct cs_desk_edit e = edit_now(w, from);

	assert_ok(cs_desk_case_merge(&e, into));
}

static inline uint64_t
decided_ms(struct world *w, uint64_t case_id)
{
	struct desk_case c;
	uint64_t ms;

	assert_ok(desk_case_load(&c, w->d, case_id));
	ms = c.decided_ms;
	desk_case_clear(&c);
	return ms;
}
