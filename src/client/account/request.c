/* SPDX-License-Identifier: MIT */
/* First contacts: letting people in, keeping people out. */
#include <string.h>

#include "client/home/client.h"

/* For the hub, and for our other devices. */
static enum cs_err
tell_hub(struct cs_client *c, const struct client_contact *contact)
{
	static const uint8_t states[] = {
		[CONTACT_KNOWN] = CS_WIRE_CONTACT_NONE,
		[CONTACT_ACCEPTED] = CS_WIRE_CONTACT_ACCEPTED,
		[CONTACT_BLOCKED] = CS_WIRE_CONTACT_BLOCKED,
	};
	struct cs_wire_contact_set m = { .state = states[contact->state] };
	struct cs_buf note = { 0 };
	enum cs_err err;

	memcpy(m.account, contact->account, sizeof m.account);
	if ((err = client_note_write(&note, c, contact)) == CS_OK) {
		m.note = cs_buf_view(&note);
		err = client_call_empty(
		    c, CS_WIRE_CONTACT_SET, &cs_wire_contact_set_shape, &m);
	}
	cs_buf_free(&note);
	return err;
}

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
	/* A group that we made, or that a friend added us to, stays. */
	if (m->to == CS_CLIENT_BLOCKED && !g->direct &&
	    g->state == CS_CLIENT_ACTIVE)
		return CS_OK;
	g->state = m->to;
	return client_group_store(c, g);
}

enum cs_err
client_contact_decide(struct cs_client *c, struct client_contact *contact,
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

static enum cs_err
set_contact(
    struct cs_client *c, const char *handle, enum client_contact_state state)
{
	struct client_contact *contact = client_contact_by_handle(c, handle);
	struct client_contact decided;
	enum cs_err err;

	if (contact == NULL)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "Nobody called %.40s has written to you, nor you to them.",
		    handle);
	decided = *contact;
	decided.state = state;
	decided.state_ms = cs_clock_ms();
	if ((err = client_need_hub(c)) || (err = tell_hub(c, &decided)))
		return err;
	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = client_contact_decide(
		 c, contact, state, decided.state_ms)) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

enum cs_err
cs_client_accept(struct cs_client *c, const char *handle)
{
	return set_contact(c, handle, CONTACT_ACCEPTED);
}

enum cs_err
cs_client_block(struct cs_client *c, const char *handle)
{
	return set_contact(c, handle, CONTACT_BLOCKED);
}

/* ---- a new key under a known name --------------------------------------- */

static enum cs_err
end_direct(struct cs_client *c, struct client_group *g, void *arg)
{
	const char *handle = arg;

	if (!g->direct || strcmp(g->name, handle) != 0 || client_group_over(g))
		return CS_OK;
	g->state = CS_CLIENT_LEFT;
	return client_group_store(c, g);
}

enum cs_err
client_contact_renew(struct cs_client *c, struct client_contact *contact,
    const struct client_contact *by)
{
	enum cs_err err = client_contact_replace(c, contact, by);

	if (err == CS_OK)
		err = client_group_each(c, end_direct, contact->handle);
	return err ? err
		   : client_warning(c, NULL,
			 "The new key of %s was accepted. Your next message to "
			 "them begins a new conversation.",
			 contact->handle);
}

enum cs_err
cs_client_accept_new_key(struct cs_client *c, const char *handle)
{
	struct client_contact *contact = client_contact_by_handle(c, handle);
	struct client_contact by;
	enum cs_err err;

	if (contact == NULL || !contact->changed)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "The key of %.40s has not changed.", handle);
	by = *contact;
	memcpy(by.account, contact->new_account, sizeof by.account);
	memcpy(by.account_key, contact->new_key, sizeof by.account_key);
	memset(by.new_account, 0, sizeof by.new_account);
	memset(by.new_key, 0, sizeof by.new_key);
	by.changed = false;
	by.state = CONTACT_ACCEPTED;
	by.state_ms = cs_clock_ms();
	if ((err = client_need_hub(c)) || (err = tell_hub(c, &by)) ||
	    (err = cs_db_begin(c->db)))
		return err;
	if ((err = client_contact_renew(c, contact, &by)) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

enum cs_err
cs_client_unknown_senders(struct cs_client *c, bool refuse)
{
	const struct cs_wire_settings m = {
		.unknown_senders =
		    refuse ? CS_WIRE_UNKNOWN_REFUSE : CS_WIRE_UNKNOWN_REQUEST,
	};

	return client_call_empty(
	    c, CS_WIRE_SETTINGS_SET, &cs_wire_settings_shape, &m);
}
