/* SPDX-License-Identifier: MIT */
/* Which case a notice belongs to, and how grave it is. */
#include "desk/cases/notice.h"

#include "content/evidence.h"
#include "content/filing_body.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/photos/index.h"
#include "desk/photos/media.h"
#include "desk/photos/photo.h"
#include "franking/filing.h"
#include "phash/phash.h"
#include "unit/desk/notice_home.h"

/* A handle that a notice names, and one that a report is about. */
static void
test_same_account(void **state)
{
	static const int of_alma[] = { 0, -1 };
	struct filed f;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take(&w, 0x11); /* alma's */
	filed_notice(&f, 1, CS_FILING_OTHER);
	filed_handle(&f, "Alma@hub.example");
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 1), 1);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "reason"), "threat-to-life");
	json_decref(o);
	/* Somebody of another hub, or with a longer name, is somebody else. */
	filed_notice(&f, 2, CS_FILING_OTHER);
	filed_handle(&f, "alma@elsewhere.example");
	filed_handle(&f, "almanac");
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 2), 2);
	/* What was decided takes no notice. */
	dismiss(&w, 1);
	filed_notice(&f, 3, CS_FILING_OTHER);
	filed_handle(&f, "alma");
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 3), 3);
	filed_notice(&f, 4, CS_FILING_OTHER);
	filed_handle(&f, "alma");
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 4), 3);
	/* And a report of something else of hers joins the notices. */
	world_clear(&w);
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_FRAUD);
	filed_handle(&f, "alma");
	filed_take(&w, &f);
	take_for(&w, 0x12, 0x12, of_alma, CS_REASON_SPAM);
	o = show(&w, 1);
	assert_int_equal(json_get_num(o, "reports"), 1);
	assert_string_equal(json_get_str(o, "reason"), "fraud");
	json_decref(o);
	world_clear(&w);
}

/* Two cases that become one have what was filed in both, and the sooner
 * deadline. */
static void
test_merged(void **state)
{
	struct desk_case c;
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_OTHER);
	f.item.received_ms = EW_NOW_MS;
	filed_take(&w, &f);
	filed_notice(&f, 2, CS_FILING_TRAFFICKING);
	f.item.received_ms = EW_NOW_MS;
	filed_handle(&f, "alma");
	filed_take(&w, &f);
	merge(&w, 2, 1);
	assert_int_equal(filed_case(&w, 2), 1);
	assert_ok(desk_case_load(&c, w.d, 1));
	assert_int_equal(c.notices, 2);
	assert_int_equal(c.severity, 5);
	assert_int_equal(c.answer_ms, EW_NOW_MS + 24 * CS_HOUR_MS);
	assert_int_equal(c.news_version, c.version);
	desk_case_clear(&c);
	/* Whom the one named is found by the other. */
	filed_notice(&f, 3, CS_FILING_FRAUD);
	filed_handle(&f, "alma");
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 3), 1);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

static uint64_t
rank_of(struct world *w, uint64_t case_id)
{
	uint64_t rank;

	assert_ok(cs_db_get_int(&rank, w->d->db,
	    "SELECT rank FROM cases WHERE id=?", cs_int(case_id)));
	return rank;
}

/* Many notices about one thing are as urgent as the first. */
static void
test_numbers(void **state)
{
	uint64_t now = cs_clock_ms(), rank;
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	for (uint64_t i = 1; i <= 20; i++) {
		filed_notice(&f, i, CS_FILING_HATE);
		filed_handle(&f, "alma");
		f.item.received_ms = now + i;
		filed_take(&w, &f);
		assert_int_equal(filed_case(&w, i), 1);
		if (i == 1)
			rank = rank_of(&w, 1);
	}
	assert_int_equal(rank_of(&w, 1), rank);
	/* The soonest deadline stands first within a severity. */
	filed_notice(&f, 30, CS_FILING_HATE);
	f.item.received_ms = now - CS_DAY_MS;
	filed_take(&w, &f);
	assert_true(rank_of(&w, 2) < rank);
	filed_notice(&f, 31, CS_FILING_DANGER);
	f.item.received_ms = now + CS_DAY_MS;
	filed_take(&w, &f);
	assert_true(rank_of(&w, 3) < rank_of(&w, 2));
	world_clear(&w);
}

/* More and an appeal belong to their notice. */
static void
test_about(void **state)
{
	struct desk_case c;
	struct filed f;
	struct world w;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_TRAFFICKING);
	filed_take(&w, &f);
	filed_about(&f, 2, CS_FILING_MORE, 1);
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 2), 1);
	assert_ok(desk_case_load(&c, w.d, 1));
	assert_int_equal(c.notices, 1);
	assert_true(c.news);
	assert_int_equal(c.news_version, c.version);
	desk_case_clear(&c);
	/* Of a notice that the desk does not know there is nothing to answer,
	 * but to an appeal. */
	filed_about(&f, 4, CS_FILING_MORE, 98);
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 4), 0);
	filed_about(&f, 3, CS_FILING_APPEAL, 99);
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 3), 2);
	world_clear(&w);
}

