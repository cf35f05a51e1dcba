/* SPDX-License-Identifier: MIT */
/* What one message does to another, and what is left of it. */
#include "client/home/around.h"
#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/expiry.h"
#include "client/home/message.h"
#include "client/home/receipt.h"
#include "crypto/init.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma, boris, mallory;
	struct cs_client *c;
	struct client_group g, other;
	uint64_t now_ms, seq;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cw_person_init(&w->boris, "boris");
	cw_person_init(&w->mallory, "mallory");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	assert_ok(cw_learn(w->c, &w->boris));
	w->g.id_len = w->other.id_len = 16;
	w->other.id[0] = 1;
	w->now_ms = cs_clock_ms();
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->boris.credential);
	cs_buf_free(&w->mallory.credential);
	temp_dir_clear(&w->dir);
}

static struct cs_mimi_content
body(enum cs_mimi_kind kind, const char *text)
{
	return (struct cs_mimi_content){
		.kind = kind,
		.sender_uri = cs_view_str("mimi://hub.example/u/alma"),
		.room_uri = cs_view_str("mimi://hub.example/r/1"),
		.has_text = *text != '\0',
		.text = cs_view_str(text),
	};
}

/* ${who} says it in ${g}, as the message ${mid}, ${ago_ms} ago; its row. */
static uint64_t
say_in(struct world *w, const struct client_group *g,
    const struct cw_person *who, uint8_t mid, struct cs_mimi_content content,
    uint64_t ago_ms)
{
	bool own = who == &w->alma;
	uint8_t id[32] = { 1, mid };
	struct cs_buf bytes = { 0 }, capsule = { 0 };
	struct cs_capsule c = { 0 };
	struct client_record r = {
		.kind = own ? CS_CLIENT_SENT : CS_CLIENT_RECEIVED,
		.time_ms = w->now_ms - ago_ms,
		.seq = ++w->seq,
	};
	struct client_said said = { .content = &content,
		.account = who->account,
		.seq = r.seq,
		.time_ms = r.time_ms };

	strcpy(r.from, own ? "alma" : who == &w->boris ? "boris" : "mallory");
	assert_ok(cs_mimi_write(&bytes, &content));
	c.application_data = cs_buf_view(&bytes);
	c.credential = cs_buf_view(&who->credential);
	memcpy(c.stamp.account, who->account, 16);
	assert_ok(cs_capsule_write(&capsule, &c));
	r.body = cs_buf_view(&capsule);
	assert_ok(client_message_insert(w->c, g, &r, id, &said.id));
	assert_ok(client_change_take(w->c, &said));
	cs_buf_free(&bytes);
	cs_buf_free(&capsule);
	return said.id;
}

static uint64_t
say(struct world *w, const struct cw_person *who, uint8_t mid,
    struct cs_mimi_content content)
{
	return say_in(w, &w->g, who, mid, content, 0);
}

static struct cs_mimi_content
edit_of(uint8_t mid, const char *text)
{
	struct cs_mimi_content c = body(CS_MIMI_SAID, text);

	c.has_replaces = true;
	c.replaces[0] = 1;
	c.replaces[1] = mid;
	return c;
}

static struct cs_mimi_content
deletion_of(uint8_t mid)
{
	struct cs_mimi_content c = edit_of(mid, "");

	c.kind = CS_MIMI_DELETION;
	return c;
}

static struct cs_mimi_content
reaction_to(uint8_t mid, const char *text)
{
	struct cs_mimi_content c = body(CS_MIMI_REACTION, text);

	c.is_reply = true;
	c.in_reply_to[0] = 1;
	c.in_reply_to[1] = mid;
	return c;
}

static struct client_place
place(struct world *w, uint64_t id)
{
	struct client_place p = { 0 };

	assert_ok(client_place_load(&p, w->c, id));
	return p;
}

static uint64_t
current(struct world *w, uint64_t id)
{
	uint64_t out;

	assert_ok(client_current(&out, w->c, id));
	return out;
}

static size_t
reactions(struct world *w, uint64_t id)
{
	struct cs_client_reaction all[CS_CLIENT_REACTIONS_MAX];
	size_t n, more;

	assert_ok(client_reactions(all, &n, &more, w->c, id));
	return n + more;
}

