/* SPDX-License-Identifier: MIT */
/* What was filed comes in: whole, once, and as what it is. */
#include "desk/daemon/filings.h"

#include "content/evidence_write.h"
#include "content/filing_body.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/decisions/decide.h"
#include "desk/reports/filing.h"
#include "desk/reports/report.h"
#include "franking/filing.h"
#include "store/db.h"
#include "store/file.h"
#include "store/vault.h"
#include "unit/desk/notice_home.h"
#include "wire/codec.h"

static void
test_notice(void **state)
{
	struct desk_filing_opened o;
	struct desk_filing row;
	struct desk_case c;
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned again = 0; again < 2; again++) {
		filed_notice(&f, 7, CS_FILING_TRAFFICKING);
		filed_by(&f, 3, "Shelter of the North");
		f.item.received_ms = EW_NOW_MS;
		f.item.deadline_ms = 1; /* nobody sets it */
		filed_handle(&f, "@nobody.known");
		filed_take(&w, &f);
	}
	assert_ok(desk_filing_load(&row, w.d, 7));
	assert_int_equal(row.state, DESK_FILING_OPEN);
	assert_int_equal(row.due_ms, EW_NOW_MS + 24 * CS_HOUR_MS);
	assert_string_equal(row.name, "Shelter of the North");
	assert_true(row.trusted);
	assert_string_equal(row.problem, "");
	assert_ok(desk_filing_open(&o, w.d, 7));
	assert_true(cs_view_equal(
	    o.body->text, cs_view_str("A woman is offered for sale there.")));
	desk_filing_opened_clear(&o);
	assert_ok(desk_case_load(&c, w.d, row.case_id));
	assert_string_equal(c.reason, "trafficking");
	assert_int_equal(c.severity, 5);
	assert_int_equal(c.reports, 0);
	assert_int_equal(c.notices, 1);
	assert_int_equal(c.answer_ms, row.due_ms);
	assert_int_equal(c.state, CS_DESK_CASE_OPEN);
	assert_true(desk_case_is_overdue(&c));
	desk_case_clear(&c);
	desk_filing_clear(&row);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM filing"), 1);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 0);
	assert_ok(world_audit(&w, 3)); /* made, came, case opened */
	world_clear(&w);
}

/* Is it kept as unreadable, with ${why}, and answered so by the desk? */
static void
is_unreadable(struct world *w, struct filed *f, const char *why, bool opened)
{
	struct cs_buf text = { 0 };
	struct desk_filing row;

	filed_take(w, f);
	assert_ok(desk_filing_load(&row, w->d, f->item.number));
	assert_non_null(strstr(row.problem, why));
	assert_int_equal(row.case_id, 0);
	assert_int_equal(row.state, DESK_FILING_OVER);
	desk_filing_clear(&row);
	if (f->item.what != CS_FILING_MORE) {
		assert_int_equal(filed_answer(w, &text, f->item.number),
		    CS_FILING_UNREADABLE);
		assert_int_equal(text.len != 0, opened);
	}
	cs_buf_free(&text);
	/* The sealed bytes are kept. */
	assert_int_equal(world_count(w,
			     "SELECT COUNT(*) FROM filing_file"
			     " WHERE filing=(SELECT MAX(id) FROM filing)"),
	    1);
}

static void
test_twins(void **state)
{
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_TRAFFICKING);
	filed_take(&w, &f);
	filed_notice(&f, 2, CS_FILING_TRAFFICKING);
	f.commit_other = true;
	is_unreadable(&w, &f, "not what its commitment says", true);
	filed_notice(&f, 3, CS_FILING_TRAFFICKING);
	f.truncate = true;
	is_unreadable(&w, &f, "cannot be opened", false);
	filed_about(&f, 4, CS_FILING_APPEAL, 1);
	f.item.what = CS_FILING_NOTICE;
	is_unreadable(&w, &f, "something else", true);
	filed_notice(&f, 5, CS_FILING_TRAFFICKING);
	f.item.category = CS_FILING_FRAUD;
	is_unreadable(&w, &f, "something else", true);
	filed_about(&f, 6, CS_FILING_APPEAL, 1);
	f.item.about = 2;
	is_unreadable(&w, &f, "something else", true);
	filed_about(&f, 7, CS_FILING_MORE, 1);
	f.body.reply_key[0] ^= 1;
	is_unreadable(&w, &f, "somebody else", true);
	filed_hashes(&f, 8, 1);
	is_unreadable(&w, &f, "organisations only", true);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM list"), 0);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	/* There is no such thing: it is not taken at all. */
	filed_notice(&f, 9, CS_FILING_TRAFFICKING);
	f.item.category = CS_FILING_CATEGORIES;
	assert_err(filed_try(&w, &f), CS_ERR_FORMAT);
	filed_notice(&f, 0, CS_FILING_TRAFFICKING);
	assert_err(filed_try(&w, &f), CS_ERR_FORMAT);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

