/* SPDX-License-Identifier: MIT */
/* Members are told in pieces, each once of what is one. */
#include "hub/core/fanout.h"

#include "crypto/init.h"
#include "family/channel.h"
#include "hub/core/connection.h"
#include "hub/core/line.h"
#include "support/hub_world.h"

#define MEMBERS 600 /* three pieces */

struct world {
	struct hub_world w;
	struct cs_hub *hub;
	struct cs_channel *net; /* the other end of the link */
	struct hub_conn *conns[MEMBERS];
	size_t n;
	/* Of each, how often it was told, and of which head at last. */
	unsigned told[MEMBERS];
	uint64_t head[MEMBERS];
	uint8_t group[32];
};

static struct world *t;

static void
device_of(uint8_t id[static CS_ID_LEN], size_t i)
{
	/* Not in the order in which they come. */
	memset(id, 0, CS_ID_LEN);
	id[0] = (uint8_t)(i * 37);
	id[1] = (uint8_t)(i >> 8);
	id[2] = (uint8_t)i;
	id[15] = 1;
}

static enum cs_err
opened(struct hub_conn *c)
{
	c->role = HUB_DEVICE;
	device_of(c->device, t->n);
	hub_conn_index(c);
	t->conns[t->n++] = c;
	return CS_OK;
}

static void
frame(struct hub_conn *c, struct cs_view bytes)
{
	(void)c;
	(void)bytes;
}

static void
closed(struct hub_conn *c)
{
	hub_fanout_forget(c->hub, c);
	hub_conn_unindex(c);
}

static void
blob(struct cs_hub *hub, struct hub_talk_grant *grant,
    const struct hub_talk_blob *asked, struct cs_view token)
{
	(void)hub;
	(void)grant;
	(void)asked;
	(void)token;
}

static const struct hub_line_events events = { opened, frame, closed, blob };

static void
world_init(struct world *w)
{
	const struct cs_channel_limits limits = { HUB_TALK_MAX,
		HUB_TALK_WAITING };
	struct hub_talk_opened o = { .address = { 1 } };
	uint8_t device[CS_ID_LEN];
	int pair[2];

	memset(w, 0, sizeof *w);
	t = w;
	hw_init(&w->w);
	w->hub = w->w.hub;
	w->hub->events = &events;
	w->hub->connections = MEMBERS;
	memset(w->group, 7, sizeof w->group);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(hub_link_new(w->hub, 0, pair[0]));
	assert_ok(cs_channel_new(&w->net, pair[1], &limits));
	assert_ok(cs_db_begin(w->hub->db));
	for (size_t i = 0; i < MEMBERS; i++) {
		device_of(device, i);
		assert_ok(cs_channel_put(w->net, HUB_TALK_OPENED,
		    (uint64_t)1 << 32 | (i + 1), HUB_TALK_OF(o)));
		assert_ok(cs_db_exec(w->hub->db,
		    "INSERT INTO member(grp,device,account,leaf,from_seq,"
		    "cursor) VALUES(?,?,?,?,0,0)",
		    cs_blob(CS_VIEW_OF(w->group)), cs_blob(CS_VIEW_OF(device)),
		    cs_blob(CS_VIEW_OF(device)), cs_int(i)));
	}
	assert_ok(cs_db_commit(w->hub->db));
	assert_ok(cs_channel_flush(w->net));
	for (int i = 0; i < 10 && w->n < MEMBERS; i++)
		assert_ok(hub_lines_run(w->hub, 0, NULL, 0));
	assert_int_equal(w->n, MEMBERS);
}

static void
world_clear(struct world *w)
{
	hub_links_free(w->hub);
	cs_channel_free(w->net);
	hw_clear(&w->w);
}

/* Do one piece, and take note of who is told. */
static unsigned
piece(struct world *w)
{
	struct cs_channel_message m;
	struct cs_wire_frame f;
	struct cs_wire_push push;
	unsigned n = 0;

	hub_fanout_work(w->hub);
	hub_lines_flush(w->hub);
	(void)!cs_channel_fill(w->net);
	while (cs_channel_next(&m, w->net)) {
		size_t i = (size_t)(m.about & UINT32_MAX) - 1;

		assert_int_equal(m.kind, HUB_TALK_SEND);
		assert_ok(cs_wire_frame_parse(&f, m.bytes));
		assert_ok(cs_wire_parse(&push, &cs_wire_push_shape, f.body));
		assert_true(cs_view_equal(push.group_id, CS_VIEW_OF(w->group)));
		w->told[i]++;
		w->head[i] = push.head;
		n++;
	}
	return n;
}

static void
finish(struct world *w)
{
	for (int i = 0; hub_fanout_due(w->hub); i++) {
		assert_in_range(i, 0, 10);
		(void)piece(w);
	}
}

static void
test_pieces(void **state)
{
	struct world w;
	unsigned first;

	(void)state;
	world_init(&w);
	assert_false(hub_fanout_due(w.hub));
	hub_fanout_add(w.hub, CS_VIEW_OF(w.group), 5, w.conns[3]);
	first = piece(&w);
	assert_in_range(first, 200, 256);
	assert_true(hub_fanout_due(w.hub));
	finish(&w);
	for (size_t i = 0; i < MEMBERS; i++) {
		assert_int_equal(w.told[i], i != 3);
		assert_int_equal(w.head[i], i != 3 ? 5 : 0);
	}
	world_clear(&w);
}

/* It grows while they are told: each hears of the last head, and nobody of it
 * twice; who made one of the entries hears of the other. */
static void
test_grows(void **state)
{
	struct world w;
	unsigned before, after = 0;

	(void)state;
	world_init(&w);
	hub_fanout_add(w.hub, CS_VIEW_OF(w.group), 5, w.conns[3]);
	before = piece(&w) + piece(&w);
	hub_fanout_add(w.hub, CS_VIEW_OF(w.group), 6, w.conns[4]);
	for (size_t i = 0; i < MEMBERS; i++)
		after += w.told[i];
	assert_int_equal(after, before);
	finish(&w);
	for (size_t i = 0; i < MEMBERS; i++) {
		assert_int_equal(w.head[i], 6);
		assert_in_range(w.told[i], 1, 2);
		after += w.told[i];
	}
	assert_int_equal(after, 2 * before + MEMBERS);
	world_clear(&w);
}

/* Who has left is not told, nor who hangs up meanwhile. */
static void
test_gone(void **state)
{
	struct world w;
	uint8_t device[CS_ID_LEN];

	(void)state;
	world_init(&w);
	device_of(device, 10);
	assert_ok(cs_db_exec(w.hub->db,
	    "UPDATE member SET until_seq=4 WHERE device=?",
	    cs_blob(CS_VIEW_OF(device))));
	hub_fanout_add(w.hub, CS_VIEW_OF(w.group), 5, w.conns[3]);
	assert_ok(cs_channel_put(
	    w.net, HUB_TALK_CLOSED, (uint64_t)1 << 32 | 4, cs_view(NULL, 0)));
	assert_ok(cs_channel_flush(w.net));
	assert_ok(hub_lines_run(w.hub, 0, NULL, 0));
	finish(&w);
	for (size_t i = 0; i < MEMBERS; i++)
		assert_int_equal(w.told[i], i != 3 && i != 10);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_gone),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
