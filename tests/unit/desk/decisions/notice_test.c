/* SPDX-License-Identifier: MIT */
/* Answers to what was filed: who may give which, and when. */
#include "desk/decisions/notice.h"

#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/core/problem.h"
#include "desk/decisions/outcome.h"
#include "desk/reports/filing.h"
#include "unit/desk/notice_home.h"
#include "unit/desk/second_home.h"

static enum cs_err
answer_at(struct world *w, const struct cs_desk_actor *actor, uint64_t number,
    uint8_t outcome, uint64_t version)
{
	const struct cs_desk_notice_answer a = { .number = number,
		.outcome = outcome,
		.text = "We have looked at it." };
	const struct cs_desk_edit e = { .d = w->d,
		.actor = actor,
		.case_id = filed_case(w, number),
		.version = version };

	return cs_desk_notice_answer(&e, &a);
}

static enum cs_err
answer(struct world *w, const struct cs_desk_actor *actor, uint64_t number,
    uint8_t outcome)
{
	return answer_at(
	    w, actor, number, outcome, version_of(w, filed_case(w, number)));
}

static void
refused(struct world *w, enum cs_err got, enum cs_err want, const char *code)
{
	assert_err(got, want);
	assert_string_equal(w->d->problem.code, code);
	desk_problem_forget(w->d);
}

static void
file_notice(struct world *w, uint64_t number)
{
	struct filed f;

	filed_notice(&f, number, CS_FILING_TRAFFICKING);
	filed_handle(&f, "alma");
	filed_take(w, &f);
}

static void
file_about(struct world *w, uint64_t number, uint8_t what, uint64_t about)
{
	struct filed f;

	filed_about(&f, number, what, about);
	filed_take(w, &f);
}

/* The hub takes all that is on its way, or refuses it for good. */
static void
hub_says(struct world *w, const char *refusal)
{
	uint64_t id;

	while (cs_db_get_int(&id, w->d->db,
		   "SELECT id FROM outbox ORDER BY id LIMIT 1") == CS_OK)
		assert_ok(desk_outcome_store(
		    w->d, id, &(struct desk_outcome){ .refused = refusal }));
}

/* A case without a report is over when it is answered. */
static void
test_refused(void **state)
{
	struct cs_buf text = { 0 };
	struct desk_filing f;
	struct world w;

	(void)state;
	world_init(&w);
	file_notice(&w, 1);
	assert_ok(answer(&w, &rita, 1, CS_FILING_REFUSED));
	assert_int_equal(filed_answer(&w, &text, 1), CS_FILING_REFUSED);
	assert_true(cs_view_equal(
	    cs_buf_view(&text), cs_view_str("We have looked at it.")));
	state_is(&w, 1, "decided");
	refused(&w, answer(&w, &rita, 1, CS_FILING_NOT_OURS), CS_ERR_EXISTS,
	    "notice-answered");
	hub_says(&w, NULL);
	assert_ok(desk_filing_load(&f, w.d, 1));
	assert_true(desk_filing_answered(&f)->told);
	assert_string_equal(desk_filing_answered(&f)->by, "rita");
	assert_int_equal(f.state, DESK_FILING_OVER);
	desk_filing_clear(&f);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	cs_buf_free(&text);
	world_clear(&w);
}

static void
test_wrong(void **state)
{
	static const struct cs_desk_actor audra = { .id = 7,
		.name = "audra",
		.pseudonym = "R-7",
		.role = CS_DESK_AUDITOR },
					  program = { .id = 1,
						  .name = "rita",
						  .pseudonym = "R-1",
						  .role = CS_DESK_REVIEWER,
						  .token = 3 };
	struct world w;

	(void)state;
	world_init(&w);
	file_notice(&w, 1);
	file_about(&w, 2, CS_FILING_MORE, 1);
	refused(&w, answer(&w, &rita, 1, CS_FILING_UNREADABLE), CS_ERR_FORMAT,
	    "notice-outcome");
	refused(&w, answer(&w, &rita, 1, CS_FILING_LISTED), CS_ERR_FORMAT,
	    "notice-outcome");
	refused(&w, answer(&w, &rita, 2, CS_FILING_REFUSED), CS_ERR_DENIED,
	    "notice-more");
	refused(&w, answer(&w, &audra, 1, CS_FILING_REFUSED), CS_ERR_DENIED,
	    "work-role");
	refused(&w, answer(&w, &program, 1, CS_FILING_REFUSED), CS_ERR_DENIED,
	    "token-decides");
	/* Whoever has read it before the rest came has not read all. */
	refused(&w, answer_at(&w, &rita, 1, CS_FILING_REFUSED, 1),
	    CS_ERR_EXISTS, "notice-news");
	assert_ok(answer(&w, &rita, 1, CS_FILING_NEEDS_MORE));
	refused(&w, answer(&w, &rolf, 1, CS_FILING_REFUSED), CS_ERR_DENIED,
	    "with-another");
	world_clear(&w);
}

/* "Needs more" is said once; it moves a deadline that has not passed, and is no
 * answer. */