/* A report for spam of a message with a photo, which is media 1. */
static void
take_photo(struct world *w)
{
	static const int with_photo[] = { 4, -1 };
	struct ew_report r;
	uint8_t number[16];

	memset(number, 0x11, sizeof number);
	ew_pick(&r, &w->e, with_photo);
	memcpy(r.in.report_id, number, sizeof number);
	r.in.reason = CS_REASON_SPAM;
	r.media.bytes = none; /* they are fetched */
	world_take(w, number, &r);
}

/* A list of people at risk raises the case of a report, once, and with it
 * whatever its reason; and nobody outside hears of it. */
static void
test_risk(void **state)
{
	static const uint8_t hashes[CS_PDQ_TURNS][CS_PDQ_LEN] = { { 1 } };
	struct desk_media p;
	struct filed f;
	struct world w;
	bool more = true;
	json_t *o;

	(void)state;
	world_init(&w);
	take_photo(&w);
	assert_ok(desk_media_load(&p, w.d, 1));
	assert_ok(desk_media_save(w.d, &p, DESK_MEDIA_PRESENT));
	desk_media_clear(&p);
	assert_ok(desk_index_add(w.d, 1, hashes));
	filed_hashes(&f, 1, 1);
	filed_by(&f, 9, "Shelter");
	filed_take(&w, &f);
	for (unsigned i = 0; more && i < 10; i++)
		assert_ok(desk_photos_look(w.d, 0, &more));
	o = show(&w, 1);
	assert_true(json_get_bool(o, "risk"));
	assert_int_equal(json_get_num(o, "severity"), 5);
	assert_string_equal(json_get_str(o, "reason"), "spam");
	json_decref(o);
	/* What is on its way to the hub is the answer about the hashes. */
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 1);
	assert_int_equal(world_count(&w,
			     "SELECT COUNT(*) FROM audit"
			     " WHERE case_id=1 AND quiet=0"),
	    3); /* opened, found, shown */
	world_clear(&w);
}

/* A photo that is reported after a notice with its hash is of the same case;
 * and a notice with the hash of a photo in a case is, too. */
static void
test_same_photo(void **state)
{
	static const uint8_t hashes[CS_PDQ_TURNS][CS_PDQ_LEN] = { { 2 } };
	struct cs_filing_hash hash = { .pdq = { 3 } };
	struct desk_neighbours found;
	struct desk_media p;
	struct desk_match m;
	struct filed f;
	struct world w;
	bool more;

	(void)state;
	world_init(&w);
	filed_notice(&f, 1, CS_FILING_INTIMATE_IMAGES);
	assert_ok(cs_filing_hash_add(&f.hashes, &hash));
	f.body.hashes = cs_buf_view(&f.hashes);
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 1), 1);
	assert_ok(desk_index_refresh(w.d, UINT64_MAX, &more));
	assert_ok(desk_index_find(&found, w.d, hashes, 1));
	assert_int_equal(found.n, 1);
	assert_int_equal(found.found[0].distance, 1);
	assert_ok(desk_index_describe(&m, w.d, &found.found[0], 0));
	assert_int_equal(m.kind, DESK_MATCH_NOTICE);
	assert_int_equal(m.case_id, 1);
	assert_int_equal(m.media, 1);
	/* The other way around. */
	take_photo(&w);
	assert_ok(desk_media_load(&p, w.d, 1));
	assert_int_equal(p.case_id, 2);
	desk_media_clear(&p);
	assert_ok(desk_index_add(w.d, 1, hashes));
	assert_ok(cs_db_exec(w.d->db, "DELETE FROM hash WHERE id=1"));
	filed_notice(&f, 2, CS_FILING_INTIMATE_IMAGES);
	assert_ok(cs_filing_hash_add(&f.hashes, &hash));
	f.body.hashes = cs_buf_view(&f.hashes);
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 2), 2);
	/* Far from it is another photo. */
	memset(hash.pdq, 0xff, sizeof hash.pdq);
	filed_notice(&f, 3, CS_FILING_INTIMATE_IMAGES);
	assert_ok(cs_filing_hash_add(&f.hashes, &hash));
	f.body.hashes = cs_buf_view(&f.hashes);
	filed_take(&w, &f);
	assert_int_equal(filed_case(&w, 3), 3);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_account),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_about),
		cmocka_unit_test(test_risk),
		cmocka_unit_test(test_same_photo),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
