/* SPDX-License-Identifier: MIT */
/* Requests to the hub, and what its refusals mean to a person. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/home/client.h"

static void
removed(struct cs_client *c)
{
	struct cs_wire_removed data;
	char at[32] = "?";
	struct tm tm;
	time_t t;

	if (client_account_left(c)) {
		snprintf(c->problem, sizeof c->problem,
		    "You have left %s. What is here stays readable.", c->hub);
		return;
	}
	if (cs_wire_parse(&data, &cs_wire_removed_shape,
		cs_buf_view(&c->session.refusal_data)) == CS_OK) {
		t = (time_t)(data.at_ms / 1000);
		if (gmtime_r(&t, &tm) != NULL)
			strftime(at, sizeof at, "%Y-%m-%d %H:%M UTC", &tm);
	}
	snprintf(c->problem, sizeof c->problem,
	    "Another device of %s removed this one from the account on %s. "
	    "What is here stays readable; nothing new comes.",
	    c->handle, at);
}

static enum cs_err
explain(struct cs_client *c, enum cs_err err)
{
	switch (err) {
	case CS_OK:
		return CS_OK;
	case CS_ERR_DENIED:
		c->hub_code = c->session.code;
		if (c->hub_code == CS_WIRE_E_DISABLED)
			client_notice_disabled(c);
		else if (c->hub_code == CS_WIRE_E_REMOVED)
			removed(c);
		else
			snprintf(c->problem, sizeof c->problem, "%s",
			    c->session.sentence);
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
		/* Whoever speaks like this will not do better later. */
		client_offline(c);
		return client_problem(c, err,
		    "The hub gave an answer that makes no sense (%s).",
		    cs_err_name(err));
	}
}

enum cs_err
client_call(struct cs_client *c, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer)
{
	enum cs_err err = client_need_hub(c);

	c->hub_code = 0;
	if (err)
		return err;
	return explain(c,
	    cs_session_call(&c->session, kind, request_shape, request,
		answer_shape, answer));
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
	c->hub_code = 0;
	return explain(c,
	    cs_session_login(&c->session, CS_WIRE_ROLE_DEVICE, c->device,
		&c->device_key, &c->login));
}
