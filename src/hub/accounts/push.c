/* SPDX-License-Identifier: MIT */
#include "hub/accounts/push.h"

#include <string.h>

#include "crypto/web_push.h"
#include "hub/core/batch.h"
#include "hub/core/push.h"
#include "hub/core/refusal.h"
#include "net/post.h"

static enum cs_err
keep(struct hub_request *rq, const struct cs_wire_push_set *m)
{
	struct cs_hub *hub = rq->hub;
	struct cs_view account = CS_VIEW_OF(rq->conn->account);
	enum cs_err err;

	if ((err = cs_db_exec(hub->db,
		 "INSERT OR REPLACE INTO"
		 " push(device,account,endpoint,key,auth,since)"
		 " VALUES(?,?,?,?,?,?)",
		 cs_blob(CS_VIEW_OF(rq->conn->device)), cs_blob(account),
		 cs_blob(m->endpoint), cs_blob(CS_VIEW_OF(m->key)),
		 cs_blob(CS_VIEW_OF(m->auth)), cs_int(hub->now_ms))))
		return err;
	hub_push_subscribed(hub, rq->conn->device);
	/* The oldest make room. */
	return cs_db_exec(hub->db,
	    "DELETE FROM push WHERE account=? AND device<>? AND device NOT IN"
	    " (SELECT device FROM push WHERE account=? AND device<>?"
	    " ORDER BY since DESC, device LIMIT ?)",
	    cs_blob(account), cs_blob(CS_VIEW_OF(rq->conn->device)),
	    cs_blob(account), cs_blob(CS_VIEW_OF(rq->conn->device)),
	    cs_int(HUB_PUSH_DEVICES_MAX - 1));
}

enum cs_err
hub_push_set(struct hub_request *rq)
{
	const uint8_t *key = hub_pushes_key(rq->hub);
	struct cs_wire_push_set_answer answer = { { NULL, 0 } };
	struct cs_wire_push_set m;
	struct cs_net_endpoint to;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_push_set_shape, rq->body)))
		return err;
	if (key != NULL)
		answer.key = cs_view(key, CS_WEB_PUSH_PUBLIC_LEN);
	/* It only asks for the key. */
	if (m.endpoint.len == 0)
		return hub_answer(rq, &cs_wire_push_set_answer_shape, &answer);
	if (!cs_web_push_public_valid(m.key))
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if (key == NULL || cs_net_endpoint_parse(&to, m.endpoint) != CS_OK ||
	    !hub_pushes_allowed(rq->hub, to.host, to.port))
		return hub_refuse(rq, CS_WIRE_E_PUSH);
	if ((err = keep(rq, &m)))
		return err;
	return hub_answer(rq, &cs_wire_push_set_answer_shape, &answer);
}

enum cs_err
hub_push_forget(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	return cs_db_exec(hub->db, "DELETE FROM push WHERE device=?",
	    cs_blob(cs_view(device, CS_ID_LEN)));
}

enum cs_err
hub_push_clear(struct hub_request *rq)
{
	struct cs_wire_empty m, answer = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_empty_shape, rq->body)) ||
	    (err = hub_push_forget(rq->hub, rq->conn->device)))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
