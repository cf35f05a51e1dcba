/* SPDX-License-Identifier: MIT */
/* When two people are needed, whatever one of them calls it. */
#include <stdio.h>

#include "base/units.h"
#include "content/evidence_write.h"
#include "crypto/init.h"
#include "desk/cases/split.h"
#include "desk/cases/work.h"
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
static enum cs_err
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
static uint64_t
disable(struct world *w, const char *reason)
{
	uint64_t made;

	assert_ok(decide_as(
	    w, &rita, version_of(w, 1), CS_DESK_ACTION_DISABLE, reason, &made));
	return made;
}

/* Put ${line} in the place of the policy's line that begins with ${key}. */
static void
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

static void
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

static void
is(struct world *w, uint64_t id, enum cs_desk_decision_state state)
{
	struct desk_decision dec;

	assert_ok(desk_decision_load(&dec, w->d, id));
	assert_int_equal(dec.state, state);
	desk_decision_clear(&dec);
}

/* It does not matter what who decides calls it. */
static void
test_called_otherwise(void **state)
{
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_HARASSMENT);
	id = disable(&w, "spam");
	decision_is(
	    &w, id, CS_DESK_DECISION_WAITING, DESK_TWO_REASON, "harassment");
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM target"), 0);
	/* What does not take two, one decides. */
	assert_ok(decide_as(
	    &w, &rita, version_of(&w, 1), CS_DESK_ACTION_WARN, "spam", &id));
	decision_is(&w, id, CS_DESK_DECISION_UNDO, DESK_TWO_NO, "");
	world_clear(&w);
}

/* Nobody has given a reason that takes two. */
static void
test_one_is_enough(void **state)
{
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	id = disable(&w, "spam");
	decision_is(&w, id, CS_DESK_DECISION_UNDO, DESK_TWO_NO, "");
	/* Some actions take two whatever the reason. */
	assert_ok(decide_as(&w, &rita, version_of(&w, 1),
	    CS_DESK_ACTION_DISSOLVE, "spam", &id));
	decision_is(&w, id, CS_DESK_DECISION_WAITING, DESK_TWO_ACTION, "");
	/* Who decides can make more of it. */
	id = disable(&w, "terrorism");
	decision_is(
	    &w, id, CS_DESK_DECISION_WAITING, DESK_TWO_REASON, "terrorism");
	world_clear(&w);
}

/* A person who says something else about the case makes nothing less of it. */
static void
test_triage(void **state)
{
	struct cs_desk_edit e;
	struct world w;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_HARASSMENT);
	e = edit_now(&w, 1);
	e.actor = &rita;
	assert_ok(cs_desk_case_triage(&e, "unknown", 0, "spam"));
	decision_is(&w, disable(&w, "spam"), CS_DESK_DECISION_WAITING,
	    DESK_TWO_REASON, "harassment");
	world_clear(&w);
}

/* Splitting and merging make nothing less grave, either. */
static void
test_split_merge(void **state)
{
	struct cs_desk_edit e;
	struct world w;
	uint64_t item, made;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	take_for(&w, 0x12, 0x12, no_files, CS_REASON_HARASSMENT);
	item = world_count(&w, "SELECT MAX(id) FROM item");
	e = edit_now(&w, 1);
	e.actor = &rita;
	assert_ok(cs_desk_case_split(&e, &item, 1, &made));
	assert_int_equal(made, 2);
	decision_is(&w, disable(&w, "spam"), CS_DESK_DECISION_WAITING,
	    DESK_TWO_REASON, "harassment");
	world_clear(&w);

	world_init(&w);
	take_for(&w, 0x11, 0x11, first, CS_REASON_SPAM);
	take_for(&w, 0x12, 0x12, others, CS_REASON_HARASSMENT);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	merge(&w, 2, 1);
	decision_is(&w, disable(&w, "spam"), CS_DESK_DECISION_WAITING,
	    DESK_TWO_REASON, "harassment");
	world_clear(&w);
}

