/* SPDX-License-Identifier: MIT */
/* Answers of the hub to actions, without a hub. */
#include "base/units.h"
#include "content/letter.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/outbox.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/daemon/deliver.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/outcome.h"
#include "desk/decisions/revise.h"
#include "desk/decisions/send.h"
#include "desk/show/decision.h"
#include "store/clock.h"
#include "store/db.h"
#include "unit/desk/sealed_letter.h"
#include "wire/messages.h"

static void
take(struct world *w, uint8_t id)
{
	struct ew_report r;
	uint8_t number[16];

	memset(number, id, sizeof number);
	ew_pick(&r, &w->e, no_files);
	memcpy(r.in.report_id, number, sizeof number);
	world_take(w, number, &r);
}

static void
case_is(struct world *w, uint64_t id, enum cs_desk_case_state state)
{
	struct desk_case c;

	assert_ok(desk_case_load(&c, w->d, id));
	assert_int_equal(c.state, state);
	desk_case_clear(&c);
}

static void
decision_is(struct world *w, uint64_t id, enum cs_desk_decision_state state)
{
	struct desk_decision dec;

	assert_ok(desk_decision_load(&dec, w->d, id));
	assert_int_equal(dec.state, state);
	desk_decision_clear(&dec);
}

/* Warn everybody in case 1: signed, and on its way. */
static uint64_t
warn(struct world *w)
{
	struct desk_accounts proved = { 0 };
	uint8_t accounts[4][CS_ID_LEN];
	struct cs_desk_choice choice = { .action = CS_DESK_ACTION_WARN,
		.reason = "spam",
		.accounts = (const uint8_t(*)[CS_ID_LEN])accounts,
		.facts = "Ten times the same.",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true };
	struct desk_case c;
	struct cs_desk_edit e = {
		.d = w->d, .actor = &cs_desk_operator, .case_id = 1
	};
	uint64_t made;

	assert_ok(desk_case_accounts_proved(&proved, w->d, 1));
	assert_true(proved.n <= sizeof accounts / sizeof *accounts);
	for (; choice.n_accounts < proved.n; choice.n_accounts++)
		memcpy(accounts[choice.n_accounts],
		    proved.at[choice.n_accounts].id, CS_ID_LEN);
	assert_ok(desk_case_load(&c, w->d, 1));
	e.version = c.version;
	assert_ok(cs_desk_case_decide(&e, &choice, &made));
	assert_ok(desk_decisions_send(w->d));
	desk_case_clear(&c);
	desk_array_clear(&proved, sizeof *proved.at);
	return made;
}

static uint64_t
reverse(struct world *w, uint64_t decision)
{
	uint64_t made;

	assert_ok(cs_desk_decision_reverse(
	    w->d, &cs_desk_operator, decision, "It was wrong.", &made));
	assert_ok(desk_decisions_send(w->d));
	return made;
}

/* Answer each message in turn as the hub would. */
static void
answer_all(struct world *w, const char *refused)
{
	const struct desk_outcome outcome = { .refused = refused };
	uint64_t id;

	while (desk_outbox_next(&id, w->d) == CS_OK)
		assert_ok(desk_outcome_store(w->d, id, &outcome));
}

/* If two processes send, both may have an answer to the same message. */
static void
test_answered_twice(void **state)
{
	const struct desk_outcome applied = { .refused = NULL },
				  refused = { .refused = "Not any more." };
	uint64_t made, id, events;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = warn(&w);
	decision_is(&w, made, CS_DESK_DECISION_QUEUED);
	while (
	    world_count(&w, "SELECT COUNT(*) FROM target WHERE state=0") != 0) {
		assert_ok(desk_outbox_next(&id, w.d));
		assert_ok(desk_outcome_store(w.d, id, &applied));
	}
	decision_is(&w, made, CS_DESK_DECISION_APPLIED);
	/* The reporter is told, and only once. */
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 1);
	events = world_count(&w, "SELECT COUNT(*) FROM audit");
	assert_ok(desk_outcome_store(w.d, id, &applied));
	assert_ok(desk_outcome_store(w.d, id, &refused));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 1);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM target WHERE state=2"), 0);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM audit"), events);
	world_clear(&w);
}

/* A decision whose reversal the hub refused still stands, and can be
 * reversed again. */