static void
test_edits(void **state)
{
	struct world w;
	uint64_t root, e, f;

	(void)state;
	world_init(&w);
	root = say(&w, &w.boris, 1, body(CS_MIMI_SAID, "one"));
	assert_int_equal(current(&w, root), root);
	/* By somebody else, by the user, from another conversation, of what
	 * never was. */
	e = say(&w, &w.mallory, 2, edit_of(1, "mine"));
	assert_int_equal(place(&w, e).about, 0);
	e = say(&w, &w.alma, 3, edit_of(1, "mine"));
	assert_int_equal(place(&w, e).about, 0);
	e = say_in(&w, &w.other, &w.boris, 4, edit_of(1, "elsewhere"), 0);
	assert_int_equal(place(&w, e).about, 0);
	e = say(&w, &w.boris, 5, edit_of(99, "nothing"));
	assert_int_equal(place(&w, e).about, 0);
	assert_int_equal(current(&w, root), root);
	/* By its author, and again by the edit's own id. */
	e = say(&w, &w.boris, 6, edit_of(1, "two"));
	assert_int_equal(place(&w, e).part, CLIENT_PART_EDIT);
	assert_int_equal(current(&w, root), e);
	f = say(&w, &w.boris, 7, edit_of(6, "three"));
	assert_int_equal(place(&w, f).about, root);
	assert_int_equal(current(&w, root), f);
	/* What the hub refused changes nothing. */
	assert_ok(client_change_drop(w.c, f));
	assert_int_equal(current(&w, root), e);
	world_clear(&w);
}

static void
test_deletions(void **state)
{
	struct world w;
	uint64_t root, e, r;

	(void)state;
	world_init(&w);
	root = say(&w, &w.boris, 1, body(CS_MIMI_SAID, "one"));
	e = say(&w, &w.boris, 2, edit_of(1, "two"));
	r = say(&w, &w.alma, 3, reaction_to(1, "+1"));
	say(&w, &w.mallory, 4, deletion_of(1));
	say(&w, &w.alma, 5, deletion_of(2));
	assert_int_equal(place(&w, root).gone, CLIENT_GONE_NOT);
	assert_ok(client_message_there(w.c, root));
	say(&w, &w.boris, 6, deletion_of(1));
	assert_int_equal(place(&w, root).gone, CLIENT_GONE_DELETED);
	assert_int_equal(place(&w, e).gone, CLIENT_GONE_DELETED);
	assert_int_equal(place(&w, r).gone, CLIENT_GONE_DELETED);
	assert_err(client_message_there(w.c, root), CS_ERR_NOT_FOUND);
	/* What comes later goes with it. */
	e = say(&w, &w.boris, 7, edit_of(1, "back"));
	assert_int_equal(place(&w, e).gone, CLIENT_GONE_DELETED);
	assert_int_equal(current(&w, root), root);
	say(&w, &w.alma, 8, reaction_to(1, "?"));
	assert_int_equal(reactions(&w, root), 0);
	world_clear(&w);
}

static void
test_reactions(void **state)
{
	struct cs_mimi_content other = reaction_to(1, "b");
	struct world w;
	uint64_t root;

	(void)state;
	world_init(&w);
	root = say(&w, &w.boris, 1, body(CS_MIMI_SAID, "one"));
	say(&w, &w.boris, 2, edit_of(1, "two"));
	say(&w, &w.alma, 3, reaction_to(1, "a"));
	say(&w, &w.alma, 4, reaction_to(2, "a")); /* to the edit: the same */
	assert_int_equal(reactions(&w, root), 1);
	say(&w, &w.mallory, 5, reaction_to(1, "a"));
	assert_int_equal(reactions(&w, root), 2);
	say(&w, &w.mallory, 6, reaction_to(99, "a"));
	assert_int_equal(reactions(&w, root), 2);
	/* Nobody takes back another's. */
	say(&w, &w.boris, 7, deletion_of(5));
	assert_int_equal(reactions(&w, root), 2);
	say(&w, &w.mallory, 8, deletion_of(5));
	assert_int_equal(reactions(&w, root), 1);
	/* Another one in the place of the first. */
	other.has_replaces = true;
	other.replaces[0] = 1;
	other.replaces[1] = 3;
	say(&w, &w.alma, 9, other);
	assert_int_equal(reactions(&w, root), 2); /* the second "a", and "b" */
	world_clear(&w);
}

