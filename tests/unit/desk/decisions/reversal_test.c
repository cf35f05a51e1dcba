/* SPDX-License-Identifier: MIT */
/* What took two people takes two to give back. */
#include "crypto/init.h"
#include "unit/desk/second_home.h"

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
		.received_ms = EW_NOW_MS };
	const struct ew_person *writer = w->e.people;
	struct cs_buf sealed;
	struct cs_rows row;

	assert_ok(cs_db_row(
	    &row, w->d->db, "SELECT id,account FROM target ORDER BY id"));
	cs_col_copy(&row, 0, letter.subject, sizeof letter.subject);
	cs_col_copy(&row, 1, letter.account, sizeof letter.account);
	assert_ok(cs_rows_end(&row, CS_OK));
	memset(letter.id, number, sizeof letter.id);
	while (memcmp(writer->account, letter.account, CS_ID_LEN) != 0)
		writer++;
	sealed = sealed_letter(w, &letter, &text, writer);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reversal_takes_two),
		cmocka_unit_test(test_reversal_refused),
		cmocka_unit_test(test_reversal_of_one),
		cmocka_unit_test(test_appeal_takes_two),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
