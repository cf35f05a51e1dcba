/* SPDX-License-Identifier: MIT */
#include "client/home/expiry.h"
#include "client/home/touched.h"
#include "crypto/init.h"
#include "support/test.h"
#include "support/told_world.h"

static enum cs_err
see(void *arg, const struct cs_client_listed *l)
{
	strcat(arg, l->gone ? l->id : l->name);
	return CS_OK;
}

/* What a look after ${then} shows, as text: names, gone as their ids. */
static const char *
since(struct told_world *w, uint64_t *then, bool whole)
{
	static char names[128];
	struct cs_client_since asked = { .then = *then };

	names[0] = '\0';
	assert_ok(cs_client_listing_since(&asked, w->c, see, names));
	assert_int_equal(asked.whole, whole);
	*then = asked.now;
	return names;
}

static void
test_since(void **state)
{
	const struct cs_client_shelf pinned = { .pinned = true };
	struct told_world w;
	struct client_group a, b;
	char id_a[30], id_b[30];
	uint64_t then = 0, first, wrong;
	uint8_t mid[CS_CLIENT_MID_LEN];

	(void)state;
	told_world_init(&w);
	a = told_group(&w, "a", id_a);
	b = told_group(&w, "b", id_b);
	assert_string_equal(since(&w, &then, true), "ab");
	assert_string_equal(since(&w, &then, false), "");
	first = then;

	told_message(&w, &b, 1, CS_CLIENT_RECEIVED, "first");
	assert_string_equal(since(&w, &then, false), "b");
	assert_string_equal(since(&w, &then, false), "");
	assert_ok(cs_client_seen(w.c, id_b, told_id(1)));
	assert_string_equal(since(&w, &then, false), "b");
	assert_ok(cs_client_shelve(w.c, id_a, &pinned));
	assert_string_equal(since(&w, &then, false), "a");
	assert_ok(cs_client_draft(w.c, id_a, cs_view_str("half"), NULL));
	told_message(&w, &b, 2, CS_CLIENT_SENT, "second");
	assert_string_equal(since(&w, &then, false), "ab");
	/* Another window looked earlier. */
	assert_string_equal(since(&w, &first, false), "ab");

	/* What was taken back did not happen. */
	assert_ok(cs_db_begin(w.c->db));
	told_message(&w, &a, 3, CS_CLIENT_RECEIVED, "third");
	cs_db_rollback(w.c->db);
	assert_string_equal(since(&w, &then, false), "");

	/* Whoever is called otherwise may be in all of them. */
	assert_ok(cs_client_alias(w.c, id_a, "mine"));
	assert_string_equal(since(&w, &then, true), "ab");

	/* A message that vanishes, before anybody took it away, and then. */
	memset(mid, 1, sizeof mid);
	assert_ok(
	    cs_db_exec(w.c->db, "UPDATE message SET expires=? WHERE mid=?",
		cs_int(1), cs_blob(CS_VIEW_OF(mid))));
	assert_string_equal(since(&w, &then, false), "b");
	assert_string_equal(since(&w, &then, false), "b");
	assert_ok(client_expire(w.c));
	assert_string_equal(since(&w, &then, false), "b");
	assert_string_equal(since(&w, &then, false), "");

	assert_ok(cs_db_exec(w.c->db, "DELETE FROM grp WHERE id=?",
	    cs_blob(client_group_id(&b))));
	assert_string_equal(since(&w, &then, false), id_b);
	/* Numbers that were never given. */
	wrong = then + 1;
	assert_string_equal(since(&w, &wrong, true), "a");
	wrong = UINT64_MAX;
	assert_string_equal(since(&w, &wrong, true), "a");
	wrong = 1;
	assert_string_equal(since(&w, &wrong, true), "a");
	assert_true(then < (uint64_t)1 << 53);
	told_world_clear(&w);
}

/* ---- tables ------------------------------------------------------------- */

/* Does ${sql} touch ${group}, or all of them where that is empty? */
static void
check_touches(struct told_world *w, const char *sql, const char *group)
{
	struct client_touched before = { 0 }, after = { 0 };
	bool found = false;
	struct cs_reader r;

	assert_ok(client_touched_since(&before, w->c, 0));
	assert_ok(cs_db_exec(w->c->db, sql));
	assert_ok(client_touched_since(&after, w->c, before.now));
	r = cs_reader(cs_buf_view(&after.ids));
	while (cs_reader_more(&r))
		found |= cs_view_equal(cs_read_vec(&r), cs_view_str(group));
	if (group[0] == '\0' ? !after.whole : !found || after.whole)
		fail_msg("%s", sql);
	cs_buf_free(&before.ids);
	cs_buf_free(&after.ids);
}

/* Every table of which a list shows something has its triggers. */
static void
test_tables(void **state)
{
	static const char *const of_b[] = {
		"INSERT INTO shelf(grp,sealed) VALUES(x'62',x'')",
		"UPDATE shelf SET sealed=x'01'",
		"DELETE FROM shelf",
		"INSERT INTO room(grp,what,seq,there,sealed)"
		" VALUES(x'62',1,1,0,x'')",
		"UPDATE room SET seq=2",
		"DELETE FROM room",
		"INSERT INTO outbox(message,sealed) SELECT id,x'' FROM message",
		"DELETE FROM outbox",
		"INSERT INTO receipt(message,account,status)"
		" SELECT id,x'00',1 FROM message",
		"UPDATE receipt SET status=2",
		"DELETE FROM receipt",
		"UPDATE message SET gone=1",
		"DELETE FROM message",
		"UPDATE grp SET meta=x'' WHERE id=x'62'",
		"DELETE FROM grp WHERE id=x'62'",
	};
	static const char *const of_all[] = {
		"INSERT INTO contact(account,sealed) VALUES(x'00',x'')",
		"UPDATE contact SET sealed=x'01'",
		"DELETE FROM contact",
		"INSERT INTO alias(of,sealed) VALUES(x'00',x'')",
		"UPDATE alias SET sealed=x'01'",
		"DELETE FROM alias",
	};
	struct told_world w;
	struct client_group b;
	char id[30];

	(void)state;
	told_world_init(&w);
	(void)told_group(&w, "a", id);
	b = told_group(&w, "b", id);
	told_message(&w, &b, 1, CS_CLIENT_SENT, "first");
	for (size_t i = 0; i < sizeof of_b / sizeof of_b[0]; i++)
		check_touches(&w, of_b[i], "b");
	for (size_t i = 0; i < sizeof of_all / sizeof of_all[0]; i++)
		check_touches(&w, of_all[i], "");
	told_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_tables),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
