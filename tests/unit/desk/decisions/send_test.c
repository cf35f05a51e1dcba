/* SPDX-License-Identifier: MIT */
/* Turning decisions into signed actions. */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/send.h"
#include "desk/desk.h"
#include "desk/show/decision.h"
#include "store/db.h"
#include "unit/desk/case_home.h"
#include "wire/messages.h"

#define ACCOUNTS 300

/* With hundreds of accounts either all actions are signed and stored or none
 * is; and they are still there after a crash. */
static void
test_hundreds(void **state)
{
	struct desk_decision dec = { .case_id = 1,
		.made_ms = 1,
		.action = CS_DESK_ACTION_DISABLE,
		.reason = "fraud" };
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	assert_ok(desk_string_set(
	    &dec.facts, cs_view_str("Sold what was not theirs.")));
	for (unsigned i = 0; i < ACCOUNTS; i++) {
		uint8_t id[16] = { 1, (uint8_t)(i >> 8), (uint8_t)i };

		assert_ok(desk_account_add(&dec.accounts, id, none));
	}
	assert_ok(cs_db_begin(w.d->db));
	assert_ok(desk_decision_insert(w.d, &dec));
	assert_ok(desk_decision_save(w.d, &dec, NULL));
	assert_ok(cs_db_commit(w.d->db));
	assert_ok(desk_decisions_send(w.d));
	for (unsigned again = 0; again < 2; again++) {
		assert_int_equal(
		    world_count(&w, "SELECT COUNT(*) FROM target"), ACCOUNTS);
		/* Reporters are told when it is done. */
		assert_int_equal(
		    world_count(&w, "SELECT COUNT(*) FROM outbox"), ACCOUNTS);
		assert_ok(cs_desk_decision_show(&o, w.d, dec.id));
		assert_string_equal(json_get_str(o, "state"), "queued");
		assert_int_equal(
		    json_get_num(json_object_get(o, "targets"), "total"),
		    ACCOUNTS);
		json_decref(o);
		/* It is sent once, whatever is repeated. */
		assert_ok(desk_decisions_send(w.d));
		cs_desk_close(w.d);
		assert_ok(cs_desk_open(&w.d, temp_path(&w.dir, "desk"), none));
	}
	desk_decision_clear(&dec);
	world_clear(&w);
}

/* A decision that can never be sent does not hold up later ones. */
static void
test_one_that_fails(void **state)
{
	struct cs_desk_choice choice = { .action = CS_DESK_ACTION_REFER,
		.reason = "spam",
		.facts = "",
		.ground = "",
		.legal = "",
		.at_once = true };
	struct desk_decision dec;
	struct cs_desk_edit e;
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	/* Nothing can be sealed to this one. */
	choice.to_key = "0000000000000000000000000000000000000000000000000000"
			"000000000000";
	e = edit_now(&w, 1);
	assert_err(cs_desk_case_decide(&e, &choice, &id), CS_ERR_FORMAT);
	/* One that got in all the same. */
	id = decide(&w, 1);
	assert_ok(desk_decision_load(&dec, w.d, id));
	dec.action = CS_DESK_ACTION_REFER;
	dec.two = DESK_TWO_ACTION;
	dec.second = 7;
	strcpy(dec.to_key, choice.to_key);
	assert_ok(desk_decision_save(w.d, &dec, NULL));
	desk_decision_clear(&dec);
	made_up(&w, &(struct weight){ .reason = "spam", .first_ms = 10 });
	decide(&w, 2);
	assert_ok(desk_decisions_send(w.d));
	assert_ok(desk_decision_load(&dec, w.d, id));
	assert_int_equal(dec.state, CS_DESK_DECISION_FAILED);
	assert_string_not_equal(desk_string(dec.note), "");
	desk_decision_clear(&dec);
	state_is(&w, 1, "open");
	state_is(&w, 2, "decided");
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hundreds),
		cmocka_unit_test(test_one_that_fails),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
