/* SPDX-License-Identifier: MIT */
#include "net/client_ws.h"

#include <poll.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "crypto/random.h"
#include "store/clock.h"
#include "wire/frame.h"

/* Frames that wait, and bytes of them, from which on no more are read: they
 * stay where they are. */
#define ARRIVED_ENOUGH 1024
#define WAITING_ENOUGH ((uint64_t)8 << 20)
/* A hub that is trusted with nothing is not trusted with our memory: of more
 * than one read can hold beyond that, it is cut off. */
#define ARRIVED_MAX (ARRIVED_ENOUGH + 16384)
#define WAITING_MAX (WAITING_ENOUGH + CS_WIRE_FRAME_MAX + 16384)
/* Pongs that a hub makes us queue. */
#define PONGS_MAX ((size_t)64 << 10)
/* Read of it in one turn. */
#define TURN_BYTES ((size_t)1 << 20)
/* A hub hangs up after 105 s of silence (net/server.h), and whoever stands in
 * between may do so earlier. */
#define SAY_MS (45 * CS_SECOND_MS)
/* Nobody answers a ping of ours, nor says anything else. */
#define SILENCE_MS (90 * CS_SECOND_MS)

static uint64_t
now_ms(void)
{
	return cs_clock_us() / 1000;
}

/* ---- in ----------------------------------------------------------------- */

static bool
is_full(const struct cs_net_client *c)
{
	return c->n_arrived >= ARRIVED_ENOUGH || c->waiting >= WAITING_ENOUGH;
}

static void
arrive(struct cs_net_client *c)
{
	struct net_arrived *a =
	    c->n_arrived < ARRIVED_MAX && c->in.len <= WAITING_MAX - c->waiting
	    ? cs_calloc(1, sizeof *a)
	    : NULL;

	if (a == NULL) {
		c->over = true;
		return;
	}
	c->n_arrived++;
	c->waiting += c->in.len;
	cs_buf_move(&a->frame, &c->in);
	*c->tail = a;
	c->tail = &a->next;
}

static void
on_spoken(struct cs_net_client *c, const struct cs_ws_got *got)
{
	if (got->opcode == CS_WS_CLOSE)
		c->over = true;
	else if (got->opcode == CS_WS_PING &&
	    (c->out.len - c->out_at > PONGS_MAX + CS_WIRE_FRAME_MAX ||
		net_ws_queue(c, CS_WS_PONG, got->bytes) != CS_OK))
		c->over = true;
}

static void
take(struct cs_net_client *c, uint8_t *bytes, size_t n)
{
	struct cs_ws_got got;

	do {
		cs_ws_next(
		    &got, &c->ws, &bytes, &n, CS_WIRE_FRAME_MAX - c->in.len);
		switch (got.event) {
		case CS_WS_DATA:
			c->payload += got.bytes.len;
			if (got.bytes.len != 0 &&
			    cs_buf_add(&c->in, got.bytes) != CS_OK)
				c->over = true;
			else if (got.last)
				arrive(c);
			break;
		case CS_WS_SPOKEN:
			on_spoken(c, &got);
			break;
		case CS_WS_BAD:
			c->over = true;
			break;
		case CS_WS_NOTHING:
			break;
		}
	} while (got.event != CS_WS_NOTHING && !c->over);
}

static void
read_some(struct cs_net_client *c)
{
	uint8_t bytes[16384];
	enum cs_tls_io io = CS_TLS_DONE;
	size_t got, turn = 0;

	while (
	    io == CS_TLS_DONE && !c->over && !is_full(c) && turn < TURN_BYTES) {
		io = cs_tls_read(c->line.tls, bytes, sizeof bytes, &got);
		if (io != CS_TLS_DONE)
			break;
		turn += got;
		c->heard_ms = now_ms();
		c->asked = false;
		take(c, bytes, got);
	}
	if (io == CS_TLS_OVER)
		c->over = true;
	c->line.wants = io == CS_TLS_WANT_WRITE ? POLLOUT : POLLIN;
}

/* ---- out ---------------------------------------------------------------- */

