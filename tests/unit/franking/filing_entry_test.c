/* SPDX-License-Identifier: MIT */
#include "franking/filing_entry.h"

#include "franking/tlog_entry.h"
#include "support/test.h"

static void
test_filing(void **state)
{
	const struct cs_receipt r = { .number = 0x0102030405060708,
		.what = CS_FILING_APPEAL,
		.category = CS_FILING_HATE,
		.about = 3,
		.received_ms = 4,
		.deadline_ms = 5,
		.commitment = { 0xaa, 0xbb } };
	static const uint8_t head[] = { 1, 7, 1, 2, 3, 4, 5, 6, 7, 8, 3, 10, 0,
		0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0,
		0, 5, 0xaa, 0xbb, 0 };
	struct cs_receipt back;
	struct cs_buf e = { 0 };

	(void)state;
	assert_ok(cs_filing_entry_write(&e, &r));
	assert_int_equal(e.len, CS_FILING_ENTRY_LEN);
	assert_memory_equal(e.data, head, sizeof head);
	assert_int_equal(cs_tlog_entry_kind(cs_buf_view(&e)), CS_TLOG_NOTICE);
	assert_ok(cs_filing_entry_parse(&back, cs_buf_view(&e)));
	assert_int_equal(back.number, r.number);
	assert_int_equal(back.about, 3);
	assert_memory_equal(back.commitment, r.commitment, CS_HASH_LEN);
	for (size_t n = 0; n < e.len; n++)
		assert_int_not_equal(
		    cs_filing_entry_parse(&back, cs_view(e.data, n)), CS_OK);
	e.data[1] = 8;
	assert_int_equal(
	    cs_filing_entry_parse(&back, cs_buf_view(&e)), CS_ERR_FORMAT);
	/* No hub's entry is so long and of that kind. */
	assert_int_equal(cs_tlog_entry_kind(cs_buf_view(&e)), 0);
	e.data[1] = 7;
	assert_ok(cs_buf_add(&e, cs_view("", 1)));
	assert_int_equal(
	    cs_filing_entry_parse(&back, cs_buf_view(&e)), CS_ERR_FORMAT);
	assert_int_equal(cs_tlog_entry_kind(cs_buf_view(&e)), 0);
	cs_buf_free(&e);
}

static void
test_answered(void **state)
{
	const struct cs_filing_answered a = { .number = 1,
		.outcome = CS_FILING_NEEDS_MORE,
		.answered_ms = 2,
		.until_ms = 3,
		.commitment = { 4 } };
	struct cs_filing_answered back;
	struct cs_buf e = { 0 };

	(void)state;
	assert_ok(cs_filing_answered_write(&e, &a));
	assert_int_equal(e.len, CS_FILING_ANSWERED_LEN);
	assert_int_equal(cs_tlog_entry_kind(cs_buf_view(&e)), CS_TLOG_ANSWER);
	assert_ok(cs_filing_answered_parse(&back, cs_buf_view(&e)));
	assert_int_equal(back.outcome, CS_FILING_NEEDS_MORE);
	assert_int_equal(back.until_ms, 3);
	for (size_t n = 0; n < e.len; n++)
		assert_int_not_equal(
		    cs_filing_answered_parse(&back, cs_view(e.data, n)), CS_OK);
	cs_buf_free(&e);
}

static void
test_overdue(void **state)
{
	uint64_t number, deadline_ms;
	struct cs_buf e = { 0 };

	(void)state;
	assert_ok(cs_filing_overdue_write(&e, 6, 7));
	assert_int_equal(e.len, CS_FILING_OVERDUE_LEN);
	assert_int_equal(cs_tlog_entry_kind(cs_buf_view(&e)), CS_TLOG_OVERDUE);
	assert_ok(
	    cs_filing_overdue_parse(&number, &deadline_ms, cs_buf_view(&e)));
	assert_int_equal(number, 6);
	assert_int_equal(deadline_ms, 7);
	e.data[0] = 2;
	assert_int_equal(
	    cs_filing_overdue_parse(&number, &deadline_ms, cs_buf_view(&e)),
	    CS_ERR_FORMAT);
	cs_buf_free(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filing),
		cmocka_unit_test(test_answered),
		cmocka_unit_test(test_overdue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
