/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "client/home/client.h"
#include "client/home/message.h"
#include "crypto/init.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma;
	struct cs_client *c;
};

static void
world_init(struct world *w)
{
	cs_test_fixed_random(12);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	temp_dir_clear(&w->dir);
	cs_test_real_random();
}

/* A message id that begins with ${a}, ${b}. */
static const uint8_t *
mid_of(uint8_t a, uint8_t b)
{
	static uint8_t slots[4][32];
	static unsigned next;
	uint8_t *mid = slots[next++ % 4];

	memset(mid, 0x33, 32);
	mid[0] = a;
	mid[1] = b;
	return mid;
}

/* What alma said and the hub has not stamped; the caller frees ${r->body}. */
static struct client_record
record_of(struct cs_buf *body, const char *text)
{
	struct cs_mimi_content content = {
		.sender_uri = cs_view_str("mimi://hub.example/u/alma"),
		.room_uri = cs_view_str("mimi://hub.example/r/1"),
		.has_text = true,
		.text = cs_view_str(text),
	};
	struct client_record r = {
		.kind = CS_CLIENT_RECEIVED,
		.bare = true,
		.late = true,
		.time_ms = 1700000000123,
		.seq = 7,
		.from = "boris",
		.reason = "tag",
	};

	cs_buf_free(body);
	assert_ok(cs_mimi_write(body, &content));
	r.body = cs_buf_view(body);
	return r;
}

static uint64_t
insert(struct world *w, const char *text, const uint8_t *mid)
{
	struct cs_buf body = { 0 };
	struct client_record r = record_of(&body, text);
	uint64_t id;

	assert_ok(client_message_insert(w->c, NULL, &r, mid, &id));
	cs_buf_free(&body);
	return id;
}

static void
assert_text(struct world *w, uint64_t id, const char *text)
{
	struct cs_mimi_content content;
	struct cs_buf plain = { 0 };
	struct client_record r;

	assert_ok(client_message_load(&r, &plain, w->c, id));
	assert_ok(client_message_content(&content, &r));
	assert_view_equal(content.text, cs_view_str(text));
	cs_buf_free(&plain);
}

static void
test_insert(void **state)
{
	struct cs_buf plain = { 0 }, body = { 0 };
	struct client_record r, got;
	struct world w;
	uint64_t id, other;

	(void)state;
	world_init(&w);
	r = record_of(&body, "hello");
	assert_ok(client_message_insert(w.c, NULL, &r, mid_of(1, 1), &id));
	assert_ok(client_message_load(&got, &plain, w.c, id));
	assert_int_equal(got.kind, CS_CLIENT_RECEIVED);
	assert_true(got.late);
	assert_false(got.failed);
	assert_true(got.bare);
	assert_int_equal(got.time_ms, r.time_ms);
	assert_int_equal(got.seq, 7);
	assert_string_equal(got.from, "boris");
	assert_string_equal(got.reason, "tag");
	assert_view_equal(got.body, r.body);
	/* A second message has a number of its own. */
	other = insert(&w, "there", mid_of(1, 2));
	assert_true(other > id);
	assert_text(&w, id, "hello");
	assert_text(&w, other, "there");
	assert_err(client_message_load(&got, &plain, w.c, other + 1),
	    CS_ERR_NOT_FOUND);
	cs_buf_free(&plain);
	cs_buf_free(&body);
	world_clear(&w);
}

static void
test_update(void **state)
{
	struct cs_buf body = { 0 }, plain = { 0 };
	struct client_record r, got;
	struct world w;
	uint64_t id, other;

	(void)state;
	world_init(&w);
	id = insert(&w, "hello", mid_of(1, 1));
	other = insert(&w, "there", mid_of(1, 2));
	r = record_of(&body, "changed");
	r.failed = true;
	r.late = false;
	r.kind = CS_CLIENT_SENT;
	assert_ok(client_message_update(w.c, id, &r));
	assert_ok(client_message_load(&got, &plain, w.c, id));
	assert_int_equal(got.kind, CS_CLIENT_SENT);
	assert_true(got.failed);
	assert_false(got.late);
	assert_text(&w, id, "changed");
	assert_text(&w, other, "there");
	cs_buf_free(&plain);
	cs_buf_free(&body);
	world_clear(&w);
}

