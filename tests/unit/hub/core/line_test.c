/* SPDX-License-Identifier: MIT */
/* Connections as the database's process has them; the network processes are
 * played by the test. */
#include "hub/core/line.h"

#include "crypto/init.h"
#include "family/channel.h"
#include "support/hub_world.h"

#define CONNECTIONS 8
#define FRAMES 200

/* What the hub was told, in order. */
struct told {
	uint64_t line;
	size_t len;
	uint8_t first;
};

struct world {
	struct hub_world w;
	struct cs_hub *hub;
	struct cs_channel *net[2]; /* the other ends of two links */
	struct hub_conn *last;     /* that was opened */
	struct told frames[FRAMES];
	size_t n_opened, n_frames, n_closed;
	bool refuse, hold;
	struct hub_conn *resume; /* at the next frame */
	size_t token;            /* bytes of the last */
};

static struct world *t;

static enum cs_err
opened(struct hub_conn *c)
{
	t->last = c;
	t->n_opened++;
	return t->refuse ? CS_ERR_DENIED : CS_OK;
}

static void
frame(struct hub_conn *c, struct cs_view bytes)
{
	struct told *f = &t->frames[t->n_frames++];

	assert_false(c->held);
	assert_true(t->n_frames <= FRAMES);
	f->line = c->line;
	f->len = bytes.len;
	f->first = bytes.len != 0 ? bytes.data[0] : 0;
	if (t->hold)
		hub_line_hold(c);
	if (t->resume != NULL)
		hub_line_resume(t->resume);
	t->resume = NULL;
}

static void
closed(struct hub_conn *c)
{
	(void)c;
	t->n_closed++;
}

static void
blob(struct cs_hub *hub, struct hub_talk_grant *grant,
    const struct hub_talk_blob *asked, struct cs_view token)
{
	assert_ptr_equal(hub, t->hub);
	t->token = token.len;
	*grant = (struct hub_talk_grant){ .status = 0 };
	grant->pass.offset = asked->offset;
}

static const struct hub_line_events events = { opened, frame, closed, blob };

/* ---- a network process --------------------------------------------------- */

static void
link_new(unsigned number)
{
	const struct cs_channel_limits limits = { HUB_TALK_MAX,
		HUB_TALK_WAITING };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(hub_link_new(t->hub, number, pair[0]));
	cs_channel_free(t->net[number]);
	assert_ok(cs_channel_new(&t->net[number], pair[1], &limits));
}

static void
say(unsigned link, uint8_t kind, uint64_t line, struct cs_view bytes)
{
	assert_ok(cs_channel_put(t->net[link], kind, line, bytes));
}

static void
say_opened(unsigned link, uint64_t line)
{
	struct hub_talk_opened o;

	memset(o.address, 0xad, sizeof o.address);
	memset(&o.binding, (int)line, sizeof o.binding);
	say(link, HUB_TALK_OPENED, line, HUB_TALK_OF(o));
}

static void
say_frame(unsigned link, uint64_t line, uint8_t first, size_t len)
{
	static uint8_t bytes[100000];

	bytes[0] = first;
	say(link, HUB_TALK_FRAME, line, cs_view(bytes, len));
}

/* All that was said reaches the hub. */
static void
run(void)
{
	struct pollfd none = { -1, 0, 0 };

	for (unsigned i = 0; i < 2; i++)
		(void)!cs_channel_flush(t->net[i]);
	/* Once to read, once for turns that have come meanwhile. */
	for (int i = 0; i < 3; i++)
		assert_ok(hub_lines_run(t->hub, 0, &none, 1));
}

/* What the hub says; false: nothing. */
static bool
hear(struct cs_channel_message *m, unsigned link)
{
	hub_lines_flush(t->hub);
	(void)!cs_channel_fill(t->net[link]);
	return cs_channel_next(m, t->net[link]);
}

static void
assert_heard(unsigned link, uint8_t kind, uint64_t line, struct cs_view bytes)
{
	struct cs_channel_message m;

	assert_true(hear(&m, link));
	assert_int_equal(m.kind, kind);
	assert_int_equal(m.about, line);
	assert_view_equal(m.bytes, bytes);
}

/* The hub has ended the link. */
static bool
is_over(unsigned link)
{
	return cs_channel_fill(t->net[link]) == CS_ERR_CLOSED;
}

