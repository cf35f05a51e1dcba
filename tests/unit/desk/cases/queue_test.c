/* SPDX-License-Identifier: MIT */
/* The queue: the order of the cases, and finding them. */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/queue.h"
#include "desk/cases/term.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/text.h"
#include "desk/show/queue.h"
#include "store/db.h"
#include "unit/desk/case_home.h"

#define MANY 3000 /* so that most of them are more than queue.c orders */

static void
test_order(void **state)
{
	static const char want[] = "7 5 6 2 3 4 1 8";
	struct cs_desk_query q = { .state = 0,
		.assignee = -1,
		.reason = "",
		.words = "",
		.cursor = "",
		.limit = 3 };
	char got[64] = "", cursor[80] = "";
	struct world w;

	(void)state;
	world_init(&w);
	made_up(
	    &w, &(struct weight){ .reason = "spam", .first_ms = 10 }); /* 1 */
	made_up(&w,
	    &(struct weight){
		.reason = "trafficking", .first_ms = 100 }); /* 2 */
	made_up(&w,
	    &(struct weight){
		.reason = "trafficking", .first_ms = 200 }); /* 3 */
	made_up(&w,
	    &(struct weight){ .reason = "trafficking",
		.flood = true,
		.child = true,
		.first_ms = 1 }); /* 4 */
	made_up(&w,
	    &(struct weight){ .reason = "threat-to-life",
		.threat_ms = 60000000,
		.first_ms = 9 }); /* 5 */
	made_up(&w,
	    &(struct weight){ .reason = "threat-to-life",
		.threat_ms = 90000000,
		.first_ms = 1 }); /* 6 */
	made_up(&w,
	    &(struct weight){ .reason = "child-abuse",
		.child = true,
		.first_ms = 500 }); /* 7 */
	made_up(
	    &w, &(struct weight){ .reason = "spam", .first_ms = 20 }); /* 8 */
	for (unsigned pages = 0; pages < 5; pages++) {
		json_t *out = json_object(), *o;
		size_t i;

		q.cursor = cursor;
		assert_ok(cs_desk_cases(out, w.d, &cs_desk_operator, &q));
		json_array_foreach (json_object_get(out, "items"), i, o) {
			strcat(got, got[0] != '\0' ? " " : "");
			strcat(got, json_get_str(o, "id"));
			assert_string_equal(
			    json_get_str(
				json_array_get(json_object_get(o, "why"), 0),
				"code"),
			    "severity");
		}
		snprintf(
		    cursor, sizeof cursor, "%s", json_get_str(out, "next"));
		json_decref(out);
		if (cursor[0] == '\0')
			break;
	}
	assert_string_equal(got, want);
	world_clear(&w);
}

/* A case that cannot be read is shown, and hides no other. */
static void
test_damaged_in_queue(void **state)
{
	const struct cs_desk_query q = { .state = 0,
		.assignee = -1,
		.reason = "",
		.words = "",
		.cursor = "" };
	json_t *out = json_object(), *items, *o;
	struct world w;

	(void)state;
	world_init(&w);
	made_up(
	    &w, &(struct weight){ .reason = "trafficking", .first_ms = 10 });
	made_up(&w, &(struct weight){ .reason = "spam", .first_ms = 10 });
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE cases SET sealed=zeroblob(60) WHERE id=1"));
	assert_ok(cs_desk_cases(out, w.d, &cs_desk_operator, &q));
	items = json_object_get(out, "items");
	assert_int_equal(json_array_size(items), 2);
	o = json_array_get(items, 0);
	assert_string_equal(json_get_str(o, "id"), "1");
	assert_string_equal(json_get_str(o, "state"), "open");
	assert_string_equal(
	    json_get_str(json_array_get(json_object_get(o, "why"), 0), "code"),
	    "damaged");
	assert_string_equal(
	    json_get_str(json_array_get(items, 1), "reason"), "spam");
	json_decref(out);
	world_clear(&w);
}

/* A case is found by any word of its note, up to the last. */
static void
test_search(void **state)
{
	struct cs_desk_query q = { .state = -1,
		.assignee = -1,
		.reason = "",
		.words = "weapon",
		.cursor = "",
		.limit = 3 };
	struct world w;
	json_t *out;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < 3; i++) {
		made_up(
		    &w, &(struct weight){ .reason = "spam", .first_ms = i });
		assert_ok(desk_terms_add(w.d, i + 1, cs_view_str("a Weapon")));
	}
	out = json_object();
	assert_ok(cs_desk_cases(out, w.d, &cs_desk_operator, &q));
	assert_int_equal(json_array_size(json_object_get(out, "items")), 3);
	json_decref(out);
	q.words = "harmless";
	out = json_object();
	assert_ok(cs_desk_cases(out, w.d, &cs_desk_operator, &q));
	assert_int_equal(json_array_size(json_object_get(out, "items")), 0);
	json_decref(out);
	world_clear(&w);
}

/* Cases of which three in four have a word; every fifth is decided. */
static void
many_with_a_word(struct world *w)
{
	assert_ok(cs_db_begin(w->d->db));
	for (unsigned i = 0; i < MANY; i++) {
		assert_ok(cs_db_exec(w->d->db,
		    "INSERT INTO cases(state,rank,since,due,reason,severity,"
		    "opened,version,sealed) VALUES(?,?,?,0,1,1,0,1,x'')",
		    cs_int(
			i % 5 == 0 ? CS_DESK_CASE_DECIDED : CS_DESK_CASE_OPEN),
		    cs_int(i % 7), cs_int(i)));
		if (i % 4 != 0)
			assert_ok(desk_terms_add(w->d, cs_db_last_id(w->d->db),
			    cs_view_str("a Weapon")));
	}
	assert_ok(cs_db_commit(w->d->db));
}

/* Count what the pages of ${q} show, which is in order. */
static unsigned
count_pages(struct world *w, struct cs_desk_query q)
{
	char cursor[CS_DESK_CURSOR_SIZE] = "";
	uint64_t last = 0;
	unsigned n = 0;

	q.cursor = cursor;
	do {
		json_t *out = json_object(), *o;
		size_t i;

		assert_ok(cs_desk_cases(out, w->d, &cs_desk_operator, &q));
		json_array_foreach (json_object_get(out, "items"), i, o) {
			uint64_t id = desk_id_parse(json_get_str(o, "id"));
			uint64_t at = (id - 1) % 7 * MANY + id;

			assert_true((id - 1) % 4 != 0);
			assert_true(at > last);
			last = at;
			n++;
		}
		snprintf(
		    cursor, sizeof cursor, "%s", json_get_str(out, "next"));
		json_decref(out);
	} while (cursor[0] != '\0');
	return n;
}

/* A word that most cases have is looked for in another way. */
static void
test_common_word(void **state)
{
	struct cs_desk_query q = { .state = -1,
		.assignee = -1,
		.reason = "",
		.words = "weapon",
		.limit = 190 };
	struct world w;

	(void)state;
	world_init(&w);
	many_with_a_word(&w);
	assert_int_equal(count_pages(&w, q), MANY * 3 / 4);
	q.state = CS_DESK_CASE_DECIDED;
	assert_int_equal(count_pages(&w, q), MANY * 3 / 20);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_damaged_in_queue),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_common_word),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