/* Nor does it help not to have read everything. */
static void
test_set_aside(void **state)
{
	struct world w;
	uint64_t seen, id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, first, CS_REASON_SPAM);
	seen = version_of(&w, 1);
	take_for(&w, 0x12, 0x12, more, CS_REASON_HARASSMENT);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	assert_ok(
	    decide_as(&w, &rita, seen, CS_DESK_ACTION_DISABLE, "spam", &id));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	decision_is(
	    &w, id, CS_DESK_DECISION_WAITING, DESK_TWO_REASON, "harassment");
	world_clear(&w);
}

/* A report that joins before it is sent counts. */
static void
test_report_comes(void **state)
{
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	id = disable(&w, "spam");
	decision_is(&w, id, CS_DESK_DECISION_UNDO, DESK_TWO_NO, "");
	take_for(&w, 0x12, 0x12, no_files, CS_REASON_HARASSMENT);
	assert_ok(desk_decisions_send(w.d));
	decision_is(
	    &w, id, CS_DESK_DECISION_WAITING, DESK_TWO_REASON, "harassment");
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM target"), 0);
	state_is(&w, 1, "waiting");
	assert_err(cs_desk_decision_confirm(w.d, &rita, id), CS_ERR_DENIED);
	assert_ok(cs_desk_decision_confirm(w.d, &rolf, id));
	world_clear(&w);
}

/* A policy that is made stricter before it is sent counts, too. */
static void
test_policy_changes(void **state)
{
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	id = disable(&w, "spam");
	set_policy(&w, "two_people", "two_people = [\"disable\"]\n");
	assert_ok(desk_decisions_send(w.d));
	decision_is(&w, id, CS_DESK_DECISION_WAITING, DESK_TWO_ACTION, "");
	world_clear(&w);
}

/* ---- giving back -------------------------------------------------------- */

/* Rita and Rolf disable the accounts of case 1, and it is on its way. */
static uint64_t
disabled_by_two(struct world *w)
{
	uint64_t id;

	world_init(w);
	take_for(w, 0x11, 0x11, no_files, CS_REASON_HARASSMENT);
	id = disable(w, "harassment");
	assert_ok(cs_desk_decision_confirm(w->d, &rolf, id));
	assert_ok(cs_db_exec(w->d->db, "UPDATE decision SET due=0"));
	assert_ok(desk_decisions_send(w->d));
	is(w, id, CS_DESK_DECISION_QUEUED);
	return id;
}

static uint64_t
reversed_by(struct world *w, uint64_t id)
{
	struct desk_decision dec;
	uint64_t by;

	assert_ok(desk_decision_load(&dec, w->d, id));
	by = dec.reversed_by;
	desk_decision_clear(&dec);
	return by;
}

static void
test_reversal_takes_two(void **state)
{
	uint64_t id, back, again;
	struct world w;

	(void)state;
	id = disabled_by_two(&w);
	/* It is Rita's case: the others have to be given it, or lead. */
	assert_err(cs_desk_decision_reverse(w.d, &rosa, id, "A favour.", &back),
	    CS_ERR_DENIED);
	assert_ok(
	    cs_desk_decision_reverse(w.d, &sena, id, "It was wrong.", &back));
	decision_is(&w, back, CS_DESK_DECISION_WAITING, DESK_TWO_REVERSAL, "");
	is(&w, id, CS_DESK_DECISION_QUEUED);
	assert_int_equal(reversed_by(&w, id), back);
	assert_ok(desk_decisions_send(w.d));
	is(&w, back, CS_DESK_DECISION_WAITING);
	/* There is one at a time, and nobody confirms their own. */
	assert_err(
	    cs_desk_decision_reverse(w.d, &rita, id, "Mine, too.", &again),
	    CS_ERR_EXISTS);
	assert_err(cs_desk_decision_confirm(w.d, &sena, back), CS_ERR_DENIED);
	assert_err(cs_desk_decision_confirm(w.d, &cs_desk_operator, back),
	    CS_ERR_DENIED);
	assert_ok(cs_desk_decision_confirm(w.d, &rosa, back));
	is(&w, id, CS_DESK_DECISION_REVERSED);
	/* From now on it goes its way. */
	assert_err(cs_desk_decision_undo(w.d, &sena, back), CS_ERR_DENIED);
	assert_ok(desk_decisions_send(w.d));
	is(&w, back, CS_DESK_DECISION_QUEUED);
	world_clear(&w);
}

