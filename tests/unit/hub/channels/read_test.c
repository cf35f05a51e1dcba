/* SPDX-License-Identifier: MIT */
/* What of a channel is shown, and to whom nothing is. */
#include "hub/channels/read.h"

#include "crypto/init.h"
#include "hub/channels/channel.h"
#include "support/hub_world.h"
#include "support/test.h"
#include "wire/channels.h"

#define DAY_MS ((uint64_t)86400000)

struct world {
	struct hub_world w;
	struct cs_hub *hub;
	struct hub_conn visitor;
	struct hw_person alice, bob;
	struct hw_device phone, other;
	uint8_t id[16], group[32];
};

static void
run(struct world *t, const char *sql)
{
	assert_ok(cs_db_exec_args(t->hub->db, sql, NULL, 0));
}

static void
world_init(struct world *t)
{
	memset(t, 0, sizeof *t);
	hw_init(&t->w);
	t->hub = t->w.hub;
	t->visitor.hub = t->hub;
	t->visitor.role = HUB_AT_SITE;
	hw_person(&t->w, &t->alice, &t->phone, "alice");
	hw_person(&t->w, &t->bob, &t->other, "bob");
	cs_random(t->id, sizeof t->id);
	cs_random(t->group, sizeof t->group);
	assert_ok(cs_db_exec(t->hub->db,
	    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created,ref)"
	    " VALUES(?,0,x'',0,0,0,?)",
	    cs_blob(CS_VIEW_OF(t->group)), cs_blob(CS_VIEW_OF(t->group))));
	assert_ok(cs_db_exec(t->hub->db,
	    "INSERT INTO channel(id,grp,title,flags,created,posts,last)"
	    " VALUES(?,?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(t->id)), cs_blob(CS_VIEW_OF(t->group)),
	    cs_text(cs_view_str("News")), cs_int(CS_WIRE_CHANNEL_LISTED),
	    cs_int(5), cs_int(0), cs_int(0)));
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_device_clear(&t->other);
	hw_clear(&t->w);
}

static void
add_post(struct world *t, uint64_t seq, const struct hw_person *by)
{
	assert_ok(cs_db_exec(t->hub->db,
	    "INSERT INTO channel_post(channel,seq,account,at,pieces,head)"
	    " VALUES(?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(t->id)), cs_int(seq),
	    cs_blob(CS_VIEW_OF(by->account)), cs_int(1000 * seq), cs_int(1),
	    cs_blob(cs_view_str("head"))));
	assert_ok(cs_db_exec(t->hub->db,
	    "INSERT INTO channel_piece(channel,seq,n,at,bytes)"
	    " VALUES(?,?,?,NULL,?)",
	    cs_blob(CS_VIEW_OF(t->id)), cs_int(seq), cs_int(0),
	    cs_blob(cs_view_str("whole"))));
	run(t, "UPDATE channel SET posts=posts+1,last=1000,listed=1000");
}

static uint16_t
read_page(struct world *t, struct cs_wire_channel_page *out, uint64_t before,
    uint8_t max)
{
	struct cs_wire_channel_read m = { .before = before, .max = max };

	memcpy(m.id, t->id, sizeof m.id);
	return hw_ask(&t->w, &t->visitor, hub_channel_read,
	    &cs_wire_channel_read_shape, &m, &cs_wire_channel_page_shape, out);
}

/* The numbers of the posts of a page, as decimal digits. */
static uint64_t
shown(struct world *t, uint64_t before, uint8_t max)
{
	struct cs_wire_channel_page page;
	struct cs_wire_channel_item item;
	struct cs_view rest;
	uint64_t n = 0;

	assert_int_equal(read_page(t, &page, before, max), 0);
	rest = page.posts.raw;
	while (cs_wire_next(&item, &cs_wire_channel_item_shape, &rest))
		n = 10 * n + item.seq;
	return n;
}

static uint16_t
read_bytes(struct world *t, uint64_t seq, uint32_t n)
{
	struct cs_wire_channel_bytes_get m = { .seq = seq, .n = n };
	struct cs_wire_channel_bytes answer;
	uint16_t code;

	memcpy(m.id, t->id, sizeof m.id);
	code = hw_ask(&t->w, &t->visitor, hub_channel_bytes,
	    &cs_wire_channel_bytes_get_shape, &m, &cs_wire_channel_bytes_shape,
	    &answer);
	if (code == 0)
		assert_true(cs_view_equal(answer.bytes, cs_view_str("whole")));
	return code;
}

static void
test_pages(void **state)
{
	struct cs_wire_channel_page page;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(shown(&t, 0, 3), 0);
	for (uint64_t seq = 1; seq <= 5; seq++)
		add_post(&t, seq, &t.alice);
	assert_int_equal(shown(&t, 0, 3), 543);
	assert_int_equal(shown(&t, 3, 3), 21);
	assert_int_equal(read_page(&t, &page, 0, 3), 0);
	assert_int_equal(page.more, 1);
	assert_int_equal(page.created_ms, 5);
	assert_int_equal(read_page(&t, &page, 0, 5), 0);
	assert_int_equal(page.more, 0);
	assert_int_equal(read_page(&t, &page, 0, 0), CS_WIRE_E_MALFORMED);
	assert_int_equal(read_page(&t, &page, 0, CS_WIRE_CHANNEL_POSTS_MAX + 1),
	    CS_WIRE_E_MALFORMED);
	assert_int_equal(read_bytes(&t, 2, 0), 0);
	assert_int_equal(read_bytes(&t, 2, 1), CS_WIRE_E_CHANNEL);
	assert_int_equal(read_bytes(&t, 6, 0), CS_WIRE_E_CHANNEL);
	t.id[0] ^= 1;
	assert_int_equal(read_page(&t, &page, 0, 3), CS_WIRE_E_CHANNEL);
	assert_int_equal(read_bytes(&t, 2, 0), CS_WIRE_E_CHANNEL);
	t.id[0] ^= 1;
	world_clear(&t);
}

