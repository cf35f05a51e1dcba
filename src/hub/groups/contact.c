/* SPDX-License-Identifier: MIT */
/* Who may reach whom: first contacts are requests (DESIGN, "Identity"). */
#include "hub/groups/contact.h"

#include <string.h>

#include "franking/cert.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/groups/ask.h"

/* The state of the contact ${peer} of ${owner}.  Both are always asked for:
 * whether somebody was blocked by name, and what stands of the account. */
static enum cs_err
get_state(uint64_t *out, struct cs_hub *hub,
    const uint8_t owner[static CS_ID_LEN], const uint8_t peer[static CS_ID_LEN])
{
	uint64_t by_name;
	enum cs_err err;

	if ((err = cs_db_get_int(&by_name, hub->db,
		 "SELECT COUNT(*) FROM named_contact WHERE owner=? AND"
		 " state=? AND handle=(SELECT handle FROM account WHERE id=?)",
		 cs_blob(cs_view(owner, CS_ID_LEN)),
		 cs_int(CS_WIRE_CONTACT_BLOCKED),
		 cs_blob(cs_view(peer, CS_ID_LEN)))) ||
	    (err = cs_db_get_int(out, hub->db,
		 "SELECT COALESCE(MAX(state),?) FROM contact WHERE owner=? AND"
		 " peer=?",
		 cs_int(CS_WIRE_CONTACT_NONE),
		 cs_blob(cs_view(owner, CS_ID_LEN)),
		 cs_blob(cs_view(peer, CS_ID_LEN)))))
		return err;
	if (by_name != 0)
		*out = CS_WIRE_CONTACT_BLOCKED;
	return CS_OK;
}

static enum cs_err
set_state(struct cs_hub *hub, const uint8_t owner[static CS_ID_LEN],
    const uint8_t peer[static CS_ID_LEN], uint64_t state)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO contact(owner,peer,state,since) VALUES(?,?,?,?)"
	    " ON CONFLICT(owner,peer) DO UPDATE SET state=excluded.state",
	    cs_blob(cs_view(owner, CS_ID_LEN)),
	    cs_blob(cs_view(peer, CS_ID_LEN)), cs_int(state),
	    cs_int(hub->now_ms));
}

/* What decides whether ${from} gets key packages of ${to}.  All of it is asked
 * for in every case, also of nobody: so that the time of an answer does not
 * tell who is blocked and who is not there. */
struct standing {
	uint64_t there, state, refuses, offers;
	uint64_t asks; /* of theirs, to be let into groups of ${from} */
};

static enum cs_err
ask(struct standing *out, struct hub_request *rq,
    const uint8_t to[static CS_ID_LEN])
{
	const uint8_t *from = rq->conn->account;
	struct cs_hub *hub = rq->hub;
	enum cs_err err;

	if ((err = cs_db_get_int(&out->there, hub->db,
		 "SELECT COUNT(*) FROM account WHERE id=?",
		 cs_blob(cs_view(to, CS_ID_LEN)))) ||
	    (err = cs_db_get_int(&out->refuses, hub->db,
		 "SELECT COALESCE(MAX(unknown_senders),0) FROM account"
		 " WHERE id=?",
		 cs_blob(cs_view(to, CS_ID_LEN)))) ||
	    (err = get_state(&out->state, hub, to, from)) ||
	    (err = hub_ask_meets(&out->asks, hub, to, from)))
		return err;
	return cs_db_get_int(&out->offers, hub->db,
	    "SELECT COALESCE(MAX(offers),0) FROM contact WHERE owner=? AND"
	    " peer=?",
	    cs_blob(cs_view(to, CS_ID_LEN)), cs_blob(cs_view(from, CS_ID_LEN)));
}

/* Hand out key packages before a first message has come. A client whose
 * connection broke has to be able to ask again, but not without end. */
static enum cs_err
offer(struct hub_request *rq, const uint8_t to[static CS_ID_LEN],
    const struct standing *s)
{
	struct cs_hub *hub = rq->hub;
	const uint8_t *from = rq->conn->account;
	enum cs_err err;

	if (s->refuses == CS_WIRE_UNKNOWN_REFUSE)
		return hub_refuse(rq, CS_WIRE_E_NO_MEMBER);
	if (s->offers >= hub_budget_amount(hub, HUB_B_OFFERS))
		return hub_over(rq, HUB_B_OFFERS, 0);
	err = hub_spend(rq, HUB_B_NEW_CONTACTS_DAY, s->offers == 0);
	if (err)
		return err;
	/* Somebody who writes first can be written to. */
	if ((err = set_state(hub, to, from, HUB_CONTACT_OFFERED)) ||
	    (err = cs_db_exec(hub->db,
		 "UPDATE contact SET offers=offers+1 WHERE owner=? AND peer=?",
		 cs_blob(cs_view(to, CS_ID_LEN)),
		 cs_blob(cs_view(from, CS_ID_LEN)))) ||
	    (err = set_state(hub, from, to, CS_WIRE_CONTACT_ACCEPTED)))
		return err;
	return CS_OK;
}