/* A reversal that is not confirmed leaves everything as it was. */
static void
test_reversal_refused(void **state)
{
	uint64_t id, back;
	struct world w;

	(void)state;
	id = disabled_by_two(&w);
	assert_ok(
	    cs_desk_decision_reverse(w.d, &sena, id, "It was wrong.", &back));
	/* Who took part does not hinder it. */
	assert_err(
	    cs_desk_decision_refuse(w.d, &rita, back, "Mine."), CS_ERR_DENIED);
	assert_err(
	    cs_desk_decision_refuse(w.d, &rolf, back, "Mine."), CS_ERR_DENIED);
	assert_ok(cs_desk_decision_refuse(w.d, &rosa, back, "It was right."));
	is(&w, back, CS_DESK_DECISION_REFUSED);
	is(&w, id, CS_DESK_DECISION_QUEUED);
	assert_int_equal(reversed_by(&w, id), 0);
	/* Its maker can take it back before that. */
	assert_ok(
	    cs_desk_decision_reverse(w.d, &sena, id, "It was wrong.", &back));
	assert_ok(cs_desk_decision_undo(w.d, &sena, back));
	assert_int_equal(reversed_by(&w, id), 0);
	assert_ok(
	    cs_desk_decision_reverse(w.d, &sena, id, "It was wrong.", &back));
	/* Who took part may help. */
	assert_ok(cs_desk_decision_confirm(w.d, &rita, back));
	is(&w, id, CS_DESK_DECISION_REVERSED);
	world_clear(&w);
}

/* What one person did one gives back. */
static void
test_reversal_of_one(void **state)
{
	uint64_t id, back;
	struct world w;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	id = disable(&w, "spam");
	assert_ok(desk_decisions_send(w.d));
	assert_ok(
	    cs_desk_decision_reverse(w.d, &rita, id, "It was wrong.", &back));
	is(&w, back, CS_DESK_DECISION_UNDO);
	is(&w, id, CS_DESK_DECISION_REVERSED);
	world_clear(&w);
}

/* The holder of the account that the action of ${id} is about appeals. */
static void
appeal(struct world *w, uint8_t number)
{
	const struct cs_letter text = { .language = cs_view_str("en"),
		.text = cs_view_str("It was not me.") };
	struct cs_wire_desk_letter letter = { .kind = CS_WIRE_LETTER_APPEAL,
		.received_ms = 1 };
	struct cs_buf sealed = { 0 };
	struct cs_rows row;
	uint8_t reply_key[32];

	assert_ok(cs_letter_seal(
	    &sealed, reply_key, &text, CS_VIEW_OF(w->seal_public)));
	assert_ok(cs_db_row(
	    &row, w->d->db, "SELECT id,account FROM target ORDER BY id"));
	cs_col_copy(&row, 0, letter.subject, sizeof letter.subject);
	cs_col_copy(&row, 1, letter.account, sizeof letter.account);
	assert_ok(cs_rows_end(&row, CS_OK));
	memset(letter.id, number, sizeof letter.id);
	letter.sealed = cs_buf_view(&sealed);
	assert_ok(desk_letter_take(w->d, &letter));
	cs_buf_free(&sealed);
}

static enum cs_desk_appeal_state
appeal_state(struct world *w, uint8_t number)
{
	enum cs_desk_appeal_state state;
	uint8_t id[CS_ID_LEN];
	struct desk_appeal a;

	memset(id, number, sizeof id);
	assert_ok(desk_appeal_load(&a, w->d, id));
	state = a.state;
	desk_appeal_clear(&a);
	return state;
}