/* Put a bundle of ${which} into ${f}; ${bundle} is the caller's. */
static void
with_bundle(
    struct world *w, struct filed *f, struct cs_buf *bundle, const int *which)
{
	struct ew_report r;

	ew_pick(&r, &w->e, which);
	memset(r.in.report_id, 0x55, 16);
	r.in.reason = CS_REASON_THREAT_TO_LIFE;
	cs_buf_reset(bundle);
	assert_ok(cs_evidence_write(bundle, &r.in));
	f->body.files[f->body.n_files++] =
	    (struct cs_filing_file){ cs_view_str("proof.csev"),
		    cs_buf_view(bundle) };
}

static enum cs_err
disable_all(struct world *w, uint64_t case_id)
{
	const struct cs_desk_choice choice = {
		.action = CS_DESK_ACTION_DISABLE,
		.reason = "fraud",
		.all = true,
		.facts = "What it rests on.",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true,
	};
	const struct cs_desk_edit e = edit_now(w, case_id);
	uint64_t made;

	return cs_desk_case_decide(&e, &choice, &made);
}

/* Messages that a bundle proves count; what it does not prove, nothing. */
static void
test_evidence(void **state)
{
	struct desk_filing_file file;
	struct cs_buf bundle = { 0 };
	struct filed f;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_FRAUD);
	filed_handle(&f, "alma");
	filed_take(&w, &f);
	assert_err(disable_all(&w, 1), CS_ERR_FORMAT);
	filed_notice(&f, 2, CS_FILING_OTHER);
	with_bundle(&w, &f, &bundle, no_files);
	f.body.files[f.body.n_files++] =
	    (struct cs_filing_file){ cs_view_str("note.txt"),
		    cs_view_str("and more") };
	filed_take(&w, &f);
	/* It is about an account that the first one names. */
	assert_int_equal(filed_case(&w, 2), 1);
	assert_ok(desk_filing_file_load(&file, w.d, 1));
	assert_int_equal(file.kind, DESK_FILING_FILE_EVIDENCE);
	assert_true(file.proved);
	assert_int_equal(file.messages, 2);
	assert_ok(desk_filing_file_load(&file, w.d, 2));
	assert_int_equal(file.kind, DESK_FILING_FILE_OTHER);
	o = show(&w, 1);
	assert_int_equal(json_get_num(o, "reports"), 1);
	assert_int_equal(json_get_num(o, "items_total"), 2);
	assert_int_equal(json_array_size(json_object_get(o, "reporters")), 0);
	json_decref(o);
	assert_ok(disable_all(&w, 1));
	/* The hub hears the decision, and of no report. */
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM outbox WHERE target IS NULL"),
	    0);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);

	world_init(&w);
	filed_notice(&f, 1, CS_FILING_OTHER);
	with_bundle(&w, &f, &bundle, no_files);
	bundle.data[bundle.len - 1] ^= 1;
	filed_take(&w, &f);
	assert_ok(desk_filing_file_load(&file, w.d, 1));
	assert_int_equal(file.kind, DESK_FILING_FILE_EVIDENCE);
	assert_false(file.proved);
	assert_true(file.problem[0] != '\0');
	assert_err(disable_all(&w, 1), CS_ERR_FORMAT);
	cs_buf_free(&bundle);
	world_clear(&w);
}

/* A member has reported it, too: it is one case, and the member's report is
 * taken, whatever number the bundle says. */
static void
test_evidence_twice(void **state)
{
	struct cs_buf bundle = { 0 };
	struct filed f;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_OTHER);
	with_bundle(&w, &f, &bundle, no_files);
	filed_take(&w, &f);
	take(&w, 0x55);
	o = show(&w, 1);
	assert_int_equal(json_get_num(o, "reports"), 2);
	assert_int_equal(json_array_size(json_object_get(o, "reporters")), 1);
	json_decref(o);
	/* Decided, it is answered to the member at once, and still to be
	 * answered to whoever filed it. */
	dismiss(&w, 1);
	state_is(&w, 1, "open");
	filed_notice(&f, 2, CS_FILING_OTHER);
	with_bundle(&w, &f, &bundle, no_files);
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 2), 1);
	cs_buf_free(&bundle);
	world_clear(&w);
}

