/* SPDX-License-Identifier: MIT */
/*
 * What a network process may say to the hub's database, which has two accounts
 * and a desk.  An input is a list of deeds, each a byte that says which (modulo
 * 7), and a byte whose lowest bit says on which of two links:
 *
 *	0	a message: kind, number, length (2 bytes), bytes
 *	1	a connection is opened: number
 *	2	the one that was opened last has proved to be: a role
 *	3	a request: number, kind, length (2 bytes), body
 *	4	bytes that are no message: length (2 bytes), bytes
 *	5	all of that is heard, and the round ends
 *	6	another process takes the place of that one
 *
 * Nothing of a round is stored, so that each input meets the same hub.
 */
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "hub/core/connection.h"
#include "hub/core/line.h"
#include "hub/requests.h"
#include "support/desk_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
uint64_t __wrap_cs_clock_ms(void);

#define CONNECTIONS 16

struct world {
	struct hub_world w;
	struct cs_hub *hub;
	struct dw_desk desk;
	struct hw_person person[2];
	struct hw_device device[2];
	struct cs_channel *network[2]; /* the other ends of the links */
	struct hub_conn *last;
};

static struct world t;

/* The hub's clock stands still. */
uint64_t
__wrap_cs_clock_ms(void)
{
	return (uint64_t)1800000000 * CS_SECOND_MS;
}

static enum cs_err
opened(struct hub_conn *c)
{
	t.last = c;
	return hub_events.opened(c);
}

static void
closed(struct hub_conn *c)
{
	if (t.last == c)
		t.last = NULL;
	hub_events.closed(c);
}

static struct hub_line_events events;

/* ---- the hub ------------------------------------------------------------- */

static void
leave(void)
{
	hw_device_clear(&t.device[0]);
	hw_device_clear(&t.device[1]);
	hw_clear(&t.w);
}

static void
make_world(void)
{
	fuzz_ok(cs_crypto_init());
	cs_test_fixed_random(1);
	hw_init(&t.w);
	t.hub = t.w.hub;
	hw_person(&t.w, &t.person[0], &t.device[0], "alma");
	hw_person(&t.w, &t.person[1], &t.device[1], "boris");
	dw_init(&t.desk, &t.w);
	events = hub_events;
	events.opened = opened;
	events.closed = closed;
	t.hub->events = &events;
	t.hub->connections = CONNECTIONS;
	t.hub->batch.max = CS_BUF_MAX;
	atexit(leave);
}