enum cs_err
net_ws_queue(
    struct cs_net_client *c, enum cs_ws_opcode opcode, struct cs_view frame)
{
	uint8_t head[CS_WS_HEAD_MAX + CS_WS_MASK_LEN], mask[CS_WS_MASK_LEN];
	size_t at = c->out.len, n_head = cs_ws_head(head, opcode, frame.len);
	uint8_t *to;
	enum cs_err err;

	n_head += CS_WS_MASK_LEN;
	if ((err = cs_buf_extend(&c->out, n_head + frame.len, &to)))
		return err;
	if (frame.len != 0)
		memcpy(to + n_head, frame.data, frame.len);
	cs_random(mask, sizeof mask);
	n_head = cs_ws_head_masked(head, opcode, mask, to + n_head, frame.len);
	memcpy(c->out.data + at, head, n_head);
	return CS_OK;
}

static void
write_some(struct cs_net_client *c)
{
	enum cs_tls_io io = CS_TLS_DONE;
	size_t put;

	while (io == CS_TLS_DONE && c->out_at < c->out.len) {
		io = cs_tls_write(c->line.tls,
		    cs_view(c->out.data + c->out_at, c->out.len - c->out_at),
		    &put);
		c->out_at += put;
		if (put != 0)
			c->said_ms = now_ms();
	}
	if (io == CS_TLS_OVER)
		c->over = true;
	if (c->out_at == c->out.len) {
		cs_buf_free(&c->out);
		c->out_at = 0;
	}
}

/* ---- time --------------------------------------------------------------- */

static uint64_t
until(uint64_t then_ms, uint64_t now)
{
	return then_ms > now ? then_ms - now : 0;
}

/* Say that we are there; or find that nobody else is. */
static void
look_at_time(struct cs_net_client *c)
{
	uint64_t now = now_ms();

	/* Who does not listen cannot complain. */
	if (is_full(c))
		c->heard_ms = now;
	if (c->asked && until(c->heard_ms + SILENCE_MS, now) == 0 &&
	    c->out.len == 0) {
		c->over = true;
	} else if (until(c->said_ms + SAY_MS, now) == 0 && c->out.len == 0) {
		/* Silence counts from here: nobody listened until now. */
		if (!c->asked)
			c->heard_ms = now;
		c->asked = true;
		c->said_ms = now;
		if (net_ws_queue(c, CS_WS_PING, cs_view(NULL, 0)) != CS_OK)
			c->over = true;
	}
}

int
net_ws_patience_ms(const struct cs_net_client *c)
{
	uint64_t now = now_ms(), say = until(c->said_ms + SAY_MS, now);
	uint64_t silence = until(c->heard_ms + SILENCE_MS, now);

	return (int)(c->asked && silence < say ? silence : say) + 1;
}

short
net_ws_events(const struct cs_net_client *c)
{
	return (short)((is_full(c) ? 0 : c->line.wants) |
	    (c->out.len != 0 ? POLLOUT : 0));
}

void
net_ws_turn(struct cs_net_client *c)
{
	if (c->line.tls == NULL || c->over)
		return;
	read_some(c);
	if (!c->over)
		look_at_time(c);
	if (!c->over)
		write_some(c);
}

/* ---- beginning and end -------------------------------------------------- */

void
net_ws_begin(struct cs_net_client *c, struct cs_buf *first)
{
	c->ws = (struct cs_ws){ .client = true };
	c->in.max = CS_WIRE_FRAME_MAX;
	c->heard_ms = c->said_ms = now_ms();
	c->line.wants = POLLIN;
	if (first->len != 0)
		take(c, first->data, first->len);
}

void
net_ws_clear(struct cs_net_client *c)
{
	while (c->head != NULL) {
		struct net_arrived *a = c->head;

		c->head = a->next;
		cs_buf_free(&a->frame);
		cs_free(a, sizeof *a);
	}
	c->tail = &c->head;
	c->n_arrived = 0;
	c->waiting = 0;
	cs_buf_free(&c->in);
	cs_buf_free(&c->out);
	c->out_at = 0;
	c->asked = c->over = false;
}