enum cs_err
hub_contact_may(struct hub_request *rq, const uint8_t to[static CS_ID_LEN])
{
	struct standing s;
	enum cs_err err;

	if (memcmp(rq->conn->account, to, CS_ID_LEN) == 0)
		return CS_OK;
	if ((err = ask(&s, rq, to)))
		return err;
	if (s.there == 0)
		return hub_refuse(rq, CS_WIRE_E_NO_MEMBER);
	switch (s.state) {
	case CS_WIRE_CONTACT_ACCEPTED:
		return CS_OK;
	case CS_WIRE_CONTACT_BLOCKED:
		/* Answer as if the handle did not exist: nobody can see who
		 * blocked them. */
		return hub_refuse(rq, CS_WIRE_E_NO_MEMBER);
	default:
		break;
	}
	/* They want to come, and are asked nothing for that. */
	if (s.asks != 0)
		return hub_ask_offered(rq->hub, to, rq->conn->account);
	return s.state == CS_WIRE_CONTACT_ASKED
	    ? hub_refuse(rq, CS_WIRE_E_WAITING)
	    : offer(rq, to, &s);
}

enum cs_err
hub_contact_added(struct hub_request *rq, const uint8_t to[static CS_ID_LEN])
{
	const uint8_t *from = rq->conn->account;
	uint64_t state;
	enum cs_err err;

	if (memcmp(from, to, CS_ID_LEN) == 0)
		return CS_OK;
	if ((err = get_state(&state, rq->hub, to, from)))
		return err;
	switch (state) {
	case CS_WIRE_CONTACT_ACCEPTED:
		return CS_OK;
	case HUB_CONTACT_OFFERED:
		return set_state(rq->hub, to, from, CS_WIRE_CONTACT_ASKED);
	case CS_WIRE_CONTACT_ASKED:
		return hub_refuse(rq, CS_WIRE_E_WAITING);
	default:
		return hub_refuse(rq, CS_WIRE_E_NO_MEMBER);
	}
}

/* A new row needs room; one that is there, also one that a stranger made, can
 * be changed in any case. */
static enum cs_err
check_room(struct hub_request *rq, const uint8_t peer[static CS_ID_LEN])
{
	uint64_t there;
	enum cs_err err;

	err = cs_db_get_int(&there, rq->hub->db,
	    "SELECT COUNT(*) FROM contact WHERE owner=? AND peer=?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_blob(cs_view(peer, CS_ID_LEN)));
	return err || there != 0 ? err : hub_spend(rq, HUB_B_CONTACTS, 1);
}

static enum cs_err
set_by_account(struct hub_request *rq, const struct cs_wire_contact_set *m)
{
	enum cs_err err;

	if ((err = check_room(rq, m->account)) ||
	    (err = set_state(rq->hub, rq->conn->account, m->account, m->state)))
		return err;
	return cs_db_exec(rq->hub->db,
	    "UPDATE contact SET note=? WHERE owner=? AND peer=?",
	    cs_blob(m->note), cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_blob(CS_VIEW_OF(m->account)));
}

/* It holds for whoever has the name or ever will: nothing of the answer or of
 * what is kept tells whether there is anybody. */
static enum cs_err
set_by_name(struct hub_request *rq, const struct cs_wire_contact_set *m)
{
	uint64_t there;
	enum cs_err err;

	err = cs_db_get_int(&there, rq->hub->db,
	    "SELECT COUNT(*) FROM named_contact WHERE owner=? AND handle=?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_text(m->handle));
	if (err || (there == 0 && (err = hub_spend(rq, HUB_B_CONTACTS, 1))))
		return err;
	return cs_db_exec(rq->hub->db,
	    "INSERT INTO named_contact(owner,handle,state,since,note)"
	    " VALUES(?,?,?,?,?) ON CONFLICT(owner,handle) DO UPDATE SET"
	    " state=excluded.state,since=excluded.since,note=excluded.note",
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_text(m->handle),
	    cs_int(m->state), cs_int(rq->hub->now_ms), cs_blob(m->note));
}

enum cs_err
hub_contact_set(struct hub_request *rq)
{
	struct cs_wire_contact_set m;
	struct cs_wire_empty answer = { 0 };
	bool by_name;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_contact_set_shape, rq->body)))
		return err;
	by_name = cs_view_is_zero(CS_VIEW_OF(m.account));
	if (m.state > CS_WIRE_CONTACT_BLOCKED ||
	    ((by_name || m.handle.len != 0) && !cs_handle_valid(m.handle)))
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = hub_spend(rq, HUB_B_CONTACTS_DAY, 1)))
		return err;
	err = by_name ? set_by_name(rq, &m) : set_by_account(rq, &m);
	/* What is decided about somebody ends what was about the name. */
	if (err == CS_OK && !by_name && m.handle.len != 0)
		err = cs_db_exec(rq->hub->db,
		    "DELETE FROM named_contact WHERE owner=? AND handle=?",
		    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_text(m.handle));
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_contacts(struct hub_request *rq)
{
	struct cs_wire_contacts_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	/* An account of zeroes stands for a name. */
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT peer,note FROM contact WHERE owner=? AND note<>x''"
	    " UNION ALL SELECT zeroblob(?),note FROM named_contact WHERE"
	    " owner=? ORDER BY peer LIMIT ?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(CS_ID_LEN),
	    cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_int(CS_WIRE_CONTACTS_MAX));
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
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_contacts_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

enum cs_err
hub_settings_set(struct hub_request *rq)
{
	struct cs_wire_settings m;
	struct cs_wire_empty answer = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_settings_shape, rq->body)))
		return err;
	if (m.unknown_senders > CS_WIRE_UNKNOWN_REFUSE)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	err = cs_db_exec(rq->hub->db,
	    "UPDATE account SET unknown_senders=? WHERE id=?",
	    cs_int(m.unknown_senders), cs_blob(CS_VIEW_OF(rq->conn->account)));
	if (err)
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