static void
test_reversal_refused(void **state)
{
	uint64_t made, back;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = warn(&w);
	answer_all(&w, NULL);
	back = reverse(&w, made);
	decision_is(&w, made, CS_DESK_DECISION_REVERSED);
	answer_all(&w, "Not now.");
	decision_is(&w, back, CS_DESK_DECISION_FAILED);
	decision_is(&w, made, CS_DESK_DECISION_APPLIED);
	assert_ok(cs_desk_decision_show(&o, w.d, made));
	assert_true(json_is_null(json_object_get(o, "reversed_by")));
	json_decref(o);
	case_is(&w, 1, CS_DESK_CASE_DECIDED);
	back = reverse(&w, made);
	answer_all(&w, NULL);
	decision_is(&w, back, CS_DESK_DECISION_APPLIED);
	decision_is(&w, made, CS_DESK_DECISION_REVERSED);
	case_is(&w, 1, CS_DESK_CASE_DECIDED);
	world_clear(&w);
}

/* A decision is reversed on its way, and the hub refuses both: nothing was
 * decided, and everybody gets an answer. */
static void
test_reversed_and_refused(void **state)
{
	uint64_t made, back;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = warn(&w);
	back = reverse(&w, made);
	answer_all(&w, "There is no such account.");
	decision_is(&w, made, CS_DESK_DECISION_FAILED);
	decision_is(&w, back, CS_DESK_DECISION_FAILED);
	case_is(&w, 1, CS_DESK_CASE_OPEN);
	world_clear(&w);
}

/* A decision is reversed on its way, and the hub applies only the decision:
 * it stands, and its reporters hear of it. */
static void
test_told_after_all(void **state)
{
	uint64_t made, back, id;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = warn(&w);
	back = reverse(&w, made);
	for (unsigned i = 0; i < 2; i++) {
		assert_ok(desk_outbox_next(&id, w.d));
		assert_ok(desk_outcome_store(
		    w.d, id, &(struct desk_outcome){ .refused = NULL }));
	}
	for (unsigned i = 0; i < 2; i++) {
		assert_ok(desk_outbox_next(&id, w.d));
		assert_ok(desk_outcome_store(
		    w.d, id, &(struct desk_outcome){ .refused = "No." }));
	}
	decision_is(&w, back, CS_DESK_DECISION_FAILED);
	decision_is(&w, made, CS_DESK_DECISION_APPLIED);
	case_is(&w, 1, CS_DESK_CASE_DECIDED);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 1);
	world_clear(&w);
}

/* A damaged message cannot be sent any more, and holds up nothing. */
static void
test_damaged(void **state)
{
	struct world w;
	uint64_t made;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = warn(&w);
	assert_ok(cs_db_exec(w.d->db, "UPDATE outbox SET sealed=zeroblob(60)"));
	assert_ok(cs_desk_deliver(w.d));
	decision_is(&w, made, CS_DESK_DECISION_FAILED);
	case_is(&w, 1, CS_DESK_CASE_OPEN);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 0);
	world_clear(&w);
}

/* Nor does a message whose answer cannot be stored: it waits. */
static void
test_damaged_behind(void **state)
{
	const struct desk_outcome applied = { .refused = NULL };
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	(void)warn(&w);
	assert_ok(
	    cs_db_exec(w.d->db, "UPDATE decision SET sealed=zeroblob(60)"));
	assert_ok(desk_outbox_next(&id, w.d));
	assert_err(desk_outcome_store(w.d, id, &applied), CS_ERR_BUSY);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 2);
	world_clear(&w);
}

/* What was postponed while the clock was ahead goes out once the clock is
 * right. */
static void
test_clock_back(void **state)
{
	const uint64_t year_ms = (uint64_t)365 * 86400 * 1000;
	struct desk_decision dec;
	struct world w;
	uint64_t made, id;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = warn(&w);
	assert_ok(cs_db_exec(w.d->db, "UPDATE outbox SET after=?",
	    cs_int(cs_clock_ms() + year_ms)));
	assert_ok(desk_outbox_next(&id, w.d));
	assert_ok(desk_decision_load(&dec, w.d, made));
	dec.state = CS_DESK_DECISION_UNDO;
	dec.due_ms = cs_clock_ms() + year_ms;
	assert_ok(desk_decision_save(w.d, &dec, NULL));
	desk_decision_clear(&dec);
	assert_ok(desk_decisions_send(w.d));
	decision_is(&w, made, CS_DESK_DECISION_QUEUED);
	world_clear(&w);
}

