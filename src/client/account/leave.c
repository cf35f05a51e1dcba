/* SPDX-License-Identifier: MIT */
/* Taking the own data along, and leaving the hub. */
#include "client/home/client.h"

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

/* Written before it is asked for: the hub does as it is told once, and then
 * does not know this device any more. */
enum cs_err
cs_client_account_leave(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	enum cs_err err;

	if ((err = client_need_hub(c)) ||
	    (err = cs_vault_config_set(
		 c->db, &c->key, LEFT, cs_view_str("yes"))))
		return err;
	return client_call_empty(
	    c, CS_WIRE_ACCOUNT_LEAVE, &cs_wire_empty_shape, &empty);
}

bool
client_account_left(struct cs_client *c)
{
	struct cs_buf left = { 0 };
	enum cs_err err = cs_vault_config_get(&left, c->db, &c->key, LEFT);

	cs_buf_free(&left);
	return err == CS_OK;
}
