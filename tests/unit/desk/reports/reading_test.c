/* SPDX-License-Identifier: MIT */
/* Who read which message, and when, is written down once for each reading. */
#include <stdio.h>

#include "base/units.h"
#include "content/custody.h"
#include "content/mimi.h"
#include "crypto/init.h"
#include "desk/core/actor.h"
#include "desk/reports/custody.h"
#include "desk/reports/reading.h"
#include "desk/show/printable.h"
#include "store/clock.h"
#include "store/vault.h"
#include "unit/desk/case_home.h"

static const struct cs_desk_actor rita = {
	.id = 1, .name = "rita", .pseudonym = "R-1", .role = CS_DESK_REVIEWER
};
static const struct cs_desk_actor ute = {
	.id = 2, .name = "ute", .pseudonym = "R-2", .role = CS_DESK_AUDITOR
};
static const int one[] = { 0, -1 }, two[] = { 0, 1, -1 };

static void
read_as(struct world *w, const struct cs_desk_actor *actor)
{
	json_t *o = json_object();

	assert_ok(cs_desk_case_show(o, w->d, actor, 1, 0));
	assert_true(json_array_size(json_object_get(o, "items")) != 0);
	json_decref(o);
}

/* The lines of the log that say that somebody has read something. */
struct lines {
	unsigned n;
	char last[120]; /* "rita 0 1: 1-3" */
};

static void
see_line(void *arg, const struct cs_desk_audit_line *line)
{
	struct lines *l = arg;

	if (strcmp(line->what, "read") != 0)
		return;
	l->n++;
	assert_int_equal(line->after->n, 1);
	assert_string_equal(line->after->at[0].name, "messages");
	snprintf(l->last, sizeof l->last, "%s %llu %llu: %s", line->actor,
	    (unsigned long long)line->token, (unsigned long long)line->case_id,
	    line->after->at[0].text);
}

static void
lines_are(struct world *w, unsigned n, const char *last)
{
	struct lines l = { 0 };

	assert_ok(cs_desk_audit_verify(w->d, see_line, &l));
	assert_int_equal(l.n, n);
	assert_string_equal(l.last, last);
}

static void
test_once_a_reading(void **state)
{
	struct cs_desk_actor program = rita;
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, two);
	read_as(&w, &rita);
	lines_are(&w, 1, "rita 0 1: 1-2");
	read_as(&w, &rita);
	lines_are(&w, 1, "rita 0 1: 1-2");
	/* Somebody else, who only reads; and a program of hers. */
	read_as(&w, &ute);
	lines_are(&w, 2, "ute 0 1: 1-2");
	program.token = 7;
	read_as(&w, &program);
	lines_are(&w, 3, "rita 7 1: 1-2");
	read_as(&w, &program);
	lines_are(&w, 3, "rita 7 1: 1-2");
	/* Only what is new. */
	take_some(&w, 0x12, one);
	read_as(&w, &rita);
	lines_are(&w, 4, "rita 0 1: 3");
	assert_int_equal(world_count(&w,
			     "SELECT COUNT(*) FROM custody WHERE report="
			     "x'11111111111111111111111111111111'"),
	    3);
	world_clear(&w);
}

/* Set the beginning of Rita's reading of message 1, as the desk seals it. */
static void
set_begin(struct world *w, uint64_t at_ms)
{
	struct cs_buf sealed = { 0 };
	uint8_t name[24] = { 0 }, at[8];

	name[7] = 1;
	name[23] = 1;
	cs_vault_row(at, at_ms);
	assert_ok(cs_vault_seal(
	    &sealed, &w->d->key, "reading", CS_VIEW_OF(name), CS_VIEW_OF(at)));
	assert_ok(cs_db_exec(w->d->db,
	    "UPDATE reading SET sealed=?,at=? WHERE person=1 AND item=1",
	    cs_blob(cs_buf_view(&sealed)), cs_int(at_ms)));
	cs_buf_free(&sealed);
}

/* Hours later it is another reading. */
static void
test_later(void **state)
{
	uint64_t now = cs_clock_ms();
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, two);
	read_as(&w, &rita);
	set_begin(&w, now - DESK_READING_MS + CS_MINUTE_MS);
	read_as(&w, &rita);
	lines_are(&w, 1, "rita 0 1: 1-2");
	set_begin(&w, now - DESK_READING_MS);
	read_as(&w, &rita);
	lines_are(&w, 2, "rita 0 1: 1");
	/* A time that is still to come is none. */
	set_begin(&w, now + CS_DAY_MS);
	read_as(&w, &rita);
	lines_are(&w, 3, "rita 0 1: 1");
	/* What is over is forgotten, and what was written stays. */
	assert_ok(desk_readings_forget(w.d, now + CS_MINUTE_MS));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM reading"), 2);
	assert_ok(desk_readings_forget(w.d, now + 2 * DESK_READING_MS));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM reading"), 0);
	lines_are(&w, 3, "rita 0 1: 1");
	world_clear(&w);
}

/* Nobody keeps a reading out of the log by writing into the file. */
static void
test_tampered(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, two);
	read_as(&w, &rita);
	/* Hers for Ute's; one message's for another's; rubbish. */
	assert_ok(cs_db_exec(w.d->db,
	    "INSERT INTO reading SELECT 2,token,item,at,sealed FROM reading"));
	read_as(&w, &ute);
	lines_are(&w, 2, "ute 0 1: 1-2");
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE reading SET sealed=(SELECT sealed FROM reading WHERE"
	    " person=1 AND item=1) WHERE person=1 AND item=2"));
	read_as(&w, &rita);
	lines_are(&w, 3, "rita 0 1: 2");
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE reading SET sealed=x'00' WHERE person=1 AND item=1"));
	read_as(&w, &rita);
	lines_are(&w, 4, "rita 0 1: 1");
	world_clear(&w);
}

/* What cannot be written down is not shown. */
static void
test_not_written(void **state)
{
	json_t *o = json_object();
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, two);
	assert_ok(cs_db_exec(w.d->db,
	    "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN"
	    " SELECT RAISE(ABORT,'full'); END"));
	assert_true(cs_desk_case_show(o, w.d, &rita, 1, 0) != CS_OK);
	assert_int_equal(json_array_size(json_object_get(o, "items")), 0);
	json_decref(o);
	world_clear(&w);
}

/* The report itself, by its number, and what is printed. */
static void
test_report_printed(void **state)
{
	uint8_t id[CS_ID_LEN];
	struct cs_buf page = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, two);
	memset(id, 0x11, sizeof id);
	assert_ok(cs_desk_report_note_read(w.d, &rita, id));
	assert_ok(cs_desk_report_note_read(w.d, &rita, id));
	read_as(&w, &rita);
	lines_are(&w, 1, "rita 0 1: 1-2");
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM custody"), 1);
	assert_ok(
	    cs_desk_case_print(&page, w.d, &rita, 1, CS_DESK_PRINT_NO_PHOTOS));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM custody"), 2);
	cs_buf_free(&page);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once_a_reading),
		cmocka_unit_test(test_later),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_not_written),
		cmocka_unit_test(test_report_printed),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
