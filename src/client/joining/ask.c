/* SPDX-License-Identifier: MIT */
/* Asking to be let into a group by its link. */
#include <string.h>

#include "base/text.h"
#include "client/client.h"
#include "client/groups/asked.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/joining/group_link.h"

/* ---- the link ----------------------------------------------------------- */

static enum cs_err
read_link(struct client_group_link *out, struct cs_client *c, const char *text)
{
	struct cs_client_invite invite;

	if (client_group_link_parse(out, text) == CS_OK) {
		if (memcmp(out->to.root, c->self.root, CS_KEY_LEN) == 0)
			return CS_OK;
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "That link is of another hub (%.200s): you are on %.200s. "
		    "Nothing was asked.",
		    out->host, c->self.hub);
	}
	if (cs_client_invite_parse(&invite, text) == CS_OK)
		return client_problem(c, CS_ERR_FORMAT,
		    "That is an invite link to a hub, not a link to a group. "
		    "Nothing was asked.");
	return client_problem(c, CS_ERR_FORMAT,
	    "That is no link to a group: one begins with https:// and has /g# "
	    "in it. Copy all of it, and put it in quotes. Nothing was asked.");
}

/* Why the hub took no ask. */
static enum cs_err
explain(struct cs_client *c, enum cs_err err)
{
	if (err != CS_ERR_DENIED)
		return err;
	switch (c->link.hub_code) {
	case CS_WIRE_E_GROUP_LINK:
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "That link leads to no group any more: its members have "
		    "ended it or made another, or the group has ended. Nothing "
		    "was asked; get a new link from a member.");
	case CS_WIRE_E_EXISTS:
		return client_problem(
		    c, CS_ERR_EXISTS, "You are in that group already.");
	case CS_WIRE_E_WAITING:
		return client_problem(c, CS_ERR_DENIED,
		    "You asked to be let into that group before, and were "
		    "refused. You can ask again 14 days after you did.");
	default:
		return err;
	}
}

/* ---- asking ------------------------------------------------------------- */

static enum cs_err
seal(struct cs_buf *letter, struct cs_buf *note, struct cs_client *c,
    const struct client_group_link *link, struct cs_view text)
{
	struct client_asked asked = { .at_ms = client_now_ms(c) };
	const struct cs_group_ask ask = { .at_ms = asked.at_ms, .text = text };
	enum cs_err err;

	memcpy(asked.ref, link->to.ref, sizeof asked.ref);
	if ((err = client_asked_write(note, c, &asked)))
		return err;
	return cs_group_ask_seal(letter, &ask, &link->to,
	    cs_buf_view(&c->self.credential), &c->self.device_key);
}

enum cs_err
cs_client_group_ask(struct cs_client *c, const char *text_of_link,
    struct cs_view text, char group[static CS_CLIENT_GROUP_ID_SIZE])
{
	struct client_group_link link;
	struct cs_wire_group_ask m;
	struct cs_buf letter = { 0 }, note = { 0 };
	enum cs_err err;

	if (text.len > CS_GROUP_ASK_TEXT_MAX || !cs_utf8_valid(text))
		return client_problem(c, CS_ERR_LIMIT,
		    "What you tell the members is UTF-8 of at most %d bytes. "
		    "Nothing was asked.",
		    CS_GROUP_ASK_TEXT_MAX);
	if ((err = client_need_hub(c)) ||
	    (err = read_link(&link, c, text_of_link)) ||
	    (err = seal(&letter, &note, c, &link, text)) ||
	    (err = cs_group_link_rendezvous(m.rendezvous, &link.to)))
		goto out;
	m.sealed = cs_buf_view(&letter);
	m.note = cs_buf_view(&note);
	err = explain(c,
	    client_call_empty(
		c, CS_WIRE_GROUP_ASK, &cs_wire_group_ask_shape, &m));
	cs_group_ref_text(group, link.to.ref);
out:
	cs_buf_free(&letter);
	cs_buf_free(&note);
	return err;
}

enum cs_err
cs_client_group_ask_take_back(struct cs_client *c, const char *text_of_link)
{
	struct cs_wire_group_ask m = { .sealed = cs_view(NULL, 0) };
	struct client_group_link link;
	enum cs_err err;

	if ((err = client_need_hub(c)) ||
	    (err = read_link(&link, c, text_of_link)) ||
	    (err = cs_group_link_rendezvous(m.rendezvous, &link.to)))
		return err;
	return explain(c,
	    client_call_empty(
		c, CS_WIRE_GROUP_ASK, &cs_wire_group_ask_shape, &m));
}

/* ---- what became of it -------------------------------------------------- */

enum cs_err
cs_client_own_asks(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_own_ask *ask), void *arg)
{
	static const enum cs_client_ask_state states[] = {
		[CS_WIRE_ASK_WAITS] = CS_CLIENT_ASK_WAITS,
		[CS_WIRE_ASK_TAKEN] = CS_CLIENT_ASK_TAKEN,
		[CS_WIRE_ASK_OVER] = CS_CLIENT_ASK_OVER,
	};
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_own_asks_answer answer;
	struct cs_wire_own_ask item;
	struct cs_view rest;
	enum cs_err err = client_call(c, CS_WIRE_OWN_ASKS, &cs_wire_empty_shape,
	    &empty, &cs_wire_own_asks_answer_shape, &answer);

	if (err)
		return err;
	rest = answer.asks.raw;
	while (cs_wire_next(&item, &cs_wire_own_ask_shape, &rest)) {
		struct cs_client_own_ask ask = {
			.asked_ms = item.asked_ms,
			.until_ms = item.until_ms,
		};
		struct client_asked asked;

		/* What no device of the account wrote is not shown. */
		if (item.state < CS_WIRE_ASK_WAITS ||
		    item.state > CS_WIRE_ASK_OVER ||
		    client_asked_read(&asked, c, item.note) != CS_OK)
			continue;
		ask.state = states[item.state];
		cs_group_ref_text(ask.group, asked.ref);
		each(arg, &ask);
	}
	return CS_OK;
}
