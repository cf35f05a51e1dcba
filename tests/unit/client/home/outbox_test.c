/* SPDX-License-Identifier: MIT */
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/outbox.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "support/client_world.h"
#include "support/test.h"

#include <stdlib.h>

struct world {
	struct temp_dir dir;
	struct cw_person alma;
	struct client_group g,
	    other; /* named by the messages; they have no rows */
	struct cs_client *c;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	memcpy(w->g.id, "one", 3);
	memcpy(w->other.id, "two", 3);
	w->g.id_len = w->other.id_len = 3;
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	temp_dir_clear(&w->dir);
}

/* Put a message with ${text} into the outbox. */
static void
add(struct world *w, const struct client_group *g, const char *text,
    uint8_t mid)
{
	const uint8_t mids[CS_CLIENT_MID_LEN] = { mid };
	struct cs_mimi_content content = {
		.has_text = true,
		.text = cs_view_str(text),
		.sender_uri = cs_view_str("mimi://hub.example/u/alma"),
		.room_uri = cs_view_str("mimi://hub.example/r/1"),
	};
	struct cs_buf body = { 0 };
	struct client_record r = {
		.kind = CS_CLIENT_SENT,
		.bare = true,
		.from = "alma",
	};
	uint64_t id;

	assert_ok(cs_mimi_write(&body, &content));
	r.body = cs_buf_view(&body);
	assert_ok(cs_db_begin(w->c->db));
	assert_ok(cs_db_end(
	    w->c->db, client_outbox_add(&id, w->c, g, &r, mids, NULL)));
	cs_buf_free(&body);
}

/* Pretend that the message was encrypted to ${ciphertext}. */
static void
seal(struct world *w, uint64_t id, const char *ciphertext)
{
	struct client_sending s;

	assert_ok(client_outbox_load(&s, w->c, id));
	assert_int_equal(s.ciphertext.len, 0);
	s.epoch = 3;
	s.sender_seq = 7;
	s.claimed_ms = 11;
	s.leaf = 1;
	assert_ok(cs_buf_set(&s.ciphertext, cs_view_str(ciphertext)));
	assert_ok(cs_db_begin(w->c->db));
	assert_ok(cs_db_end(w->c->db, client_outbox_seal(w->c, &s)));
	client_sending_clear(&s);
}

static enum cs_err
seen(struct world *w, const struct client_group *g, const char *ciphertext)
{
	struct cs_stamp stamp = { .group_seq = 9, .accepted_ms = 13 };

	assert_ok(cs_sha256(stamp.msg_hash, cs_view_str(ciphertext)));
	return client_outbox_seen(w->c, g, &stamp);
}

struct counted {
	unsigned waiting, failed, n;
	struct cs_buf texts;
};

static enum cs_err
count_one(void *arg, const struct cs_client_message *m)
{
	struct counted *n = arg;

	n->n++;
	n->waiting += m->waiting;
	n->failed += m->failed;
	return cs_buf_add(&n->texts, m->text);
}

static struct counted
count(struct world *w)
{
	struct counted n = { 0 };

	assert_ok(cs_client_messages(w->c, CS_CLIENT_ALL, count_one, &n));
	assert_view_equal(cs_buf_view(&n.texts), cs_view_str("first second"));
	cs_buf_free(&n.texts);
	return n;
}

/* Messages leave in order, each in its own group. */
static void
test_order(void **state)
{
	uint64_t first, second, id;
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, &w.g, "first ", 1);
	add(&w, &w.other, "s", 2);
	add(&w, &w.g, "econd", 3);
	assert_ok(client_outbox_next(&first, w.c, &w.g, 0));
	assert_ok(client_outbox_next(&second, w.c, &w.g, first));
	assert_true(second > first);
	assert_err(
	    client_outbox_next(&id, w.c, &w.g, second), CS_ERR_NOT_FOUND);
	assert_ok(client_outbox_next(&id, w.c, &w.other, 0));
	assert_true(id > first && id < second);
	assert_int_equal(count(&w).waiting, 3);
	world_clear(&w);
}

/* What was sealed is kept until the stamp comes. */
static void
test_delivered(void **state)
{
	struct client_sending s;
	uint64_t id;
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, &w.g, "first ", 1);
	add(&w, &w.g, "second", 2);
	assert_ok(client_outbox_next(&id, w.c, &w.g, 0));
	seal(&w, id, "ciphertext");
	assert_ok(client_outbox_load(&s, w.c, id));
	assert_view_equal(
	    cs_buf_view(&s.ciphertext), cs_view_str("ciphertext"));
	assert_int_equal(s.epoch, 3);
	assert_int_equal(s.sender_seq, 7);
	assert_int_equal(s.claimed_ms, 11);
	assert_int_equal(s.leaf, 1);
	client_sending_clear(&s);
	assert_err(seen(&w, &w.g, "another"), CS_ERR_NOT_FOUND);
	assert_err(seen(&w, &w.other, "ciphertext"), CS_ERR_NOT_FOUND);
	assert_int_equal(count(&w).waiting, 2);
	assert_ok(seen(&w, &w.g, "ciphertext"));
	assert_int_equal(count(&w).waiting, 1);
	assert_err(client_outbox_load(&s, w.c, id), CS_ERR_NOT_FOUND);
	client_sending_clear(&s);
	/* The stamp comes twice, in the answer and in the log. */
	assert_ok(seen(&w, &w.g, "ciphertext"));
	assert_int_equal(count(&w).n, 2);
	world_clear(&w);
}

static void
test_failed(void **state)
{
	struct client_sending s;
	uint64_t id;
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, &w.g, "first ", 1);
	add(&w, &w.g, "second", 2);
	assert_ok(client_outbox_next(&id, w.c, &w.g, 0));
	assert_ok(client_outbox_load(&s, w.c, id));
	assert_ok(cs_db_begin(w.c->db));
	assert_ok(cs_db_end(w.c->db, client_outbox_fail(w.c, &s)));
	client_sending_clear(&s);
	assert_int_equal(count(&w).failed, 1);
	assert_int_equal(count(&w).waiting, 1);
	world_clear(&w);
}

/* Somebody without the key has changed the row. */
static void
test_damaged(void **state)
{
	struct client_sending s;
	uint64_t id;
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, &w.g, "first ", 1);
	add(&w, &w.g, "second", 2);
	assert_ok(client_outbox_next(&id, w.c, &w.g, 0));
	seal(&w, id, "ciphertext");
	assert_ok(cs_db_exec(w.c->db,
	    "UPDATE outbox SET sealed=zeroblob(64) WHERE message=?",
	    cs_int(id)));
	assert_err(client_outbox_load(&s, w.c, id), CS_ERR_CORRUPT);
	client_sending_clear(&s);
	world_clear(&w);
}

static enum cs_err
try_load(void *arg)
{
	struct world *w = arg;
	struct client_sending s = { 0 };
	uint64_t id;
	enum cs_err err = client_outbox_next(&id, w->c, &w->g, 0);

	if (err == CS_OK)
		err = client_outbox_load(&s, w->c, id);
	client_sending_clear(&s);
	return err;
}

static void
test_allocations(void **state)
{
	uint64_t id;
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, &w.g, "first ", 1);
	assert_ok(client_outbox_next(&id, w.c, &w.g, 0));
	seal(&w, id, "ciphertext");
	cs_test_allocations(try_load, &w);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_delivered),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
