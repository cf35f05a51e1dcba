/* SPDX-License-Identifier: MIT */
#include "hub/network/handshakes.h"

#include "crypto/tls_server.h"
#include "family/part.h"

static enum cs_err
keep_chain(struct network *n, const struct cs_channel_message *m)
{
	struct network_chain *c =
	    (m->about & HUB_TALK_WEB_KEY) != 0 ? &n->pages : &n->own;

	c->fresh = true;
	c->key = (uint32_t)m->about;
	return cs_buf_set(&c->pem, m->bytes);
}

/* Keep what has come until no handshake is under way. */
enum cs_err
network_tls_keep(struct network *n, const struct cs_channel_message *m)
{
	switch (m->kind) {
	case HUB_TALK_CHAIN:
		return keep_chain(n, m);
	case HUB_TALK_TICKETS:
		n->fresh_tickets = n->have_tickets = true;
		return hub_talk_copy(&n->tickets, sizeof n->tickets, m->bytes)
		    ? CS_OK
		    : CS_ERR_FORMAT;
	case HUB_TALK_SIGNATURE: /* that was not waited for */
		return CS_OK;
	default:
		return CS_ERR_FORMAT;
	}
}

static void
leave_signer(struct network *n)
{
	cs_channel_free(n->signer);
	n->signer = NULL;
}

static enum cs_err
sign(void *arg, uint8_t out[static CS_TLS_SIG_MAX], size_t *n_out,
    struct cs_view tbs)
{
	const struct network_tls *t = arg;
	struct network *n = t->network;
	struct cs_channel_message m;
	uint64_t order = (uint64_t)t->key << 32 | ++n->orders;
	enum cs_err err;

	if (n->signer == NULL)
		return CS_ERR_CLOSED;
	err = cs_channel_put(n->signer, HUB_TALK_SIGN, order, tbs);
	while (err == CS_OK &&
	    (err = cs_channel_await(&m, n->signer, HUB_TALK_SIGN_MS)) ==
		CS_OK) {
		if (m.kind == HUB_TALK_SIGNATURE && m.about == order)
			break;
		err = network_tls_keep(n, &m);
	}
	if (err) {
		leave_signer(n);
		return err;
	}
	if (m.bytes.len == 0 || m.bytes.len > CS_TLS_SIG_MAX)
		return CS_ERR_DENIED;
	memcpy(out, m.bytes.data, m.bytes.len);
	*n_out = m.bytes.len;
	return CS_OK;
}

static enum cs_err
use_chain(struct network *n, struct network_chain *c)
{
	struct network_tls *t;
	enum cs_err err;

	c->fresh = false;
	if (c->n_tls == NETWORK_TLS_MAX)
		return CS_ERR_LIMIT;
	t = &c->tls[c->n_tls];
	t->network = n;
	t->key = c->key;
	if ((err = cs_tls_server_new_remote(
		 &t->server, cs_buf_view(&c->pem), sign, t)))
		return err;
	c->n_tls++;
	return CS_OK;
}

static enum cs_err
use_own(struct network *n)
{
	enum cs_err err = use_chain(n, &n->own);

	if (err)
		return err;
	cs_net_server_use(n->server, n->own.tls[n->own.n_tls - 1].server);
	n->fresh_tickets = n->have_tickets;
	return CS_OK;
}

/* Pages get no tickets: one that came from here would be good where programs
 * come in, and browsers seldom come back.  A chain that OpenSSL does not take
 * is the operator's mistake: pages wait, and programs do not. */
static enum cs_err
use_pages(struct network *n)
{
	enum cs_err err = use_chain(n, &n->pages);

	if (err == CS_ERR_LIMIT || err == CS_ERR_NOMEM)
		return err;
	if (err == CS_OK)
		cs_net_server_use_web(
		    n->server, n->pages.tls[n->pages.n_tls - 1].server);
	else
		cs_part_tell("web-keys", err, "");
	return CS_OK;
}

static enum cs_err
use_tickets(struct network *n)
{
	n->fresh_tickets = false;
	if (n->own.n_tls == 0)
		return CS_OK;
	return cs_tls_server_tickets(n->own.tls[n->own.n_tls - 1].server,
	    n->tickets.now, n->tickets.before);
}

enum cs_err
network_tls_serve(struct network *n)
{
	struct cs_channel_message m;
	enum cs_err err = CS_OK;

	if (n->signer != NULL) {
		err = cs_channel_fill(n->signer);
		while (err == CS_OK && cs_channel_next(&m, n->signer))
			err = network_tls_keep(n, &m);
		if (err)
			leave_signer(n);
	}
	if ((n->own.fresh && (err = use_own(n))) ||
	    (n->pages.fresh && (err = use_pages(n))))
		return err;
	return n->fresh_tickets ? use_tickets(n) : CS_OK;
}

bool
network_tls_fresh(const struct network *n)
{
	return n->own.fresh || n->pages.fresh || n->fresh_tickets;
}

static void
free_chain(struct network_chain *c)
{
	while (c->n_tls > 0)
		cs_tls_server_free(c->tls[--c->n_tls].server);
	cs_buf_free(&c->pem);
}

void
network_tls_free(struct network *n)
{
	free_chain(&n->own);
	free_chain(&n->pages);
	leave_signer(n);
	cs_wipe(&n->tickets, sizeof n->tickets);
}
