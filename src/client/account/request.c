/* SPDX-License-Identifier: MIT */
/* First contacts: letting people in and keeping people out. */
#include "client/account/request.h"

#include <string.h>

#include "client/account/key_change.h"
#include "client/account/note.h"
#include "client/account/share.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/problem.h"
#include "client/home/receipt.h"
#include "client/hub/call.h"
#include "crypto/random.h"

struct move {
	const char *handle;
	enum cs_client_group_state to;
};

static enum cs_err
move_group(struct cs_client *c, struct client_group *g, void *arg)
{
	const struct move *m = arg;

	if (strcmp(g->direct ? g->name : g->added_by, m->handle) != 0 ||
	    client_group_over(g) || g->state == m->to)
		return CS_OK;
	/* A group that the user made, or was added to by a friend, stays. */
	if (m->to == CS_CLIENT_BLOCKED && !g->direct &&
	    g->state == CS_CLIENT_ACTIVE)
		return CS_OK;
	g->state = m->to;
	return client_group_store(c, g);
}

#define UNKNOWN "unknown_senders"

/* Store that ${contact} is ${state} since ${at_ms}, and change the state of the
 * conversations with it; inside a transaction. */
static enum cs_err
decide(struct cs_client *c, struct client_contact *contact,
    enum client_contact_state state, uint64_t at_ms)
{
	struct move move = { contact->handle,
		state == CONTACT_BLOCKED ? CS_CLIENT_BLOCKED
					 : CS_CLIENT_ACTIVE };
	enum cs_err err = client_contact_set_state(c, contact, state, at_ms);

	if (err || state == CONTACT_KNOWN)
		return err;
	return client_group_each(c, move_group, &move);
}

/* Tell the other devices, then store. */
static enum cs_err
set_contact(struct cs_client *c, struct client_contact *contact,
    enum client_contact_state state)
{
	struct client_contact decided = *contact;
	enum cs_err err;

	decided.state = state;
	decided.state_ms = client_now_ms(c);
	if ((err = client_need_hub(c)) ||
	    (err = client_contact_share(c, &decided)))
		return err;
	if ((err = cs_db_begin(c->db)))
		return err;
	err = decide(c, contact, state, decided.state_ms);
	return cs_db_end(c->db, err);
}

enum cs_err
cs_client_accept(struct cs_client *c, const char *typed)
{
	char handle[CS_HANDLE_MAX + 1];
	struct client_contact *contact;
	enum cs_err err = client_find_person(handle, c, typed);

	if (err)
		return err;
	contact = client_contact_by_handle(c, handle);
	if (contact == NULL)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "You do not know anybody called %s: neither of you has "
		    "written to the other.",
		    handle);
	/* Nobody has been let in yet by undoing what was said of a name. */
	return set_contact(c, contact,
	    client_contact_is_name(contact) ? CONTACT_KNOWN : CONTACT_ACCEPTED);
}

/* Nobody has to have written before they can be kept out. */
static enum cs_err
block_name(struct cs_client *c, const char *handle)
{
	struct client_contact named;
	enum cs_err err;

	if ((err = client_contact_of_name(&named, handle)))
		return err;
	named.state = CONTACT_BLOCKED;
	named.state_ms = client_now_ms(c);
	if ((err = client_need_hub(c)) ||
	    (err = client_contact_share(c, &named)))
		return err;
	return client_contact_add(c, &named);
}

enum cs_err
cs_client_block(struct cs_client *c, const char *typed)
{
	char handle[CS_HANDLE_MAX + 1];
	struct client_contact *contact;
	enum cs_err err = client_find_person(handle, c, typed);

	if (err)
		return err;
	if (strcmp(handle, c->self.handle) == 0)
		return client_problem(
		    c, CS_ERR_MISUSE, "%s is your own name.", handle);
	contact = client_contact_by_handle(c, handle);
	return contact != NULL ? set_contact(c, contact, CONTACT_BLOCKED)
			       : block_name(c, handle);
}

enum cs_err
cs_client_unknown_senders(struct cs_client *c, enum cs_client_unknown what)
{
	const struct cs_wire_settings m = {
		.unknown_senders = what == CS_CLIENT_UNKNOWN_REFUSE
		    ? CS_WIRE_UNKNOWN_REFUSE
		    : CS_WIRE_UNKNOWN_REQUEST,
	};

	enum cs_err err = client_call_empty(
	    c, CS_WIRE_SETTINGS_SET, &cs_wire_settings_shape, &m);

	/* The hub does not say it again: what was set here last is shown. */
	return err ? err
		   : cs_vault_config_set_num(
			 c->db, &c->key, UNKNOWN, m.unknown_senders);
}

enum cs_err
cs_client_settings(struct cs_client_settings *out, struct cs_client *c)
{
	uint64_t n = CS_WIRE_UNKNOWN_REQUEST;
	enum cs_err err = cs_vault_config_get_num(&n, c->db, &c->key, UNKNOWN);

	if (err && err != CS_ERR_NOT_FOUND)
		return err;
	out->unknown_senders = n == CS_WIRE_UNKNOWN_REFUSE
	    ? CS_CLIENT_UNKNOWN_REFUSE
	    : CS_CLIENT_UNKNOWN_REQUEST;
	return client_receipts_wanted(&out->receipts, c);
}

/* Take over what another device decided, unless this one decided later. */
static enum cs_err
take(struct cs_client *c, const struct client_contact *said)
{
	struct client_contact *known =
	    client_contact_by_handle(c, said->handle);

	if (known == NULL)
		return client_contact_find(c, said->account) == NULL
		    ? client_contact_add(c, said)
		    : CS_OK;
	if (known->state_ms >= said->state_ms)
		return CS_OK;
	if (memcmp(known->account, said->account, CS_ID_LEN) != 0 ||
	    memcmp(known->account_key, said->account_key, CS_KEY_LEN) != 0)
		return client_contact_renew(c, known, said);
	return decide(c, known, said->state, said->state_ms);
}

static enum cs_err
take_all(struct cs_client *c, struct cs_view rest)
{
	struct cs_wire_contact_note item;
	struct client_contact said;
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_contact_note_shape, &rest)) {
		err = client_note_read(&said, c, item.note);
		if (err == CS_OK)
			err = take(c, &said);
		/* A note that does not open was not written by this account. */
		else if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
			err = CS_OK;
	}
	return cs_db_end(c->db, err);
}

enum cs_err
client_notes_fetch(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_contacts_answer answer;
	enum cs_err err;

	/* No other device could have written any. */
	if (c->link.login.devices < 2)
		return CS_OK;
	if ((err = client_call(c, CS_WIRE_CONTACTS, &cs_wire_empty_shape,
		 &empty, &cs_wire_contacts_answer_shape, &answer)))
		return err;
	return take_all(c, answer.contacts.raw);
}