/* So does an appeal that is granted. */
static void
test_appeal_takes_two(void **state)
{
	uint8_t letter[CS_ID_LEN];
	struct world w;
	uint64_t id;

	(void)state;
	id = disabled_by_two(&w);
	appeal(&w, 0xcc);
	memset(letter, 0xcc, sizeof letter);
	assert_ok(cs_desk_appeal_decide(
	    w.d, &sena, letter, CS_DESK_APPEAL_REVERSED, "It was wrong."));
	is(&w, id, CS_DESK_DECISION_QUEUED);
	assert_int_equal(reversed_by(&w, id), id + 1);
	decision_is(
	    &w, id + 1, CS_DESK_DECISION_WAITING, DESK_TWO_REVERSAL, "");
	/* Refused, the appeal is open again; somebody else may hear it. */
	assert_ok(cs_desk_decision_refuse(w.d, &rosa, id + 1, "It was right."));
	assert_int_equal(appeal_state(&w, 0xcc), CS_DESK_APPEAL_OPEN);
	assert_ok(cs_desk_appeal_decide(
	    w.d, &rosa, letter, CS_DESK_APPEAL_REVERSED, "It was wrong."));
	assert_err(cs_desk_decision_confirm(w.d, &rosa, id + 2), CS_ERR_DENIED);
	assert_ok(cs_desk_decision_confirm(w.d, &sena, id + 2));
	is(&w, id, CS_DESK_DECISION_REVERSED);
	assert_int_equal(appeal_state(&w, 0xcc), CS_DESK_APPEAL_REVERSED);
	world_clear(&w);
}

/* ---- programs ----------------------------------------------------------- */

static void
test_tokens(void **state)
{
	struct cs_desk_actor program = rita;
	struct world w;
	uint64_t id, back;

	(void)state;
	program.token = true;
	world_init(&w);
	take_for(&w, 0x11, 0x11, no_files, CS_REASON_SPAM);
	assert_err(decide_as(&w, &program, version_of(&w, 1),
		       CS_DESK_ACTION_WARN, "spam", &id),
	    CS_ERR_DENIED);
	id = disable(&w, "spam");
	assert_err(cs_desk_decision_undo(w.d, &program, id), CS_ERR_DENIED);
	assert_ok(desk_decisions_send(w.d));
	assert_err(cs_desk_decision_reverse(w.d, &program, id, "Back.", &back),
	    CS_ERR_DENIED);
	/* If the policy says so, some of it. */
	set_policy(
	    &w, "token_actions", "token_actions = [\"warn\", \"disable\"]\n");
	assert_ok(cs_desk_decision_reverse(w.d, &program, id, "Back.", &back));
	assert_ok(decide_as(
	    &w, &program, version_of(&w, 1), CS_DESK_ACTION_WARN, "spam", &id));
	/* But nothing that takes two, and never as one of the two. */
	assert_err(decide_as(&w, &program, version_of(&w, 1),
		       CS_DESK_ACTION_DISABLE, "terrorism", &id),
	    CS_ERR_DENIED);
	id = disable(&w, "terrorism");
	program.id = rolf.id;
	assert_err(cs_desk_decision_confirm(w.d, &program, id), CS_ERR_DENIED);
	assert_err(
	    cs_desk_decision_refuse(w.d, &program, id, "No."), CS_ERR_DENIED);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_called_otherwise),
		cmocka_unit_test(test_one_is_enough),
		cmocka_unit_test(test_triage),
		cmocka_unit_test(test_split_merge),
		cmocka_unit_test(test_set_aside),
		cmocka_unit_test(test_report_comes),
		cmocka_unit_test(test_policy_changes),
		cmocka_unit_test(test_reversal_takes_two),
		cmocka_unit_test(test_reversal_refused),
		cmocka_unit_test(test_reversal_of_one),
		cmocka_unit_test(test_appeal_takes_two),
		cmocka_unit_test(test_tokens),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
