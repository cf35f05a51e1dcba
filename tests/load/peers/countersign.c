/* SPDX-License-Identifier: MIT */
/*
 * Our own hub.  Members encrypt beforehand, because what is compared is
 * servers: the recipient fetches and acknowledges what it is told of, and does
 * not decrypt it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "hub/admin.h"
#include "load/peers/peers.h"
#include "programs/bench/server.h"
#include "programs/bench/world.h"

struct pair {
	struct bench_member from, to;
	struct cs_buf *messages;
	unsigned n, next;
	/* Of those in the air, the oldest first. */
	uint32_t ids[PEERS_WINDOW];
	unsigned in_air;
	uint64_t seq; /* what the recipient has */
};

static void *
hub_open(const struct peers_target *target, unsigned number)
{
	struct pair *p = cs_calloc(1, sizeof *p);
	struct bench_hub h = { .port = target->port };
	char root[CS_HUB_ROOT_TEXT_SIZE];

	if (p == NULL)
		peers_must(CS_ERR_NOMEM, "a pair");
	if (strlen(target->path) >= sizeof h.dir)
		peers_must(CS_ERR_LIMIT, "the hub's folder");
	strcpy(h.dir, target->path);
	peers_must(cs_hub_root(root, h.dir), "the hub's root");
	peers_must(
	    cs_unbase64url(h.root, sizeof h.root, root, strlen(root)), "root");
	bench_hub_pair(&h, &p->from, &p->to, number);
	p->seq = 1; /* the commit that made it two */
	return p;
}

static void
hub_prepare(void *pair, unsigned n)
{
	struct pair *p = pair;
	struct cs_buf body = { 0 };
	uint8_t text[PEERS_BODY];

	memset(text, 'x', sizeof text);
	if ((p->messages = cs_calloc(n, sizeof *p->messages)) == NULL)
		peers_must(CS_ERR_NOMEM, "messages");
	for (p->n = 0; p->n < n; p->n++) {
		bench_send(&p->messages[p->n], &p->from, "localhost",
		    CS_VIEW_OF(text), &body);
		cs_buf_reset(&body);
	}
	cs_buf_free(&body);
}

static bool
hub_send(void *pair)
{
	struct pair *p = pair;
	struct cs_wire_submit ask = {
		.group_id = cs_mls_group_id(p->from.group),
	};
	struct cs_buf *message = &p->messages[p->next];

	if (p->next == p->n)
		return false;
	ask.message = cs_buf_view(message);
	peers_must(cs_session_send(&p->from.session, &p->ids[p->in_air++],
		       CS_WIRE_SUBMIT, &cs_wire_submit_shape, &ask),
	    "send");
	cs_buf_free(message);
	p->next++;
	return true;
}

static unsigned
hub_acknowledged(void *pair)
{
	struct pair *p = pair;
	struct cs_wire_submit_answer got;

	peers_must(cs_session_answer(&p->from.session, p->ids[0],
		       &cs_wire_submit_answer_shape, &got),
	    "an answer");
	memmove(p->ids, p->ids + 1, --p->in_air * sizeof p->ids[0]);
	return 1;
}

static void
take_page(struct pair *p, unsigned *n)
{
	const struct cs_wire_fetch ask = {
		.group_id = cs_mls_group_id(p->to.group),
		.after = p->seq,
		.max = CS_WIRE_FETCH_MAX,
	};
	struct cs_wire_fetch_answer page;
	struct cs_wire_entry entry;
	struct cs_view rest;

	peers_must(
	    cs_session_call(&p->to.session, CS_WIRE_FETCH, &cs_wire_fetch_shape,
		&ask, &cs_wire_fetch_answer_shape, &page),
	    "fetch");
	for (rest = page.entries.raw;
	     cs_wire_next(&entry, &cs_wire_entry_shape, &rest); ++*n)
		p->seq = entry.group_seq;
}

static unsigned
hub_received(void *pair)
{
	struct pair *p = pair;
	struct cs_wire_push push;
	unsigned n = 0;

	while (n == 0) {
		peers_must(
		    cs_session_push(&p->to.session, &push, PEERS_TIMEOUT_MS),
		    "a push");
		if (push.kind == CS_WIRE_PUSH_GROUP)
			while (p->seq < push.head)
				take_page(p, &n);
	}
	return n;
}

static void
hub_taken(void *pair)
{
	struct pair *p = pair;
	const struct cs_wire_ack ask = {
		.group_id = cs_mls_group_id(p->to.group),
		.group_seq = p->seq,
	};
	struct cs_wire_empty none;

	peers_must(cs_session_call(&p->to.session, CS_WIRE_ACK,
		       &cs_wire_ack_shape, &ask, &cs_wire_empty_shape, &none),
	    "acknowledge");
}

const struct peers_protocol peers_countersign = { hub_open, hub_prepare,
	hub_send, hub_acknowledged, hub_received, hub_taken };