/* The holder of the first action appeals. */
static void
appeal(struct world *w)
{
	const struct cs_letter text = { .language = cs_view_str("en"),
		.text = cs_view_str("It was not me.") };
	struct cs_wire_desk_letter letter = { .kind = CS_WIRE_LETTER_APPEAL,
		.received_ms = EW_NOW_MS };
	struct cs_buf sealed = { 0 };
	struct cs_rows rows;
	const struct ew_person *holder = w->e.people;

	assert_ok(cs_db_query(&rows, w->d->db,
	    "SELECT id,account FROM target ORDER BY id LIMIT 1"));
	assert_true(cs_rows_next(&rows));
	cs_col_copy(&rows, 0, letter.subject, sizeof letter.subject);
	cs_col_copy(&rows, 1, letter.account, sizeof letter.account);
	assert_ok(cs_rows_end(&rows, CS_OK));
	while (memcmp(holder->account, letter.account, CS_ID_LEN) != 0)
		holder++;
	memset(letter.id, 0xaa, sizeof letter.id);
	sealed = sealed_letter(w, &letter, &text, holder);
	letter.sealed = cs_buf_view(&sealed);
	assert_ok(desk_letter_take(w->d, &letter));
	cs_buf_free(&sealed);
}

/* An answer that the reversal's statement has no room for is refused at once,
 * and the appeal stays open. */
static void
grant_at_length(struct world *w, const struct cs_desk_actor *by)
{
	char text[CS_DESK_FACTS_MAX + 2];
	uint8_t id[CS_ID_LEN];

	memset(id, 0xaa, sizeof id);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_err(
	    cs_desk_appeal_decide(w->d, by, id, CS_DESK_APPEAL_REVERSED, text),
	    CS_ERR_LIMIT);
}

static void
grant(struct world *w)
{
	static const struct cs_desk_actor ben = { .id = 9,
		.name = "ben",
		.pseudonym = "R-9",
		.role = CS_DESK_SENIOR };
	uint8_t id[16];

	grant_at_length(w, &ben);
	memset(id, 0xaa, sizeof id);
	assert_ok(cs_desk_appeal_decide(w->d, &ben, id, CS_DESK_APPEAL_REVERSED,
	    "You are right. We are sorry."));
	assert_ok(desk_decisions_send(w->d));
}

/* The writer of an appeal is told of the reversal once it is applied. */
static void
test_appeal_granted(void **state)
{
	static const char letters[] =
	    "SELECT COUNT(*) FROM outbox WHERE kind=44";
	const struct desk_outcome applied = { .refused = NULL };
	uint64_t id;
	struct world w;

	(void)state;
	assert_int_equal(CS_WIRE_DESK_LETTER_SET, 44);
	world_init(&w);
	take(&w, 0x11);
	warn(&w);
	answer_all(&w, NULL);
	appeal(&w);
	answer_all(&w, NULL); /* it was received */
	grant(&w);
	assert_int_equal(world_count(&w, letters), 0);
	/* The hub refuses: somebody has to hear the appeal again. */
	answer_all(&w, "Not now.");
	assert_int_equal(world_count(&w, letters), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM appeal WHERE state=0"), 1);
	grant(&w);
	assert_int_equal(world_count(&w, letters), 0);
	while (world_count(&w, "SELECT COUNT(*) FROM target WHERE state=0")) {
		assert_ok(desk_outbox_next(&id, w.d));
		assert_ok(desk_outcome_store(w.d, id, &applied));
	}
	assert_int_equal(world_count(&w, letters), 1);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM appeal WHERE state=2"), 1);
	answer_all(&w, NULL);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 0);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answered_twice),
		cmocka_unit_test(test_reversal_refused),
		cmocka_unit_test(test_appeal_granted),
		cmocka_unit_test(test_reversed_and_refused),
		cmocka_unit_test(test_told_after_all),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_damaged_behind),
		cmocka_unit_test(test_clock_back),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