static void
test_by_mid(void **state)
{
	struct cs_buf group = { 0 };
	struct world w;
	uint64_t id, got;

	(void)state;
	world_init(&w);
	id = insert(&w, "hello", mid_of(1, 1));
	assert_ok(cs_buf_set(&group, cs_view_str("left from before")));
	assert_ok(client_message_by_mid(&got, &group, w.c, mid_of(1, 1)));
	assert_int_equal(got, id);
	assert_int_equal(group.len, 0);
	assert_ok(client_message_by_mid(&got, NULL, w.c, mid_of(1, 1)));
	assert_err(client_message_by_mid(&got, NULL, w.c, mid_of(1, 2)),
	    CS_ERR_NOT_FOUND);
	/* Events and refusals are no messages. */
	assert_ok(client_event(w.c, NULL, 1, "%s came", "cleo"));
	assert_err(
	    client_message_by_mid(&got, NULL, w.c, (const uint8_t[32]){ 0 }),
	    CS_ERR_NOT_FOUND);
	cs_buf_free(&group);
	world_clear(&w);
}

static enum cs_err
find(struct world *w, const char *prefix, const uint8_t *want)
{
	uint8_t got[32];
	enum cs_err err = cs_client_message_find(w->c, prefix, got);

	if (err == CS_OK)
		assert_memory_equal(got, want, 32);
	else
		assert_string_not_equal(cs_client_problem(w->c), "");
	return err;
}

static void
test_find(void **state)
{
	char hex[66];
	struct world w;

	(void)state;
	world_init(&w);
	insert(&w, "one", mid_of(0xab, 0x01));
	insert(&w, "two", mid_of(0xab, 0x02));
	insert(&w, "last", mid_of(0xff, 0xff));
	assert_ok(client_event(w.c, NULL, 1, "of no id"));
	assert_ok(find(&w, "ab01", mid_of(0xab, 0x01)));
	assert_ok(find(&w, "ab023", mid_of(0xab, 0x02)));
	assert_ok(find(&w, "ffff", mid_of(0xff, 0xff)));
	cs_hex(hex, cs_view(mid_of(0xab, 0x02), 32));
	assert_ok(find(&w, hex, mid_of(0xab, 0x02)));
	/* The prefix fits two. */
	insert(&w, "three", (const uint8_t[32]){ 0xab, 0x01, 0x44 });
	assert_err(find(&w, "ab01", NULL), CS_ERR_EXISTS);
	assert_ok(find(&w, "ab0133", mid_of(0xab, 0x01)));
	assert_err(find(&w, "ab03", NULL), CS_ERR_NOT_FOUND);
	assert_err(find(&w, "0000", NULL), CS_ERR_NOT_FOUND);
	/* Too short, too long, not hex. */
	assert_err(find(&w, "", NULL), CS_ERR_FORMAT);
	assert_err(find(&w, "ab0", NULL), CS_ERR_FORMAT);
	strcat(hex, "0");
	assert_err(find(&w, hex, NULL), CS_ERR_FORMAT);
	assert_err(find(&w, "ab0g", NULL), CS_ERR_FORMAT);
	assert_err(find(&w, "ab%1", NULL), CS_ERR_FORMAT);
	assert_err(find(&w, "ab 1", NULL), CS_ERR_FORMAT);
	world_clear(&w);
}

/* The same message twice is one id. */
static void
test_find_twice(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	insert(&w, "one", mid_of(0xab, 0x01));
	insert(&w, "one", mid_of(0xab, 0x01));
	assert_ok(find(&w, "ab01", mid_of(0xab, 0x01)));
	world_clear(&w);
}