static void
test_many_reactions(void **state)
{
	struct world w;
	uint64_t root;

	(void)state;
	world_init(&w);
	root = say(&w, &w.boris, 1, body(CS_MIMI_SAID, "one"));
	for (int i = 0; i < CS_CLIENT_REACTIONS_MAX + 5; i++) {
		char text[8];

		snprintf(text, sizeof text, "%d", i);
		say(&w, &w.mallory, (uint8_t)(10 + i), reaction_to(1, text));
	}
	assert_int_equal(reactions(&w, root), CS_CLIENT_REACTIONS_MAX + 5);
	world_clear(&w);
}

/* Is ${text} anywhere in what the row holds? */
static bool
holds(struct world *w, uint64_t id, const char *text)
{
	struct client_record r;
	struct cs_buf plain = { 0 };
	bool found;

	assert_ok(client_message_load(&r, &plain, w->c, id));
	found = memmem(plain.data, plain.len, text, strlen(text)) != NULL;
	cs_buf_free(&plain);
	return found;
}

static void
test_expiry(void **state)
{
	struct cs_mimi_content c = body(CS_MIMI_SAID, "an hour");
	const uint64_t day = CS_DAY_MS;
	struct client_place p;
	struct world w;
	uint64_t young, over, old, kept, gone;

	(void)state;
	world_init(&w);
	c.expiry = CS_MIMI_AFTER;
	c.expires_s = 3600;
	young = say(&w, &w.boris, 1, c);
	over = say_in(&w, &w.g, &w.boris, 2, c, day);
	old = say_in(&w, &w.g, &w.boris, 3, c, 31 * day);
	kept = say_in(
	    &w, &w.g, &w.boris, 4, body(CS_MIMI_SAID, "taken back"), 29 * day);
	gone = say_in(
	    &w, &w.g, &w.boris, 5, body(CS_MIMI_SAID, "taken back"), 31 * day);
	say(&w, &w.boris, 6, deletion_of(4));
	say(&w, &w.boris, 7, deletion_of(5));
	assert_ok(client_expire(w.c));
	assert_int_equal(place(&w, young).gone, CLIENT_GONE_NOT);
	/* It can be proved until 30 days after it came. */
	assert_int_equal(place(&w, over).gone, CLIENT_GONE_EXPIRED);
	assert_true(holds(&w, over, "an hour"));
	assert_err(client_place_load(&p, w.c, old), CS_ERR_NOT_FOUND);
	assert_int_equal(place(&w, kept).gone, CLIENT_GONE_DELETED);
	assert_true(holds(&w, kept, "taken back"));
	assert_int_equal(place(&w, gone).gone, CLIENT_GONE_ERASED);
	assert_false(holds(&w, gone, "taken back"));
	/* Again, with nothing to do. */
	assert_ok(client_expire(w.c));
	assert_int_equal(place(&w, gone).gone, CLIENT_GONE_ERASED);
	/* The time until the next one. */
	assert_true(
	    cs_client_next_expiry_ms(w.c, 2 * CS_HOUR_MS) <= CS_HOUR_MS);
	assert_int_equal(cs_client_next_expiry_ms(w.c, 1000), 1000);
	world_clear(&w);
}

/* An edit can end a message sooner, and not make it last longer. */
static void
test_expiry_of_edits(void **state)
{
	struct cs_mimi_content c = body(CS_MIMI_SAID, "an hour"), e;
	struct world w;
	uint64_t root, until;

	(void)state;
	world_init(&w);
	c.expiry = CS_MIMI_AFTER;
	c.expires_s = 3600;
	root = say(&w, &w.boris, 1, c);
	until = place(&w, root).expires_ms;
	assert_true(until != 0);
	e = edit_of(1, "for good");
	say(&w, &w.boris, 2, e);
	e.expiry = CS_MIMI_AFTER;
	e.expires_s = UINT32_MAX;
	say(&w, &w.boris, 3, e);
	assert_int_equal(place(&w, root).expires_ms, until);
	e.expires_s = 60;
	say(&w, &w.boris, 4, e);
	assert_true(place(&w, root).expires_ms < until);
	world_clear(&w);
}

