/* SPDX-License-Identifier: MIT */
/* Being woken by the service of a browser's maker (RFC 8030). */
#include <string.h>

#include "client/home/client.h"
#include "client/hub/call.h"

enum cs_err
cs_client_push_set(struct cs_client *c, struct cs_buf *hub_key,
    const struct cs_client_push *to)
{
	struct cs_wire_push_set m = { { NULL, 0 } };
	struct cs_wire_push_set_answer answer;
	enum cs_err err;

	if (to != NULL) {
		m.endpoint = to->endpoint;
		memcpy(m.key, to->key, sizeof m.key);
		memcpy(m.auth, to->auth, sizeof m.auth);
	}
	if ((err = client_call(c, CS_WIRE_PUSH_SET, &cs_wire_push_set_shape, &m,
		 &cs_wire_push_set_answer_shape, &answer)))
		return err;
	return cs_buf_set(hub_key, answer.key);
}

enum cs_err
cs_client_push_clear(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };

	return client_call_empty(
	    c, CS_WIRE_PUSH_CLEAR, &cs_wire_empty_shape, &empty);
}
