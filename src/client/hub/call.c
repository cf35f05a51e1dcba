/* SPDX-License-Identifier: MIT */
/* Requests to the hub, and what a refusal means for the user. */
#include "client/hub/call.h"

#include "client/home/activity.h"
#include "client/home/client.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "crypto/random.h"

#define WAIT_MAX_S 60 /* what we wait without asking anybody */
#define WAITS 3       /* of one request */

static enum cs_err
explain(struct cs_client *c, enum cs_err err)
{
	switch (err) {
	case CS_OK:
		return CS_OK;
	case CS_ERR_DENIED:
		c->link.hub_code = c->link.session.code;
		(void)client_problem(c, err, "%s", c->link.session.sentence);
		if (c->link.shut_out != NULL &&
		    (c->link.hub_code == CS_WIRE_E_DISABLED ||
			c->link.hub_code == CS_WIRE_E_REMOVED))
			c->link.shut_out(c, c->link.hub_code);
		return err;
	case CS_ERR_CLOSED:
		client_offline(c);
		return client_problem(
		    c, err, "The connection to the hub broke off.");
	case CS_ERR_TIMEOUT:
		client_offline(c);
		return client_problem(
		    c, err, "The hub took too long to answer.");
	default:
		if (cs_err_class(err) != CS_ERR_CLASS_THEIRS)
			return err;
		/* A hub that answers like this will not do better later. */
		client_offline(c);
		return client_problem(c, err,
		    "The hub gave an answer that makes no sense (%s).",
		    cs_err_name(err));
	}
}

/* A budget of a minute is used up: that is over by itself soon, and whoever
 * called has nothing better to do than to wait. */
static bool
is_short(const struct cs_client *c)
{
	return c->link.session.code == CS_WIRE_E_LIMIT &&
	    c->link.session.retry_s != 0 &&
	    c->link.session.retry_s <= WAIT_MAX_S;
}

enum cs_err
client_call(struct cs_client *c, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer)
{
	enum cs_err err = client_need_hub(c);

	c->link.hub_code = 0;
	if (err || (err = client_may_wait(c)))
		return err;
	for (unsigned i = 0;; i++) {
		if (kind != CS_WIRE_FETCH)
			client_activity(CS_CLIENT_ASKING, 0, 0);
		err = cs_session_call(&c->link.session, kind, request_shape,
		    request, answer_shape, answer);
		if (err != CS_ERR_DENIED || i == WAITS || !is_short(c))
			break;
		client_activity(CS_CLIENT_WAITING, 0, c->link.session.retry_s);
		if ((err = cs_session_wait(&c->link.session,
			 c->link.session.retry_s * CS_SECOND_MS)) != CS_OK)
			break;
	}
	if (kind != CS_WIRE_FETCH)
		client_activity(CS_CLIENT_IDLE, 0, 0);
	return explain(c, err);
}

enum cs_err
client_call_empty(struct cs_client *c, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request)
{
	struct cs_wire_empty answer;

	return client_call(
	    c, kind, request_shape, request, &cs_wire_empty_shape, &answer);
}

enum cs_err
client_login(struct cs_client *c)
{
	enum cs_err err = client_may_wait(c);

	c->link.hub_code = 0;
	if (err)
		return err;
	err = cs_session_login(&c->link.session, CS_WIRE_ROLE_DEVICE,
	    c->self.device, &c->self.device_key, &c->link.login);
	c->link.proven = err == CS_OK;
	return explain(c, err);
}