static int
set_up(void **state)
{
	t = cs_calloc(1, sizeof *t);
	*state = t;
	hw_init(&t->w);
	t->hub = t->w.hub;
	t->hub->events = &events;
	t->hub->connections = CONNECTIONS;
	t->hub->batch.max = CS_BUF_MAX;
	link_new(0);
	link_new(1);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	hub_links_free(t->hub);
	assert_int_equal(t->n_closed, t->n_opened);
	assert_int_equal(t->hub->n_conns, 0);
	assert_int_equal(t->hub->ahead, 0);
	assert_null(t->hub->waiting);
	cs_channel_free(t->net[0]);
	cs_channel_free(t->net[1]);
	hw_clear(&t->w);
	cs_free(t, sizeof *t);
	return 0;
}

/* ---- connections --------------------------------------------------------- */

static void
test_life(void **state)
{
	const struct hub_talk_allow allow = { 1000, 1 };
	struct cs_wire_binding binding;
	uint8_t address[CS_NET_ADDRESS_LEN];

	(void)state;
	memset(address, 0xad, sizeof address);
	memset(&binding, 5, sizeof binding);
	say_opened(0, 5);
	say_frame(0, 5, 'a', 3);
	run();
	assert_int_equal(t->n_opened, 1);
	assert_memory_equal(t->last->address, address, sizeof address);
	assert_memory_equal(&t->last->binding, &binding, sizeof binding);
	assert_int_equal(t->n_frames, 1);
	assert_int_equal(t->frames[0].line, 5);
	assert_int_equal(t->frames[0].len, 3);
	assert_int_equal(t->frames[0].first, 'a');
	hub_line_send(t->last, cs_view_str("answer"));
	hub_line_allow(t->last, 1000, true);
	hub_line_close(t->last);
	assert_heard(0, HUB_TALK_SEND, 5, cs_view_str("answer"));
	assert_heard(0, HUB_TALK_ALLOW, 5, HUB_TALK_OF(allow));
	assert_heard(0, HUB_TALK_END, 5, cs_view(NULL, 0));
	/* What it sends now is not looked at. */
	say_frame(0, 5, 'b', 3);
	say(0, HUB_TALK_CLOSED, 5, cs_view(NULL, 0));
	run();
	assert_int_equal(t->n_frames, 1);
	assert_int_equal(t->n_closed, 1);
	/* The number is free, and nothing was said to the other link. */
	say_opened(0, 5);
	run();
	assert_int_equal(t->hub->n_conns, 1);
	assert_false(is_over(1));
}

static void
test_refused(void **state)
{
	(void)state;
	t->refuse = true;
	say_opened(1, 1);
	say_frame(1, 1, 'a', 1);
	run();
	assert_heard(1, HUB_TALK_END, 1, cs_view(NULL, 0));
	assert_int_equal(t->n_frames, 0);
	assert_int_equal(t->n_closed, 0);
}

/* The same number is another connection on another link. */
static void
test_two_links(void **state)
{
	struct hub_conn *first;

	(void)state;
	say_opened(0, 1);
	run();
	first = t->last;
	say_opened(1, 1);
	run();
	assert_ptr_not_equal(first, t->last);
	hub_line_send(first, cs_view_str("first"));
	hub_line_send(t->last, cs_view_str("second"));
	assert_heard(0, HUB_TALK_SEND, 1, cs_view_str("first"));
	assert_heard(1, HUB_TALK_SEND, 1, cs_view_str("second"));
	/* Another process takes the place of the first: it has nothing yet. */
	link_new(0);
	assert_int_equal(t->n_closed, 1);
	say_opened(0, 1);
	say_frame(1, 1, 'a', 1);
	run();
	assert_int_equal(t->n_frames, 1);
	assert_int_equal(t->hub->n_conns, 2);
}

/* What was said before the end counts. */
static void
test_gone(void **state)
{
	(void)state;
	say_opened(0, 1);
	say_frame(0, 1, 'a', 1);
	assert_ok(cs_channel_flush(t->net[0]));
	cs_channel_free(t->net[0]);
	t->net[0] = t->net[1];
	t->net[1] = NULL;
	assert_ok(hub_lines_run(t->hub, 0, &(struct pollfd){ -1, 0, 0 }, 1));
	assert_int_equal(t->n_frames, 1);
	assert_ok(hub_lines_run(t->hub, 0, &(struct pollfd){ -1, 0, 0 }, 1));
	assert_int_equal(t->n_closed, 1);
}

/* ---- turns --------------------------------------------------------------- */