/* Hashes of an organisation are taken up, and one more time not twice. */
static void
test_hashes(void **state)
{
	struct cs_buf text = { 0 };
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	for (uint64_t i = 1; i <= 3; i++) {
		filed_hashes(&f, i, i < 3 ? 1 : 2);
		filed_by(
		    &f, i < 3 ? 9 : 8, i < 3 ? "Shelter" : "Other shelter");
		filed_take(&w, &f);
		assert_int_equal(filed_answer(&w, &text, i), CS_FILING_LISTED);
		assert_int_equal(filed_case(&w, i), 0);
	}
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM list"), 2);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM hash"), 2);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 0);
	cs_buf_free(&text);
	world_clear(&w);
}

/* What the hub says of an organisation that has not signed is by nobody, and
 * not lost. */
static void
test_not_signed(void **state)
{
	struct cs_buf sealed = { 0 };
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	/* Each bit of what is signed, and the signature. */
	for (uint64_t i = 1; i <= 3; i++) {
		struct desk_filing row;

		filed_by_shelter(&f, i, 3);
		filed_seal(&w, &f, &sealed);
		f.item.signature[0] ^= i == 1;
		f.item.signature[63] ^= i == 2;
		if (i == 3)
			memset(f.item.signature, 0, sizeof f.item.signature);
		assert_ok(desk_filing_take(w.d, &f.item, cs_buf_view(&sealed)));
		assert_ok(desk_filing_load(&row, w.d, i));
		assert_int_equal(row.key_state, DESK_KEY_UNPROVED);
		assert_string_equal(row.claimed, "Shelter");
		assert_string_equal(row.name, "");
		assert_false(row.trusted);
		assert_true(desk_filing_is_by_nobody(&row));
		assert_int_not_equal(row.case_id, 0);
		desk_filing_clear(&row);
		cs_buf_free(&sealed);
	}
	/* Another key's signature; and one that says somebody else's name. */
	filed_by_shelter(&f, 4, 3);
	f.item.organisation[0] ^= 1;
	filed_is_by(&w, &f, DESK_KEY_UNPROVED);
	/* Signed for another category: it is what its receipt does not say. */
	filed_by_shelter(&f, 5, 3);
	filed_seal(&w, &f, &sealed);
	f.item.category = CS_FILING_FRAUD;
	assert_ok(desk_filing_take(w.d, &f.item, cs_buf_view(&sealed)));
	cs_buf_free(&sealed);
	/* Hashes need a signature. */
	filed_hashes(&f, 6, 1);
	filed_by(&f, 3, "Shelter");
	filed_seal(&w, &f, &sealed);
	f.item.signature[7] ^= 1;
	assert_ok(desk_filing_take(w.d, &f.item, cs_buf_view(&sealed)));
	cs_buf_free(&sealed);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM list"), 0);
	/* Nobody was remembered by any of these. */
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM organisation"), 0);
	filed_by_shelter(&f, 7, 3);
	filed_is_by(&w, &f, DESK_KEY_FIRST);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

struct attempt {
	struct world w;
	struct filed f;
	struct cs_buf sealed;
};

static enum cs_err
try_take(void *arg)
{
	struct attempt *a = arg;

	return desk_filing_take(a->w.d, &a->f.item, cs_buf_view(&a->sealed));
}

/* A lack of memory makes nothing unreadable, and leaves nothing half done. */
static void
test_allocations(void **state)
{
	struct cs_buf bundle = { 0 };
	struct desk_filing row;
	struct attempt a;

	(void)state;
	world_init(&a.w);
	filed_notice(&a.f, 1, CS_FILING_TRAFFICKING);
	filed_by(&a.f, 3, "Shelter");
	filed_handle(&a.f, "alma");
	with_bundle(&a.w, &a.f, &bundle, no_files);
	filed_seal(&a.w, &a.f, &a.sealed);
	cs_test_allocations(try_take, &a);
	assert_ok(desk_filing_load(&row, a.w.d, 1));
	assert_string_equal(row.problem, "");
	assert_int_equal(row.case_id, 1);
	desk_filing_clear(&row);
	assert_int_equal(
	    world_count(&a.w, "SELECT COUNT(*) FROM filing_file"), 1);
	assert_int_equal(world_count(&a.w, "SELECT COUNT(*) FROM report"), 1);
	assert_ok(cs_desk_audit_verify(a.w.d, NULL, NULL));
	cs_buf_free(&a.sealed);
	cs_buf_free(&bundle);
	world_clear(&a.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_evidence_twice),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_not_signed),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
