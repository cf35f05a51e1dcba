/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "client/home/shelf.h"
#include "crypto/init.h"
#include "support/test.h"
#include "support/told_world.h"

#define MESSAGES 30

struct seen {
	char names[64];
	struct cs_client_listed of[4];
	char last[4][32], draft[4][32];
	size_t n;
};

static enum cs_err
see(void *arg, const struct cs_client_listed *l)
{
	struct seen *s = arg;

	strcat(s->names, l->name);
	s->of[s->n] = *l;
	if (l->last != NULL)
		snprintf(s->last[s->n], sizeof s->last[0], "%.*s",
		    (int)l->last->text.len, (const char *)l->last->text.data);
	snprintf(s->draft[s->n], sizeof s->draft[0], "%.*s", (int)l->draft.len,
	    (const char *)l->draft.data);
	s->n++;
	return CS_OK;
}

static void
test_listing(void **state)
{
	struct told_world w;
	struct seen s = { 0 };
	struct client_group a, b;
	char id_a[30], id_b[30];

	(void)state;
	told_world_init(&w);
	assert_ok(cs_client_listing(w.c, see, &s));
	assert_int_equal(s.n, 0);
	a = told_group(&w, "a", id_a);
	b = told_group(&w, "b", id_b);
	told_message(&w, &a, 1, CS_CLIENT_RECEIVED, "first");
	told_message(&w, &b, 2, CS_CLIENT_RECEIVED, "other");
	told_message(&w, &a, 3, CS_CLIENT_SENT, "mine");
	told_message(&w, &a, 4, CS_CLIENT_RECEIVED, "last");
	assert_ok(cs_client_listing(w.c, see, &s));
	assert_string_equal(s.names, "ab");
	assert_int_equal(s.of[0].unread, 2);
	assert_int_equal(s.of[1].unread, 1);
	assert_string_equal(s.last[0], "last");
	assert_string_equal(s.last[1], "other");
	assert_true(s.of[0].time_ms == 1700000000004);

	/* What was seen up to one message is of one conversation. */
	assert_ok(cs_client_seen(w.c, id_a, told_id(3)));
	memset(&s, 0, sizeof s);
	assert_ok(cs_client_listing(w.c, see, &s));
	assert_int_equal(s.of[0].unread, 1);
	assert_int_equal(s.of[1].unread, 1);
	assert_err(cs_client_seen(w.c, id_a, told_id(9)), CS_ERR_NOT_FOUND);
	assert_err(cs_client_seen(w.c, "nobody", told_id(3)), CS_ERR_NOT_FOUND);
	told_world_clear(&w);
}

static void
test_shelf(void **state)
{
	const struct cs_client_shelf pinned = { .pinned = true },
				     nothing = { 0 };
	struct told_world w;
	struct seen s = { 0 };
	struct client_group g;
	char id[30];

	(void)state;
	told_world_init(&w);
	g = told_group(&w, "a", id);
	told_message(&w, &g, 1, CS_CLIENT_RECEIVED, "first");
	assert_ok(cs_client_shelve(w.c, id, &pinned));
	assert_ok(cs_client_draft(w.c, id, cs_view_str("half a"), told_id(1)));
	assert_ok(cs_client_listing(w.c, see, &s));
	assert_true(s.of[0].marks.pinned && !s.of[0].marks.muted);
	assert_string_equal(s.draft[0], "half a");
	assert_true(s.of[0].is_reply);
	assert_int_equal(s.of[0].reply_to[31], 1);
	/* A draft leaves the marks, and the marks the draft. */
	assert_ok(cs_client_shelve(w.c, id, &nothing));
	assert_ok(cs_client_draft(w.c, id, cs_view_str("b"), NULL));
	memset(&s, 0, sizeof s);
	assert_ok(cs_client_listing(w.c, see, &s));
	assert_true(!s.of[0].marks.pinned && !s.of[0].is_reply);
	assert_string_equal(s.draft[0], "b");
	assert_err(
	    cs_client_draft(w.c, id, cs_view_str("\xff"), NULL), CS_ERR_FORMAT);
	assert_err(cs_client_draft(w.c, id, cs_view_str("b"), told_id(7)),
	    CS_ERR_NOT_FOUND);
	told_world_clear(&w);
}

/* What is on the disk says nothing of what was written. */
static void
test_shelf_is_sealed(void **state)
{
	struct told_world w;
	struct client_shelf s;
	struct cs_buf plain = { 0 };
	struct client_group g;
	char id[30];

	(void)state;
	told_world_init(&w);
	g = told_group(&w, "a", id);
	assert_ok(cs_client_draft(w.c, id, cs_view_str("my secret"), NULL));
	assert_ok(cs_db_exec(w.c->db,
	    "UPDATE shelf SET sealed=substr(sealed,1,length(sealed)-1)"));
	assert_int_not_equal(
	    client_shelf_load(&s, &plain, w.c, client_group_id(&g)), CS_OK);
	cs_buf_free(&plain);
	told_world_clear(&w);
}

/* ---- pages -------------------------------------------------------------- */

struct page {
	uint8_t of[MESSAGES];
	size_t n;
};

static enum cs_err
turn(void *arg, const struct cs_client_message *m)
{
	struct page *p = arg;

	p->of[p->n++] = m->mid[0];
	return CS_OK;
}

static void
check_page(struct told_world *w, const char *id,
    const struct cs_client_page *page, unsigned from, unsigned n)
{
	struct page p = { 0 };

	assert_ok(cs_client_conversation(w->c, id, page, turn, &p));
	assert_int_equal(p.n, n);
	for (size_t i = 0; i < p.n; i++)
		assert_int_equal(p.of[i], from + i);
}

static void
test_pages(void **state)
{
	struct told_world w;
	struct client_group a, b;
	char id[30], other[30];

	(void)state;
	told_world_init(&w);
	a = told_group(&w, "a", id);
	b = told_group(&w, "b", other);
	for (uint8_t i = 1; i <= MESSAGES; i++) {
		told_message(&w, &a, i, CS_CLIENT_RECEIVED, "x");
		told_message(
		    &w, &b, (uint8_t)(i + 100), CS_CLIENT_RECEIVED, "y");
	}
	check_page(&w, id, &(struct cs_client_page){ .most = 10 }, 21, 10);
	check_page(&w, id,
	    &(struct cs_client_page){ .most = 10, .before = told_id(21) }, 11,
	    10);
	check_page(&w, id,
	    &(struct cs_client_page){ .most = 10, .before = told_id(4) }, 1, 3);
	check_page(&w, id,
	    &(struct cs_client_page){ .most = 10, .after = told_id(11) }, 12,
	    10);
	check_page(&w, id,
	    &(struct cs_client_page){ .most = 10, .after = told_id(MESSAGES) },
	    0, 0);
	check_page(&w, id,
	    &(struct cs_client_page){ .most = 10, .around = told_id(15) }, 10,
	    10);
	check_page(&w, id,
	    &(struct cs_client_page){ .most = 10, .around = told_id(1) }, 1, 5);
	told_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_listing),
		cmocka_unit_test(test_shelf),
		cmocka_unit_test(test_shelf_is_sealed),
		cmocka_unit_test(test_pages),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