static void
test_needs_more(void **state)
{
	struct desk_filing f;
	struct filed late;
	struct desk_case c;
	struct world w;

	(void)state;
	world_init(&w);
	file_notice(&w, 1);
	assert_ok(answer(&w, &rita, 1, CS_FILING_NEEDS_MORE));
	assert_ok(desk_filing_load(&f, w.d, 1));
	assert_int_equal(f.state, DESK_FILING_OPEN);
	assert_int_equal(f.due_ms,
	    desk_filing_answered(&f)->at_ms + CS_FILING_MORE_DAYS * CS_DAY_MS);
	assert_ok(desk_case_load(&c, w.d, 1));
	assert_int_equal(c.answer_ms, f.due_ms);
	assert_int_equal(c.state, CS_DESK_CASE_OPEN);
	desk_case_clear(&c);
	desk_filing_clear(&f);
	refused(&w, answer(&w, &rita, 1, CS_FILING_NEEDS_MORE), CS_ERR_EXISTS,
	    "notice-asked");
	file_about(&w, 2, CS_FILING_MORE, 1);
	assert_ok(answer(&w, &rita, 1, CS_FILING_NOT_OURS));
	state_is(&w, 1, "decided");
	filed_notice(&late, 3, CS_FILING_TRAFFICKING);
	late.item.received_ms = EW_NOW_MS;
	filed_take(&w, &late);
	assert_ok(answer(&w, &rita, 3, CS_FILING_NEEDS_MORE));
	assert_ok(desk_filing_load(&f, w.d, 3));
	assert_int_equal(f.due_ms, EW_NOW_MS + 24 * CS_HOUR_MS);
	desk_filing_clear(&f);
	world_clear(&w);
}

/* "Acted" names what was done, once the hub has done it. */
static void
test_acted(void **state)
{
	struct desk_filing f;
	struct world w;
	uint64_t made;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	file_notice(&w, 1);
	assert_int_equal(filed_case(&w, 1), 1);
	refused(&w, answer(&w, &rita, 1, CS_FILING_ACTED), CS_ERR_DENIED,
	    "notice-not-acted");
	made = disable(&w, "trafficking");
	refused(&w, answer(&w, &rita, 1, CS_FILING_ACTED), CS_ERR_BUSY,
	    "notice-decision-waits");
	assert_ok(desk_decisions_send(w.d));
	hub_says(&w, NULL);
	/* It is decided, and still to be answered. */
	state_is(&w, 1, "open");
	assert_ok(answer(&w, &rita, 1, CS_FILING_ACTED));
	assert_ok(desk_filing_load(&f, w.d, 1));
	assert_int_equal(desk_filing_answered(&f)->decision, made);
	desk_filing_clear(&f);
	state_is(&w, 1, "decided");
	/* "No violation" is nothing done. */
	world_clear(&w);
	world_init(&w);
	take_some(&w, 0x11, first);
	file_notice(&w, 1);
	dismiss(&w, 1);
	refused(&w, answer(&w, &rita, 1, CS_FILING_ACTED), CS_ERR_DENIED,
	    "notice-not-acted");
	assert_ok(answer(&w, &rita, 1, CS_FILING_REFUSED));
	state_is(&w, 1, "decided");
	world_clear(&w);
}

/* An appeal opens the case again, for somebody else. */
static void
test_appeal(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	file_notice(&w, 1);
	assert_ok(answer(&w, &rita, 1, CS_FILING_REFUSED));
	hub_says(&w, NULL);
	file_about(&w, 2, CS_FILING_APPEAL, 1);
	state_is(&w, 1, "open");
	refused(&w, answer(&w, &rita, 2, CS_FILING_REFUSED), CS_ERR_DENIED,
	    "notice-own");
	refused(&w, answer(&w, &sena, 2, CS_FILING_NEEDS_MORE), CS_ERR_FORMAT,
	    "notice-outcome");
	assert_ok(answer(&w, &sena, 2, CS_FILING_REFUSED));
	state_is(&w, 1, "decided");
	/* Against an answer that the desk knows nothing of. */
	file_about(&w, 3, CS_FILING_APPEAL, 99);
	assert_ok(answer(&w, &rita, 3, CS_FILING_REFUSED));
	state_is(&w, 2, "decided");
	/* Whoever has the folder is perhaps the same person. */
	world_clear(&w);
	world_init(&w);
	file_notice(&w, 1);
	assert_ok(answer(&w, &cs_desk_operator, 1, CS_FILING_REFUSED));
	file_about(&w, 2, CS_FILING_APPEAL, 1);
	refused(&w, answer(&w, &cs_desk_operator, 2, CS_FILING_REFUSED),
	    CS_ERR_DENIED, "notice-own");
	world_clear(&w);
}

/* The hub has another answer already. */
static void
test_over(void **state)
{
	struct desk_filing f;
	struct world w;

	(void)state;
	world_init(&w);
	file_notice(&w, 1);
	assert_ok(answer(&w, &rita, 1, CS_FILING_REFUSED));
	hub_says(&w, "It is answered.");
	assert_ok(desk_filing_load(&f, w.d, 1));
	assert_false(desk_filing_answered(&f)->told);
	assert_string_equal(
	    desk_filing_answered(&f)->refused, "It is answered.");
	desk_filing_clear(&f);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_needs_more),
		cmocka_unit_test(test_acted),
		cmocka_unit_test(test_appeal),
		cmocka_unit_test(test_over),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
