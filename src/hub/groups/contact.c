/* SPDX-License-Identifier: MIT */
/* Who may reach whom: first contacts are requests (DESIGN, "Identity"). */
#include <string.h>

#include "hub/core/hub.h"

/* How ${owner} stands to ${peer}. */
static enum cs_err
get_state(uint64_t *out, struct cs_hub *hub, const uint8_t owner[static 16],
    const uint8_t peer[static 16])
{
	enum cs_err err = cs_db_get_int(out, hub->db,
	    "SELECT state FROM contact WHERE owner=? AND peer=?",
	    cs_blob(cs_view(owner, 16)), cs_blob(cs_view(peer, 16)));

	if (err == CS_ERR_NOT_FOUND) {
		*out = CS_WIRE_CONTACT_NONE;
		return CS_OK;
	}
	return err;
}

static enum cs_err
set_state(struct cs_hub *hub, const uint8_t owner[static 16],
    const uint8_t peer[static 16], uint64_t state)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO contact(owner,peer,state,since) VALUES(?,?,?,?)"
	    " ON CONFLICT(owner,peer) DO UPDATE SET state=excluded.state",
	    cs_blob(cs_view(owner, 16)), cs_blob(cs_view(peer, 16)),
	    cs_int(state), cs_int(hub->now_ms));
}

/* Strangers whom ${from} has turned to since yesterday. */
static enum cs_err
count_new(uint64_t *out, struct cs_hub *hub, const uint8_t from[static 16])
{
	return cs_db_get_int(out, hub->db,
	    "SELECT COUNT(*) FROM contact WHERE peer=? AND since>?"
	    " AND state IN (3,4)",
	    cs_blob(cs_view(from, 16)), cs_int(hub->now_ms - HUB_DAY_MS));
}

/* Key packages are handed out before the first message can come, and a client
 * that broke off has to be able to ask again; but not for ever. */
static uint16_t
offer(struct cs_hub *hub, const uint8_t from[static 16],
    const uint8_t to[static 16])
{
	uint64_t refuses, n, offers = 0;
	enum cs_err err;

	if ((err = cs_db_get_int(&refuses, hub->db,
		 "SELECT unknown_senders FROM account WHERE id=?",
		 cs_blob(cs_view(to, 16)))) ||
	    (err = count_new(&n, hub, from)))
		return hub_code(err);
	err = cs_db_get_int(&offers, hub->db,
	    "SELECT offers FROM contact WHERE owner=? AND peer=?",
	    cs_blob(cs_view(to, 16)), cs_blob(cs_view(from, 16)));
	if (err != CS_OK && err != CS_ERR_NOT_FOUND)
		return hub_code(err);
	if (refuses == CS_WIRE_UNKNOWN_REFUSE)
		return CS_WIRE_E_NO_MEMBER;
	if (n >= HUB_NEW_CONTACTS_DAY || offers >= HUB_OFFERS_MAX)
		return CS_WIRE_E_LIMIT;
	/* Who writes first can be written to. */
	if ((err = set_state(hub, to, from, HUB_CONTACT_OFFERED)) ||
	    (err = cs_db_exec(hub->db,
		 "UPDATE contact SET offers=offers+1 WHERE owner=? AND peer=?",
		 cs_blob(cs_view(to, 16)), cs_blob(cs_view(from, 16)))) ||
	    (err = set_state(hub, from, to, CS_WIRE_CONTACT_ACCEPTED)))
		return hub_code(err);
	return 0;
}

uint16_t
hub_contact_may(struct cs_hub *hub, const uint8_t from[static 16],
    const uint8_t to[static 16])
{
	uint64_t state;
	enum cs_err err;

	if (memcmp(from, to, 16) == 0)
		return 0;
	if ((err = get_state(&state, hub, to, from)))
		return hub_code(err);
	switch (state) {
	case CS_WIRE_CONTACT_ACCEPTED:
		return 0;
	case CS_WIRE_CONTACT_BLOCKED:
		/* As if there were nobody: being blocked is not to be seen. */
		return CS_WIRE_E_NO_MEMBER;
	case CS_WIRE_CONTACT_ASKED:
		return CS_WIRE_E_WAITING;
	default:
		return offer(hub, from, to);
	}
}

uint16_t
hub_contact_added(struct cs_hub *hub, const uint8_t from[static 16],
    const uint8_t to[static 16])
{
	uint64_t state;
	enum cs_err err;

	if (memcmp(from, to, 16) == 0)
		return 0;
	if ((err = get_state(&state, hub, to, from)))
		return hub_code(err);
	switch (state) {
	case CS_WIRE_CONTACT_ACCEPTED:
		return 0;
	case HUB_CONTACT_OFFERED:
		return hub_code(
		    set_state(hub, to, from, CS_WIRE_CONTACT_ASKED));
	case CS_WIRE_CONTACT_ASKED:
		return CS_WIRE_E_WAITING;
	default:
		return CS_WIRE_E_NO_MEMBER;
	}
}

uint16_t
hub_contact_set(struct hub_request *rq)
{
	struct cs_wire_contact_set m;
	struct cs_wire_empty answer = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_contact_set_shape, rq->body)))
		return hub_code(err);
	if (m.state > CS_WIRE_CONTACT_BLOCKED)
		return CS_WIRE_E_MALFORMED;
	if ((err = set_state(rq->hub, rq->conn->account, m.account, m.state)) ||
	    (err = cs_db_exec(rq->hub->db,
		 "UPDATE contact SET note=? WHERE owner=? AND peer=?",
		 cs_blob(m.note), cs_blob(CS_VIEW_OF(rq->conn->account)),
		 cs_blob(CS_VIEW_OF(m.account)))))
		return hub_code(err);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

uint16_t
hub_contacts(struct hub_request *rq)
{
	struct cs_wire_contacts_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;
	uint16_t code;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT peer,note FROM contact WHERE owner=? AND note<>x''"
	    " ORDER BY peer LIMIT 10000", /* CS_WIRE_CONTACTS_MAX */
	    cs_blob(CS_VIEW_OF(rq->conn->account)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_contact_note item = {
			.note = cs_col_blob(&rows, 1),
		};

		cs_col_copy(&rows, 0, item.account, sizeof item.account);
		err = cs_wire_list_add(&list, &answer.contacts.n,
		    &cs_wire_contact_note_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.contacts.raw = cs_buf_view(&list);
	code = err ? hub_code(err)
		   : hub_answer(rq, &cs_wire_contacts_answer_shape, &answer);
	cs_buf_free(&list);
	return code;
}

uint16_t
hub_settings_set(struct hub_request *rq)
{
	struct cs_wire_settings m;
	struct cs_wire_empty answer = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_settings_shape, rq->body)))
		return hub_code(err);
	if (m.unknown_senders > CS_WIRE_UNKNOWN_REFUSE)
		return CS_WIRE_E_MALFORMED;
	err = cs_db_exec(rq->hub->db,
	    "UPDATE account SET unknown_senders=? WHERE id=?",
	    cs_int(m.unknown_senders), cs_blob(CS_VIEW_OF(rq->conn->account)));
	if (err)
		return hub_code(err);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