static void
test_hold(void **state)
{
	(void)state;
	t->hold = true;
	say_opened(0, 1);
	for (uint8_t i = 0; i < 4; i++)
		say_frame(0, 1, i, 10 + (size_t)i);
	run();
	assert_int_equal(t->n_frames, 1);
	assert_int_equal(t->hub->ahead, 3 * 4 + 11 + 12 + 13);
	for (size_t i = 1; i < 4; i++) {
		run();
		assert_int_equal(t->n_frames, i);
		hub_line_resume(t->last);
		run();
		assert_int_equal(t->n_frames, i + 1);
		assert_int_equal(t->frames[i].first, i);
		assert_int_equal(t->frames[i].len, 10 + i);
	}
	assert_int_equal(t->hub->ahead, 0);
	/* Not held any longer, and nothing ahead: at once. */
	t->hold = false;
	hub_line_resume(t->last);
	say_frame(0, 1, 9, 0);
	run();
	assert_int_equal(t->n_frames, 5);
	assert_int_equal(t->frames[4].len, 0);
}

/* Each waits for its own turn, and who closes meanwhile has none. */
static void
test_turns(void **state)
{
	struct hub_conn *first;

	(void)state;
	t->hold = true;
	say_opened(0, 1);
	for (uint8_t i = 0; i < 3; i++)
		say_frame(0, 1, i, 1);
	run();
	first = t->last;
	/* The first one's turn comes while the second is served, and it closes
	 * before. */
	t->resume = first;
	say_opened(0, 2);
	say_frame(0, 2, 7, 1);
	say_frame(0, 2, 8, 1);
	say(0, HUB_TALK_CLOSED, 1, cs_view(NULL, 0));
	run();
	assert_int_equal(t->n_closed, 1);
	assert_int_equal(t->n_frames, 2);
	assert_int_equal(t->frames[1].first, 7);
	assert_null(t->hub->waiting);
	assert_int_equal(t->hub->ahead, 5);
	/* One that the hub ends has no further turn, either. */
	hub_line_resume(t->last);
	hub_line_close(t->last);
	run();
	assert_int_equal(t->n_frames, 2);
	assert_int_equal(t->hub->ahead, 0);
}

/* All that was taken comes back, in portions. */
static void
test_credit(void **state)
{
	struct cs_channel_message m;
	uint64_t credit = 0, given = 0, messages = 0;
	const size_t each = 1000 + HUB_TALK_FRAME_COST;

	(void)state;
	say_opened(0, 1);
	run();
	for (size_t i = 0; i < 100; i++) {
		say_frame(0, 1, 1, 1000);
		run();
		hub_line_resume(t->last);
		while (hear(&m, 0)) {
			assert_int_equal(m.kind, HUB_TALK_CREDIT);
			assert_true(
			    hub_talk_copy(&credit, sizeof credit, m.bytes));
			given += credit;
			messages++;
		}
		assert_int_equal(given + t->last->taken, (i + 1) * each);
		assert_in_range(t->last->taken, 0, HUB_TALK_WINDOW / 4 - 1);
	}
	assert_in_range(messages, 1, 10);
}

/* The window was agreed; one frame always fits, whatever its length. */
static void
test_ahead(void **state)
{
	(void)state;
	t->hold = true;
	say_opened(0, 1);
	say_opened(1, 1);
	say_frame(0, 1, 0, 1);
	say_frame(1, 1, 0, 1);
	say_frame(0, 1, 1, 100000);
	for (size_t i = 0; i <= HUB_TALK_WINDOW / 20004; i++)
		say_frame(1, 1, 1, 20000);
	run();
	assert_int_equal(t->n_closed, 0);
	say_frame(0, 1, 2, 0);
	run();
	assert_int_equal(t->n_closed, 1);
	assert_true(is_over(0));
	say_frame(1, 1, 2, 0);
	run();
	assert_int_equal(t->n_closed, 2);
	assert_true(is_over(1));
}

/* A round that is full leaves what comes where it is. */
static void
test_full_round(void **state)
{
	(void)state;
	say_opened(0, 1);
	run();
	t->hub->n_out = HUB_ROUND_OUT_MAX;
	say_frame(0, 1, 1, 1);
	run();
	assert_int_equal(t->n_frames, 0);
	assert_true(t->hub->more);
	t->hub->n_out = HUB_ROUND_OUT_MAX - 1;
	run();
	assert_int_equal(t->n_frames, 1);
	assert_false(t->hub->more);
	t->hub->n_out = 0;
	t->hub->batch.len = HUB_ROUND_BYTES_MAX;
	say_frame(0, 1, 2, 1);
	run();
	assert_int_equal(t->n_frames, 1);
	t->hub->batch.len = 0;
	run();
	assert_int_equal(t->n_frames, 2);
}

