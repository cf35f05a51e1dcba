/* SPDX-License-Identifier: MIT */
/* A desk's key at a hub without a network, and
 * actions under it. */
#pragma once

#include "crypto/random.h"
#include "crypto/sign.h"
#include "hub/desk/action.h"
#include "support/hub_world.h"
#include "wire/codec.h"
#include "wire/messages.h"

struct dw_desk {
	struct cs_sign_key key;
	struct hub_conn conn;
};

static inline void
dw_init(struct dw_desk *d, struct hub_world *w)
{
	memset(d, 0, sizeof *d);
	assert_ok(cs_sign_key_new(&d->key));
	d->conn.hub = w->hub;
	d->conn.role = HUB_DESK;
	w->hub->have_desk = true;
	memcpy(w->hub->desk_sign_public, d->key.public, 32);
}

/* A statement of reasons, as short as it may be. */
static inline struct cs_buf
dw_statement(void)
{
	const struct cs_wire_statement s = {
		.version = CS_WIRE_STATEMENT_VERSION,
		.language = cs_view_str("en"),
		.facts = cs_view_str("what was seen"),
		.ground_kind = CS_WIRE_GROUND_TERMS,
	};
	struct cs_buf b = { 0 };

	assert_ok(cs_wire_write(&b, &cs_wire_statement_shape, &s));
	return b;
}

/* An action with an id of its own; without a statement. */
static inline struct cs_wire_action
dw_action(uint8_t kind, const uint8_t *account)
{
	struct cs_wire_action a = { .kind = kind, .decided_ms = 1 };

	cs_random(a.id, sizeof a.id);
	if (account != NULL)
		memcpy(a.account, account, 16);
	return a;
}

/* Sign under ${key} and send: 0 or the code. */
static inline uint16_t
dw_send_as(struct hub_world *w, struct dw_desk *d,
    const struct cs_sign_key *key, const struct cs_wire_action *a,
    struct cs_wire_action_result *result)
{
	struct cs_wire_desk_action m;
	struct cs_buf action = { 0 }, tbs = { 0 };
	uint16_t code;

	assert_ok(cs_wire_write(&action, &cs_wire_action_shape, a));
	assert_ok(cs_wire_action_tbs(&tbs, cs_buf_view(&action)));
	m.action = cs_buf_view(&action);
	assert_ok(cs_sign(m.signature, key, cs_buf_view(&tbs)));
	code = hw_ask(w, &d->conn, hub_desk_action, &cs_wire_desk_action_shape,
	    &m, &cs_wire_action_result_shape, result);
	cs_buf_free(&action);
	cs_buf_free(&tbs);
	return code;
}

static inline uint16_t
dw_send(struct hub_world *w, struct dw_desk *d, const struct cs_wire_action *a)
{
	return dw_send_as(w, d, &d->key, a, NULL);
}

/* The same with a statement of reasons. */
static inline uint16_t
dw_state(struct hub_world *w, struct dw_desk *d, struct cs_wire_action *a)
{
	struct cs_buf statement = dw_statement();
	uint16_t code;

	a->statement = cs_buf_view(&statement);
	code = dw_send(w, d, a);
	a->statement = cs_view(NULL, 0);
	cs_buf_free(&statement);
	return code;
}

static inline uint16_t
dw_reverse(struct hub_world *w, struct dw_desk *d,
    const struct cs_wire_action *reversed)
{
	struct cs_wire_action a =
	    dw_action(CS_WIRE_ACTION_REVERSE, reversed->account);

	memcpy(a.reverses, reversed->id, 16);
	return dw_send(w, d, &a);
}
