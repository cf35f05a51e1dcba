/* SPDX-License-Identifier: MIT */
/* Exporting the user's data, and leaving the hub. */
#include "client/account/leave.h"

#include <stdio.h>

#include "client/home/client.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "crypto/random.h"

#define LEFT "left"

enum cs_err
cs_client_account_export(struct cs_client *c, struct cs_buf *json)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_account_export answer;
	enum cs_err err;

	if ((err = client_call(c, CS_WIRE_ACCOUNT_EXPORT, &cs_wire_empty_shape,
		 &empty, &cs_wire_account_export_shape, &answer)))
		return err;
	return cs_buf_set(json, answer.json);
}

enum cs_err
client_account_leave(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	enum cs_err err;

	/* Noted before asking: the hub obeys once, and does not know this
	 * device afterwards. */
	if ((err = cs_vault_config_set(
		 c->db, &c->key, LEFT, cs_view_str("yes"))))
		return err;
	return client_call_empty(
	    c, CS_WIRE_ACCOUNT_LEAVE, &cs_wire_empty_shape, &empty);
}

/* Did this device leave the hub, or ask to? */
static bool
left(struct cs_client *c)
{
	struct cs_buf value = { 0 };
	enum cs_err err = cs_vault_config_get(&value, c->db, &c->key, LEFT);

	cs_buf_free(&value);
	return err == CS_OK;
}

void
client_account_shut_out(struct cs_client *c)
{
	struct cs_wire_removed data;
	char at[CLIENT_UTC_SIZE] = "?";

	if (left(c)) {
		snprintf(c->problem, sizeof c->problem,
		    "You have left %s. What is here stays readable.",
		    c->self.hub);
		return;
	}
	if (cs_wire_parse(&data, &cs_wire_removed_shape,
		cs_buf_view(&c->link.session.refusal_data)) == CS_OK)
		client_utc(at, data.at_ms);
	snprintf(c->problem, sizeof c->problem,
	    "Another device of %s removed this one from the account on %s. "
	    "What is here stays readable; nothing new comes.",
	    c->self.handle, at);
}