/* It becomes full in the middle of what has come. */
static void
test_filled(void **state)
{
	struct pollfd none = { -1, 0, 0 };

	(void)state;
	say_opened(0, 1);
	for (uint8_t i = 0; i < 3; i++)
		say_frame(0, 1, i, 1);
	assert_ok(cs_channel_flush(t->net[0]));
	t->hub->ahead = (size_t)16 << 20;
	assert_ok(hub_lines_run(t->hub, 0, &none, 1));
	assert_int_equal(t->n_opened, 0);
	t->hub->ahead = 0;
	assert_ok(hub_lines_run(t->hub, 0, &none, 1));
	assert_int_equal(t->n_frames, 3);
}

/* ---- what no process of ours says -----------------------------------------
 */

static void
say_unknown_kind(void)
{
	say(0, 77, 1, cs_view(NULL, 0));
}

static void
say_frame_of_none(void)
{
	say_frame(0, 2, 1, 1);
}

static void
say_frame_of_earlier(void)
{
	say_frame(0, ((uint64_t)1 << 32) | 1, 1, 1);
}

static void
say_closed_of_none(void)
{
	say(0, HUB_TALK_CLOSED, 2, cs_view(NULL, 0));
}

static void
say_opened_twice(void)
{
	say_opened(0, 1);
}

static void
say_opened_no_number(void)
{
	say_opened(0, 0);
}

static void
say_opened_high_number(void)
{
	say_opened(0, CONNECTIONS + 1);
}

static void
say_opened_short(void)
{
	static const uint8_t o[sizeof(struct hub_talk_opened) - 1];

	say(0, HUB_TALK_OPENED, 2, CS_VIEW_OF(o));
}

static void
say_opened_too_many(void)
{
	for (uint64_t i = 2; i <= CONNECTIONS; i++)
		say_opened(0, i);
}

static void
say_too_long(void)
{
	static uint8_t bytes[HUB_TALK_MAX + 1];

	say(0, HUB_TALK_FRAME, 1, CS_VIEW_OF(bytes));
}

/* It ends the link and all of its connections, and no other. */
static void
test_broken_rules(void **state)
{
	static void (*const rules[])(void) = { say_unknown_kind,
		say_frame_of_none, say_frame_of_earlier, say_closed_of_none,
		say_opened_twice, say_opened_no_number, say_opened_high_number,
		say_opened_short, say_opened_too_many, say_too_long };
	size_t n = sizeof rules / sizeof *rules;

	(void)state;
	say_opened(1, 1);
	run();
	for (size_t i = 0; i < n; i++) {
		size_t frames = t->n_frames;

		link_new(0);
		say_opened(0, 1);
		run();
		assert_int_equal(t->hub->n_conns, 2);
		rules[i]();
		say_frame(0, 1, 'x', 1);
		run();
		for (int j = 0; j < 20 && !is_over(0); j++)
			run();
		assert_true(is_over(0));
		assert_int_equal(t->hub->n_conns, 1);
		assert_int_equal(t->n_frames, frames);
		say_frame(1, 1, 'y', 1);
		run();
		assert_int_equal(t->n_frames, frames + 1);
		assert_int_equal(t->frames[frames].first, 'y');
		assert_false(is_over(1));
	}
}

/* ---- blobs --------------------------------------------------------------- */

static void
test_blob(void **state)
{
	struct {
		struct hub_talk_blob ask;
		uint8_t token[10];
	} message = { .ask = { .offset = 12 } };
	const struct cs_view bytes = HUB_TALK_OF(message);
	struct hub_talk_grant grant = { .status = 0, .pass = { .offset = 12 } };
	size_t head = sizeof message.ask;

	(void)state;
	say(1, HUB_TALK_BLOB, 99, cs_view(bytes.data, head + 10));
	say(1, HUB_TALK_BLOB, 100, cs_view(bytes.data, head));
	run();
	assert_heard(1, HUB_TALK_GRANT, 99, HUB_TALK_OF(grant));
	assert_heard(1, HUB_TALK_GRANT, 100, HUB_TALK_OF(grant));
	assert_int_equal(t->token, 0);
	grant = (struct hub_talk_grant){ .status = 400 };
	say(1, HUB_TALK_BLOB, 101, cs_view(bytes.data, head - 1));
	run();
	assert_heard(1, HUB_TALK_GRANT, 101, HUB_TALK_OF(grant));
	assert_false(is_over(1));
}

static void
test_number(void **state)
{
	(void)state;
	assert_err(hub_link_new(t->hub, HUB_LINKS_MAX, -1), CS_ERR_LIMIT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life),
		TEST(test_refused),
		TEST(test_two_links),
		TEST(test_gone),
		TEST(test_hold),
		TEST(test_turns),
		TEST(test_credit),
		TEST(test_ahead),
		TEST(test_full_round),
		TEST(test_filled),
		TEST(test_broken_rules),
		TEST(test_blob),
		TEST(test_number),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