static void
test_sealed(void **state)
{
	struct cs_buf plain = { 0 };
	struct client_record r;
	struct world w;
	uint64_t a, b;

	(void)state;
	world_init(&w);
	a = insert(&w, "one", mid_of(1, 1));
	b = insert(&w, "two", mid_of(1, 2));
	/* Two rows were exchanged. */
	assert_ok(cs_db_exec(w.c->db,
	    "UPDATE message SET grp=(SELECT m.sealed FROM message AS m"
	    " WHERE m.id=?-message.id)",
	    cs_int(a + b)));
	assert_ok(cs_db_exec(w.c->db, "UPDATE message SET sealed=grp"));
	assert_err(client_message_load(&r, &plain, w.c, a), CS_ERR_CORRUPT);
	assert_err(client_message_load(&r, &plain, w.c, b), CS_ERR_CORRUPT);
	assert_ok(cs_db_exec(
	    w.c->db, "UPDATE message SET sealed=x'' WHERE id=?", cs_int(a)));
	assert_err(client_message_load(&r, &plain, w.c, a), CS_ERR_CORRUPT);
	cs_buf_free(&plain);
	world_clear(&w);
}

struct shown {
	unsigned n, notices;
	enum cs_err answer;
	char last[64];
};

static enum cs_err
show(void *arg, const struct cs_client_message *m)
{
	struct shown *s = arg;

	s->n++;
	s->notices += m->kind == CS_CLIENT_EVENT;
	snprintf(s->last, sizeof s->last, "%.*s", (int)m->text.len,
	    (const char *)m->text.data);
	return s->answer;
}

static unsigned
count(struct world *w, enum cs_client_which which)
{
	struct shown s = { 0 };

	assert_ok(cs_client_messages(w->c, which, show, &s));
	return s.n;
}

static void
test_unseen(void **state)
{
	struct shown s = { .answer = CS_ERR_IO };
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(count(&w, CS_CLIENT_UNSEEN), 0);
	insert(&w, "one", mid_of(1, 1));
	assert_ok(client_event(w.c, NULL, 1, "%s came", "cleo"));
	/* They stay unseen unless all were shown. */
	assert_err(
	    cs_client_messages(w.c, CS_CLIENT_UNSEEN, show, &s), CS_ERR_IO);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.last, "one");
	memset(&s, 0, sizeof s);
	assert_ok(cs_client_messages(w.c, CS_CLIENT_UNSEEN, show, &s));
	assert_int_equal(s.n, 2);
	assert_int_equal(s.notices, 1);
	assert_string_equal(s.last, "cleo came");
	assert_int_equal(count(&w, CS_CLIENT_UNSEEN), 0);
	insert(&w, "two", mid_of(1, 2));
	assert_int_equal(count(&w, CS_CLIENT_UNSEEN), 1);
	assert_int_equal(count(&w, CS_CLIENT_UNSEEN), 0);
	assert_int_equal(count(&w, CS_CLIENT_ALL), 3);
	assert_int_equal(count(&w, CS_CLIENT_ALL), 3);
	assert_int_equal(count(&w, CS_CLIENT_REQUESTS), 0);
	world_clear(&w);
}

/* What alma said is not new to her. */
static void
test_sent_is_seen(void **state)
{
	struct cs_buf body = { 0 };
	struct client_record r = record_of(&body, "mine");
	struct world w;

	(void)state;
	world_init(&w);
	r.kind = CS_CLIENT_SENT;
	assert_ok(client_message_insert(w.c, NULL, &r, mid_of(1, 1), NULL));
	assert_int_equal(count(&w, CS_CLIENT_UNSEEN), 0);
	assert_int_equal(count(&w, CS_CLIENT_ALL), 1);
	cs_buf_free(&body);
	world_clear(&w);
}

struct attempt {
	struct world w;
	struct client_record r;
};

static enum cs_err
try_insert(void *arg)
{
	struct attempt *a = arg;

	return client_message_insert(a->w.c, NULL, &a->r, mid_of(1, 1), NULL);
}

static void
test_allocations(void **state)
{
	struct cs_buf body = { 0 };
	struct attempt a;

	(void)state;
	world_init(&a.w);
	a.r = record_of(&body, "hello");
	cs_test_allocations(try_insert, &a);
	cs_buf_free(&body);
	world_clear(&a.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_insert),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_by_mid),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_twice),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_sent_is_seen),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
