/* SPDX-License-Identifier: MIT */
/* Files of reports: what the hub gives counts only if it is what the message
 * names, hides nothing of others, and is asked for once a report. */
#include "desk/reports/file.h"

#include <unistd.h>

#include "content/media.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "desk/core/row.h"
#include "desk/photos/photo.h"
#include "desk/reports/report.h"
#include "net/blob.h"
#include "unit/desk/desk_home.h"

/* It was decrypted; that world's photo says "image" and is none. */
#define IS_HERE CS_ERR_TYPE

/* What the hub gives, and how often it was asked. */
static struct cs_view given;
static enum cs_err given_err;
static unsigned asked;

enum cs_err __wrap_cs_blob_fetch(struct cs_session *s, struct cs_blob_fetch *f);
enum cs_err
__wrap_cs_blob_fetch(struct cs_session *s, struct cs_blob_fetch *f)
{
	enum cs_err err;

	(void)s;
	asked++;
	if (given_err)
		return given_err;
	for (size_t at = 0; at < given.len; at += 7) {
		size_t n = given.len - at < 7 ? given.len - at : 7;

		if ((err = f->take(f->arg, cs_view(given.data + at, n))))
			return err;
	}
	f->done = given.len;
	return CS_OK;
}

/* Two reports of the same message with a photo, which is not here. */
struct scene {
	struct world w;
	struct cs_desk_report_opened a, b;
	size_t item;
};

static void
open_report(struct scene *s, struct cs_desk_report_opened *r, uint8_t number)
{
	uint8_t id[16];

	memset(id, number, sizeof id);
	assert_ok(cs_desk_report_load(r, s->w.d, id));
	assert_non_null(r->evidence);
}

static void
scene_init(struct scene *s)
{
	static const int photo[] = { 0, 4, -1 };
	uint8_t id[16];
	struct ew_report r;

	memset(s, 0, sizeof *s);
	world_init(&s->w);
	for (uint8_t k = 0x11; k <= 0x12; k++) {
		memset(id, k, sizeof id);
		ew_pick(&r, &s->w.e, photo);
		memcpy(r.in.report_id, id, sizeof id);
		r.media.bytes = none; /* they are fetched */
		world_take(&s->w, id, &r);
	}
	open_report(s, &s->a, 0x11);
	open_report(s, &s->b, 0x12);
	while (s->a.evidence->items[s->item].proof.content.n_external == 0)
		s->item++;
	given_err = CS_OK;
	given = cs_buf_view(&s->w.e.sealed);
	asked = 0;
}

static void
scene_clear(struct scene *s)
{
	cs_desk_report_clear(&s->a);
	cs_desk_report_clear(&s->b);
	world_clear(&s->w);
}

static enum cs_err
fetch(struct scene *s, const struct cs_desk_report_opened *r)
{
	return desk_file_fetch(s->w.d, r, s->item, 0, DESK_FETCH_UNASKED);
}

static enum cs_err
open_file(struct scene *s, const struct cs_desk_report_opened *r)
{
	struct cs_buf out = { 0 };
	enum cs_err err = desk_file_open(&out, s->w.d, r, s->item, 0);

	cs_buf_free(&out);
	return err;
}

static void
test_right(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	assert_err(open_file(&s, &s.a), CS_ERR_NOT_FOUND);
	assert_ok(fetch(&s, &s.a));
	assert_err(open_file(&s, &s.a), IS_HERE);
	assert_ok(fetch(&s, &s.a));
	assert_ok(fetch(&s, &s.b));
	assert_err(open_file(&s, &s.b), IS_HERE);
	assert_int_equal(asked, 1);
	scene_clear(&s);
}

/* A wrong file is a finding on the report that has it; the right one of another
 * report comes all the same, and then serves both. */
static void
test_wrong(void **state)
{
	static const char other[] = "something else";
	struct scene s;

	(void)state;
	scene_init(&s);
	given = cs_view_str(other);
	assert_err(fetch(&s, &s.a), CS_ERR_DIGEST);
	assert_err(open_file(&s, &s.a), CS_ERR_NOT_FOUND);
	/* Asked once, whatever it was. */
	given = cs_buf_view(&s.w.e.sealed);
	assert_err(fetch(&s, &s.a), CS_ERR_DIGEST);
	assert_int_equal(asked, 1);
	assert_ok(fetch(&s, &s.b));
	assert_int_equal(asked, 2);
	assert_err(open_file(&s, &s.a), IS_HERE);
	assert_err(open_file(&s, &s.b), IS_HERE);
	scene_clear(&s);
}

/* It is gone: that is noted, too. The line breaks: it is asked again. */
static void
test_gone(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	given_err = CS_ERR_CLOSED;
	assert_err(fetch(&s, &s.a), CS_ERR_CLOSED);
	given_err = CS_ERR_NOT_FOUND;
	assert_err(fetch(&s, &s.a), CS_ERR_NOT_FOUND);
	given_err = CS_ERR_LIMIT;
	assert_err(fetch(&s, &s.b), CS_ERR_DIGEST);
	given_err = CS_OK;
	assert_true(fetch(&s, &s.a) != CS_OK);
	assert_err(fetch(&s, &s.b), CS_ERR_DIGEST);
	assert_int_equal(asked, 3);
	scene_clear(&s);
}

/* More than somebody's reports may make the desk fetch waits until a person
 * asks for it. */
static void
test_quota(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	assert_ok(cs_db_exec(s.w.d->db,
	    "INSERT INTO fetched(report,blob,reporter,at,size,hash)"
	    " VALUES(?,x'01',x'01',0,?,x'')",
	    cs_blob(CS_VIEW_OF(s.a.report.id)), cs_int(DESK_FETCH_REPORT)));
	assert_err(fetch(&s, &s.a), CS_ERR_BUSY);
	assert_int_equal(asked, 0);
	assert_ok(desk_file_fetch(s.w.d, &s.a, s.item, 0, DESK_FETCH_ASKED));
	assert_int_equal(asked, 1);
	scene_clear(&s);
	scene_init(&s);
	assert_ok(cs_db_exec(s.w.d->db,
	    "INSERT INTO fetched(report,blob,reporter,at,size,hash)"
	    " VALUES(x'01',x'01',?,?,?,x'')",
	    cs_blob(CS_VIEW_OF(s.b.report.reporter_id)),
	    cs_int(UINT64_MAX >> 2), cs_int(DESK_FETCH_DAY)));
	assert_err(fetch(&s, &s.b), CS_ERR_BUSY);
	assert_ok(cs_db_begin(s.w.d->db));
	assert_ok(desk_files_forget(s.w.d, (const uint8_t[16]){ 1 }));
	assert_ok(cs_db_commit(s.w.d->db));
	assert_int_equal(asked, 0);
	scene_clear(&s);
}

/* What the hub is asked to keep: what the messages name, once. */
static void
test_pins(void **state)
{
	struct cs_wire_blob_get item;
	struct cs_buf list = { 0 };
	struct cs_view rest;
	uint8_t blob[16];
	uint32_t n = 0;
	struct scene s;

	(void)state;
	scene_init(&s);
	assert_ok(desk_files_pins(&list, &n, s.a.evidence));
	assert_int_equal(n, 1);
	assert_ok(cs_mimi_blob(
	    blob, &s.a.evidence->items[s.item].proof.content.external[0]));
	rest = cs_buf_view(&list);
	assert_true(cs_wire_next(&item, &cs_wire_blob_get_shape, &rest));
	assert_memory_equal(item.blob, blob, sizeof blob);
	cs_buf_free(&list);
	scene_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_pins),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