static void
join(unsigned number)
{
	const struct cs_channel_limits limits = { HUB_TALK_MAX,
		HUB_TALK_WAITING };
	int pair[2];

	fuzz_want(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	fuzz_ok(hub_link_new(t.hub, number, pair[0]));
	cs_channel_free(t.network[number]);
	fuzz_ok(cs_channel_new(&t.network[number], pair[1], &limits));
}

/* As after a login. */
static void
log_in(uint8_t role)
{
	static const enum hub_role roles[] = { HUB_DEVICE, HUB_DESK, HUB_HELD,
		HUB_RECOVERING };
	const struct hw_device *d = &t.device[role >> 2 & 1];
	struct hub_conn *c = t.last;

	if (c == NULL || c->role != HUB_NOBODY)
		return;
	c->role = (role & 8) != 0 ? HUB_AT_SITE : roles[role & 3];
	if (c->role == HUB_AT_SITE)
		return;
	if (c->role != HUB_DESK)
		memcpy(c->account, d->conn.account, CS_ID_LEN);
	if (c->role == HUB_DEVICE || c->role == HUB_HELD)
		memcpy(c->device, d->id, CS_ID_LEN);
	hub_conn_index(c);
}

/* ---- deeds --------------------------------------------------------------- */

struct input {
	const uint8_t *at, *end;
};

static uint8_t
byte(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static struct cs_view
bytes(struct input *in)
{
	size_t n = (size_t)byte(in) << 8, left;
	struct cs_view v;

	n |= byte(in);
	left = (size_t)(in->end - in->at);
	v = cs_view(in->at, n < left ? n : left);
	in->at += v.len;
	return v;
}

static void
say(unsigned link, uint8_t kind, uint64_t number, struct cs_view what)
{
	(void)!cs_channel_put(t.network[link], kind, number, what);
}

static void
request(unsigned link, struct input *in)
{
	uint64_t number = byte(in);
	struct cs_buf frame = { 0 };

	fuzz_ok(cs_wire_frame_head(&frame, byte(in), 1));
	fuzz_ok(cs_buf_add(&frame, bytes(in)));
	say(link, HUB_TALK_FRAME, number, cs_buf_view(&frame));
	cs_buf_free(&frame);
}

/* What the hub says is what a network process takes. */
static void
hear(unsigned link)
{
	struct cs_channel_message m;

	(void)!cs_channel_fill(t.network[link]);
	while (cs_channel_next(&m, t.network[link]))
		switch (m.kind) {
		case HUB_TALK_SEND:
			fuzz_want(m.bytes.len >= 5);
			break;
		case HUB_TALK_END:
			fuzz_want(m.bytes.len == 0);
			break;
		case HUB_TALK_CREDIT:
			fuzz_want(m.bytes.len == sizeof(uint64_t));
			break;
		case HUB_TALK_ALLOW:
			fuzz_want(m.bytes.len == sizeof(struct hub_talk_allow));
			break;
		default:
			fuzz_want(m.kind == HUB_TALK_GRANT &&
			    m.bytes.len == sizeof(struct hub_talk_grant));
		}
}

static void
end_round(void)
{
	struct pollfd none = { -1, 0, 0 };

	for (unsigned i = 0; i < 2; i++)
		(void)!cs_channel_flush(t.network[i]);
	for (int i = 0; i < 3; i++)
		fuzz_ok(hub_lines_run(t.hub, 0, &none, 1));
	fuzz_ok(hub_log_flush(t.hub));
	t.hub->broken = true;
	(void)hub_batch_end(t.hub);
	fuzz_want(!cs_db_in_transaction(t.hub->db));
	fuzz_want(t.hub->n_out == 0 && t.hub->touched == NULL);
	hear(0);
	hear(1);
}

static void
do_one(struct input *in)
{
	uint8_t deed = byte(in) % 7, kind;
	unsigned link = byte(in) & 1;
	struct hub_talk_opened o = { .address = { 1 },
		.binding = { 1, { 2 } } };
	uint64_t number;
	struct cs_view v;

	switch (deed) {
	case 0:
		kind = byte(in);
		number = byte(in);
		say(link, kind, number, bytes(in));
		return;
	case 1:
		say(link, HUB_TALK_OPENED, byte(in), HUB_TALK_OF(o));
		return;
	case 2:
		end_round();
		log_in(byte(in));
		return;
	case 3:
		request(link, in);
		return;
	case 4:
		v = bytes(in);
		(void)!cs_channel_flush(t.network[link]);
		if (v.len != 0)
			(void)!send(cs_channel_fd(t.network[link]), v.data,
			    v.len, MSG_NOSIGNAL);
		return;
	case 5:
		end_round();
		return;
	default:
		join(link);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };

	if (t.hub == NULL)
		make_world();
	if (size > 1 << 16)
		return 0;
	join(0);
	join(1);
	while (in.at < in.end)
		do_one(&in);
	end_round();
	/* Nothing of it is left. */
	hub_links_free(t.hub);
	fuzz_want(t.hub->n_conns == 0 && t.hub->ahead == 0);
	fuzz_want(t.hub->waiting == NULL && t.hub->desks == NULL);
	fuzz_want(t.last == NULL);
	for (size_t i = 0; i < HUB_BUCKETS; i++)
		fuzz_want(t.hub->by_device[i] == NULL &&
		    t.hub->by_account[i] == NULL);
	for (unsigned i = 0; i < 2; i++) {
		cs_channel_free(t.network[i]);
		t.network[i] = NULL;
	}
	hub_budgets_free(t.hub);
	return 0;
}