static uint32_t
timer(struct world *w)
{
	uint32_t s;

	assert_ok(client_timer(&s, w->c, cs_view(w->g.id, w->g.id_len)));
	return s;
}

static void
test_timer(void **state)
{
	struct cs_mimi_content c = body(CS_MIMI_TIMER, ""), beside;
	struct world w;

	(void)state;
	world_init(&w);
	assert_int_equal(timer(&w), 0);
	/* Whoever came late learns it from the messages. */
	beside = body(CS_MIMI_SAID, "x");
	beside.expiry = CS_MIMI_AFTER;
	beside.has_timer = true;
	beside.expires_s = beside.timer_s = 60;
	say(&w, &w.boris, 1, beside);
	assert_int_equal(timer(&w), 60);
	c.has_timer = true;
	c.timer_s = 86400;
	say(&w, &w.boris, 2, c);
	assert_int_equal(timer(&w), 86400);
	say(&w, &w.boris, 3, beside);
	assert_int_equal(timer(&w), 86400);
	/* The log's order counts. */
	w.seq = 0;
	c.timer_s = 5;
	say(&w, &w.mallory, 4, c);
	assert_int_equal(timer(&w), 86400);
	w.seq = 100;
	c.timer_s = 0;
	say(&w, &w.alma, 5, c);
	assert_int_equal(timer(&w), 0);
	world_clear(&w);
}

static void
test_receipts(void **state)
{
	struct cs_mimi_content c = body(CS_MIMI_STATUS, "");
	struct cs_client_receipt all[CS_CLIENT_RECEIPTS_MOST];
	struct world w;
	uint64_t own, theirs, n_due;
	size_t n;

	(void)state;
	world_init(&w);
	own = say(&w, &w.alma, 1, body(CS_MIMI_SAID, "did you read it?"));
	theirs = say(&w, &w.mallory, 2, body(CS_MIMI_SAID, "me?"));
	c.n_statuses = 2;
	c.statuses[0].id[0] = c.statuses[1].id[0] = 1;
	c.statuses[0].id[1] = 1;
	c.statuses[1].id[1] = 2;
	c.statuses[0].status = c.statuses[1].status = CS_MIMI_READ;
	assert_int_equal(
	    place(&w, say(&w, &w.boris, 3, c)).gone, CLIENT_GONE_HERE);
	/* Read stays read; nobody vouches for their own. */
	c.statuses[0].status = CS_MIMI_DELIVERED;
	say(&w, &w.boris, 4, c);
	say(&w, &w.alma, 5, c);
	assert_ok(client_receipts_of(all, &n, w.c, own));
	assert_int_equal(n, 1);
	assert_string_equal(all[0].from, "boris");
	assert_true(all[0].read);
	assert_ok(client_receipts_of(all, &n, w.c, theirs));
	assert_int_equal(n, 0);
	/* Those of the user's are due only if they are wanted. */
	assert_ok(client_receipt_delivered(w.c, theirs));
	assert_err(
	    cs_db_get_int(&n_due, w.c->db, "SELECT message FROM receipt_due"),
	    CS_ERR_NOT_FOUND);
	assert_ok(cs_client_receipts(w.c, true));
	assert_ok(client_receipt_delivered(w.c, theirs));
	assert_ok(client_receipt_delivered(w.c, own));
	assert_ok(client_receipt_read(w.c, theirs));
	assert_ok(cs_db_get_int(
	    &n_due, w.c->db, "SELECT SUM(status*message) FROM receipt_due"));
	assert_int_equal(n_due, CS_MIMI_READ * theirs);
	assert_ok(cs_client_receipts(w.c, false));
	assert_err(
	    cs_db_get_int(&n_due, w.c->db, "SELECT message FROM receipt_due"),
	    CS_ERR_NOT_FOUND);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_deletions),
		cmocka_unit_test(test_reactions),
		cmocka_unit_test(test_many_reactions),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_expiry_of_edits),
		cmocka_unit_test(test_timer),
		cmocka_unit_test(test_receipts),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
