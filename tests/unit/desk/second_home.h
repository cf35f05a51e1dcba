/* SPDX-License-Identifier: MIT */
/* Reviewers, and decisions that take one of them or two. */
#pragma once

#include <stdio.h>

#include "base/units.h"
#include "content/evidence_write.h"
#include "desk/core/actor.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/outcome.h"
#include "desk/decisions/revise.h"
#include "desk/decisions/second.h"
#include "unit/desk/letter_home.h"

static const struct cs_desk_actor rita = {
	.id = 1, .name = "rita", .pseudonym = "R-1", .role = CS_DESK_REVIEWER
};
static const struct cs_desk_actor rolf = {
	.id = 2, .name = "rolf", .pseudonym = "R-2", .role = CS_DESK_REVIEWER
};
static const struct cs_desk_actor rosa = {
	.id = 3, .name = "rosa", .pseudonym = "R-3", .role = CS_DESK_REVIEWER
};
static const struct cs_desk_actor sena = {
	.id = 4, .name = "sena", .pseudonym = "R-4", .role = CS_DESK_SENIOR
};
/* Of two people's messages. */
static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 },
		 others[] = { 5, -1 };

/* ${actor}, who read ${version} of the case, decides ${action} for
 * ${reason}. */
static inline enum cs_err
decide_as(struct world *w, const struct cs_desk_actor *actor, uint64_t version,
    enum cs_desk_action action, const char *reason, uint64_t *made)
{
	const struct cs_desk_choice choice = { .action = action,
		.reason = reason,
		.all = true,
		.facts = "What it rests on.",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true };
	const struct cs_desk_edit e = {
		.d = w->d, .actor = actor, .case_id = 1, .version = version
	};

	return cs_desk_case_decide(&e, &choice, made);
}

/* Rita disables all accounts of case 1 for ${reason}. */
static inline uint64_t
disable(struct world *w, const char *reason)
{
	uint64_t made;

	assert_ok(decide_as(
	    w, &rita, version_of(w, 1), CS_DESK_ACTION_DISABLE, reason, &made));
	return made;
}

/* Put ${line} in the place of the policy's line that begins with ${key}. */
static inline void
set_policy(struct world *w, const char *key, const char *line)
{
	struct cs_desk_policy policy;
	struct cs_buf old = { 0 }, new = { 0 };
	char begin[40], *at, *end;

	snprintf(begin, sizeof begin, "\n%s = [", key);
	assert_ok(cs_desk_policy_text(&old, w->d));
	assert_ok(cs_buf_add(&old, cs_view("", 1)));
	at = strstr((char *)old.data, begin);
	assert_non_null(at);
	at++;
	end = strchr(at, '\n') + 1;
	assert_ok(cs_buf_add(
	    &new, cs_view(old.data, (size_t)(at - (char *)old.data))));
	assert_ok(cs_buf_add(&new, cs_view_str(line)));
	assert_ok(cs_buf_add(&new, cs_view_str(end)));
	assert_ok(cs_desk_policy(&policy, w->d));
	assert_ok(cs_desk_policy_set(
	    w->d, &cs_desk_operator, cs_buf_view(&new), policy.version));
	cs_desk_policy_clear(&policy);
	cs_buf_free(&old);
	cs_buf_free(&new);
}

static inline void
decision_is(struct world *w, uint64_t id, enum cs_desk_decision_state state,
    enum desk_two why, const char *reason)
{
	struct desk_decision dec;

	assert_ok(desk_decision_load(&dec, w->d, id));
	assert_int_equal(dec.state, state);
	assert_int_equal(dec.two, why);
	assert_string_equal(dec.two_reason, reason);
	desk_decision_clear(&dec);
}

static inline void
is(struct world *w, uint64_t id, enum cs_desk_decision_state state)
{
	struct desk_decision dec;

	assert_ok(desk_decision_load(&dec, w->d, id));
	assert_int_equal(dec.state, state);
	desk_decision_clear(&dec);
}
