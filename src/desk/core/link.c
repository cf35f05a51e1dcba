/* SPDX-License-Identifier: MIT */
#include "desk/core/link.h"

#include "base/units.h"
#include "crypto/tls_tickets.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "net/client.h"
#include "net/session.h"
#include "store/vault.h"
#include "wire/messages.h"

static void
set_online(struct cs_desk *d, bool online)
{
	d->online = online;
	if (d->shown_online != NULL)
		__atomic_store_n(d->shown_online, online, __ATOMIC_RELAXED);
}

void
desk_disconnect(struct cs_desk *d)
{
	if (d->online)
		cs_session_close(&d->session);
	set_online(d, false);
}

/* What we sign for others goes out with the root's certificate of our key. */
static enum cs_err
keep_cert(struct cs_desk *d)
{
	const struct cs_view cert =
	    cs_buf_view(&d->session.info.desk_sign_cert);
	struct cs_buf stored = { 0 };
	enum cs_err err;

	err = cs_vault_config_get(&stored, d->db, &d->key, DESK_CERT);
	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK && !cs_view_equal(cert, cs_buf_view(&stored))))
		err = cs_vault_config_set(d->db, &d->key, DESK_CERT, cert);
	cs_buf_free(&stored);
	return err;
}

/* Open the session, here or by another process. */
static enum cs_err
open_session(struct cs_desk *d)
{
	struct cs_net_client_config config = {
		.host = d->hub.host,
		.port = d->hub.port,
		.root_public = d->hub.root,
		.timeout_ms = DESK_TIMEOUT_MS,
	};
	enum cs_err err;

	if (d->far != NULL) {
		config.far = d->far(d->far_arg);
		return config.far != NULL
		    ? cs_session_open(&d->session, &config)
		    : CS_ERR_CLOSED;
	}
	if (d->tickets == NULL && (err = cs_tls_tickets_new(&d->tickets)))
		return err;
	config.tickets = d->tickets;
	return cs_session_open(&d->session, &config);
}

enum cs_err
desk_connect(struct cs_desk *d)
{
	static const uint8_t no_device[CS_ID_LEN];
	struct cs_wire_login_answer answer;
	enum cs_err err;

	if (d->online)
		return CS_OK;
	if ((err = open_session(d))) {
		if (err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT)
			return desk_problem(d, CS_ERR_CLOSED, "hub-silent",
			    "Nobody answers at %s:%d.", d->hub.host,
			    d->hub.port);
		return desk_problem(d, err, "hub-other",
		    "What answers at %s:%d is not the hub of this operator "
		    "key (%s).",
		    d->hub.host, d->hub.port, cs_err_text(err));
	}
	set_online(d, true);
	err = cs_session_login(
	    &d->session, CS_WIRE_ROLE_DESK, no_device, &d->sign_key, &answer);
	if (err == CS_ERR_DENIED)
		err = desk_problem(d, err, "hub-refuses",
		    "The hub does not take this desk: %s", d->session.sentence);
	if (err == CS_OK)
		err = keep_cert(d);
	if (err)
		desk_disconnect(d);
	return err;
}

enum cs_err
desk_call(struct cs_desk *d, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer)
{
	enum cs_err err;

	if ((err = desk_connect(d)))
		return err;
	err = cs_session_call(
	    &d->session, kind, request_shape, request, answer_shape, answer);
	if (err == CS_ERR_DENIED)
		return desk_problem(d, err, "hub-says", "The hub says: %s",
		    d->session.sentence);
	if (err) {
		desk_disconnect(d);
		return desk_problem(d, err, "hub-broke-off",
		    "The connection to the hub broke off: %s.",
		    cs_err_text(err));
	}
	return CS_OK;
}

void
cs_desk_show_online(struct cs_desk *d, bool *where)
{
	d->shown_online = where;
}

void
cs_desk_connect_by(
    struct cs_desk *d, struct cs_net_far *(*far)(void *arg), void *arg)
{
	d->far = far;
	d->far_arg = arg;
}
