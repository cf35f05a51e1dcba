/* SPDX-License-Identifier: MIT */
/* What was filed is kept sealed, and destroyed when it is due. */
#include "desk/reports/filing.h"

#include <unistd.h>

#include "content/filing_body.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/work.h"
#include "desk/core/record.h"
#include "desk/daemon/retention.h"
#include "desk/decisions/notice.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/file.h"
#include "unit/desk/notice_home.h"

/* Nothing of what was filed stands in the file in the clear. */
static void
test_sealed(void **state)
{
	struct cs_buf file = { 0 };
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_TRAFFICKING);
	filed_by(&f, 3, "Shelter of the North");
	f.body.files[0] = (struct cs_filing_file){ cs_view_str("letter.txt"),
		cs_view_str("What the letter says.") };
	f.body.n_files = 1;
	filed_take(&w, &f);
	assert_ok(cs_db_vacuum(w.d->db));
	cs_desk_close(w.d);
	assert_ok(
	    cs_file_read(&file, temp_path(&w.dir, "desk/desk.db"), 16 << 20));
	assert_null(memmem(file.data, file.len, "offered for sale", 16));
	assert_null(memmem(file.data, file.len, "shelter.example", 15));
	assert_null(memmem(file.data, file.len, "of the North", 12));
	assert_null(memmem(file.data, file.len, "letter.txt", 10));
	assert_ok(cs_desk_open(&w.d, temp_path(&w.dir, "desk"), none));
	cs_buf_reset(&file);
	assert_ok(desk_filing_file_open(&file, w.d, 1));
	assert_true(cs_view_equal(
	    cs_buf_view(&file), cs_view_str("What the letter says.")));
	cs_buf_free(&file);
	world_clear(&w);
}

/* What was filed is destroyed with its case; what is in none, after a while.
 * How it was answered stays, and how right the organisation was. */
static void
test_destroyed(void **state)
{
	const struct cs_desk_notice_answer a = { .number = 1,
		.outcome = CS_FILING_REFUSED,
		.text = "Nothing of that is there." };
	struct desk_filing_accuracy accuracy;
	struct desk_filing_opened o;
	struct desk_filing row;
	struct cs_desk_edit e;
	struct filed f;
	struct world w;
	uint64_t n;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_FRAUD);
	filed_by(&f, 3, "Shelter");
	f.body.files[f.body.n_files++] =
	    (struct cs_filing_file){ cs_view_str("letter.txt"),
		    cs_view_str("a letter") };
	filed_take(&w, &f);
	filed_notice(&f, 2, CS_FILING_FRAUD);
	f.commit_other = true;
	filed_take(&w, &f);
	e = edit_now(&w, 1);
	assert_ok(cs_desk_notice_answer(&e, &a));
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_hold(&e, "a court"));
	assert_ok(cs_desk_retention(w.d, cs_clock_ms() + 3000 * CS_DAY_MS, &n));
	assert_int_equal(n, 0);
	assert_ok(desk_filing_load(&row, w.d, 2));
	assert_true(row.destroyed);
	desk_filing_clear(&row);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM filing_file"), 1);
	e = edit_now(&w, 1);
	assert_ok(cs_desk_case_unhold(&e, "it is over"));
	assert_ok(cs_desk_retention(w.d, cs_clock_ms() + 3000 * CS_DAY_MS, &n));
	assert_int_equal(n, 1);
	assert_ok(desk_filing_load(&row, w.d, 1));
	assert_true(row.destroyed);
	assert_string_equal(row.name, "");
	assert_string_equal(desk_string(row.answers.at[0].text), "");
	assert_int_equal(row.answers.at[0].outcome, CS_FILING_REFUSED);
	desk_filing_clear(&row);
	assert_ok(desk_filing_open(&o, w.d, 1));
	assert_null(o.body);
	desk_filing_opened_clear(&o);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM filing_file"), 0);
	assert_int_equal(rmdir(temp_path(&w.dir, "desk/files")), 0);
	filed_by(&f, 3, "Shelter");
	assert_ok(desk_filing_accuracy(&accuracy, w.d, f.item.organisation));
	assert_int_equal(accuracy.refused, 1);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_destroyed),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