/* A disabled account, one that has left, a file out of sight; and back. */
static void
test_hidden(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	add_post(&t, 1, &t.alice);
	add_post(&t, 2, &t.bob);
	add_post(&t, 3, &t.alice);
	run(&t, "UPDATE account SET disabled=1 WHERE handle='bob'");
	assert_int_equal(shown(&t, 0, 9), 31);
	assert_int_equal(read_bytes(&t, 2, 0), CS_WIRE_E_CHANNEL);
	run(&t, "UPDATE account SET disabled=0,gone=7 WHERE handle='bob'");
	assert_int_equal(shown(&t, 0, 9), 31);
	run(&t, "UPDATE account SET gone=0");
	assert_int_equal(shown(&t, 0, 9), 321);
	assert_ok(cs_db_exec(t.hub->db,
	    "INSERT INTO channel_file(blob,channel,seq,quarantined)"
	    " VALUES(x'01',?,3,?)",
	    cs_blob(CS_VIEW_OF(t.id)), cs_int(t.hub->now_ms + DAY_MS)));
	assert_int_equal(shown(&t, 0, 9), 21);
	assert_int_equal(read_bytes(&t, 3, 0), CS_WIRE_E_CHANNEL);
	t.hub->now_ms += DAY_MS;
	assert_int_equal(shown(&t, 0, 9), 321);
	assert_int_equal(read_bytes(&t, 3, 0), 0);
	world_clear(&t);
}

/* Nothing of it is told, but that it is over. */
static void
test_over(void **state)
{
	struct cs_wire_channel_page page;
	struct world t;

	(void)state;
	world_init(&t);
	add_post(&t, 1, &t.alice);
	assert_ok(cs_db_exec(t.hub->db, "UPDATE grp SET dissolved=?",
	    cs_int(t.hub->now_ms + DAY_MS)));
	assert_int_equal(read_page(&t, &page, 0, 9), 0);
	assert_int_equal(page.state, CS_WIRE_CHANNEL_CLOSED);
	assert_int_equal(page.posts.n, 0);
	assert_int_equal(read_bytes(&t, 1, 0), CS_WIRE_E_CHANNEL);
	t.hub->now_ms += DAY_MS;
	assert_int_equal(shown(&t, 0, 9), 1);
	run(&t, "UPDATE channel SET flags=2");
	assert_int_equal(read_page(&t, &page, 0, 9), 0);
	assert_int_equal(page.state, CS_WIRE_CHANNEL_OVER);
	assert_int_equal(page.posts.n, 0);
	world_clear(&t);
}

static uint32_t
listed(struct world *t, uint8_t there)
{
	const struct cs_wire_empty m = { 0 };
	struct cs_wire_channel_directory list;

	assert_int_equal(hw_ask(&t->w, &t->visitor, hub_channel_directory,
			     &cs_wire_empty_shape, &m,
			     &cs_wire_channel_directory_shape, &list),
	    0);
	assert_int_equal(list.there, there);
	return list.channels.n;
}

static void
test_directory(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	add_post(&t, 1, &t.alice);
	assert_int_equal(listed(&t, 0), 0);
	t.hub->directory = true;
	assert_int_equal(listed(&t, 1), 1);
	run(&t, "UPDATE channel SET listed=NULL");
	assert_int_equal(listed(&t, 1), 0);
	run(&t, "UPDATE channel SET listed=1");
	run(&t, "UPDATE grp SET dissolved=9223372036854775807");
	assert_int_equal(listed(&t, 1), 0);
	world_clear(&t);
}

/* Pieces without a post go after an hour, those of posts with them. */
static void
test_swept(void **state)
{
	struct world t;
	int64_t n;
	uint64_t left;

	(void)state;
	world_init(&t);
	add_post(&t, 1, &t.alice);
	assert_ok(cs_db_exec(t.hub->db,
	    "INSERT INTO channel_piece(channel,seq,n,at,bytes)"
	    " VALUES(?,9,0,?,x'00')",
	    cs_blob(CS_VIEW_OF(t.id)), cs_int(t.hub->now_ms)));
	t.hub->now_ms += HUB_CHANNEL_PIECES_MS;
	assert_ok(hub_channel_pieces_sweep(&n, t.hub));
	assert_int_equal(n, 0);
	t.hub->now_ms++;
	assert_ok(hub_channel_pieces_sweep(&n, t.hub));
	assert_int_equal(n, 1);
	assert_int_equal(read_bytes(&t, 1, 0), 0);
	assert_ok(hub_channel_posts_forget(t.hub, CS_VIEW_OF(t.alice.account)));
	assert_ok(cs_db_get_int_args(&left, t.hub->db,
	    "SELECT (SELECT COUNT(*) FROM channel_post)+(SELECT COUNT(*) FROM"
	    " channel_piece)+(SELECT posts FROM channel)",
	    NULL, 0));
	assert_int_equal(left, 0);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_swept),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
