/* SPDX-License-Identifier: MIT */
/* First contacts: letting people in, keeping people out. */
#include <string.h>

#include "client/client_internal.h"

static enum cs_err
tell_hub(struct cs_client *c, const struct client_contact *contact,
    enum cs_wire_contact state)
{
	struct cs_wire_contact_set m = { .state = (uint8_t)state };

	memcpy(m.account, contact->account, sizeof m.account);
	return client_call_empty(
	    c, CS_WIRE_CONTACT_SET, &cs_wire_contact_set_shape, &m);
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
	    g->state == CS_CLIENT_LEFT || g->state == m->to)
		return CS_OK;
	/* A group that we made, or that a friend added us to, stays. */
	if (m->to == CS_CLIENT_BLOCKED && !g->direct &&
	    g->state == CS_CLIENT_ACTIVE)
		return CS_OK;
	g->state = m->to;
	return client_group_store(c, g);
}

static enum cs_err
set_contact(struct cs_client *c, const char *handle,
    enum client_contact_state state, enum cs_wire_contact wire,
    enum cs_client_group_state to)
{
	struct client_contact *contact = client_contact_by_handle(c, handle);
	struct move move = { handle, to };
	enum cs_err err;

	if (contact == NULL)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "Nobody called %.40s has written to you, nor you to them.",
		    handle);
	if ((err = client_need_hub(c)) || (err = tell_hub(c, contact, wire)))
		return err;
	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = client_contact_set_state(c, contact, state)) == CS_OK &&
	    (err = client_group_each(c, move_group, &move)) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

enum cs_err
cs_client_accept(struct cs_client *c, const char *handle)
{
	return set_contact(c, handle, CONTACT_ACCEPTED,
	    CS_WIRE_CONTACT_ACCEPTED, CS_CLIENT_ACTIVE);
}

enum cs_err
cs_client_block(struct cs_client *c, const char *handle)
{
	return set_contact(c, handle, CONTACT_BLOCKED, CS_WIRE_CONTACT_BLOCKED,
	    CS_CLIENT_BLOCKED);
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
