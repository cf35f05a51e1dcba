/* SPDX-License-Identifier: MIT */
#include "hub/network/handshakes.h"

#include "crypto/tls_server.h"

/* Keep what has come until no handshake is under way. */
static enum cs_err
keep(struct network *n, const struct cs_channel_message *m)
{
	switch (m->kind) {
	case HUB_TALK_CHAIN:
		n->fresh_chain = true;
		n->chain_key = (uint32_t)m->about;
		return cs_buf_set(&n->chain, m->bytes);
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
		err = keep(n, &m);
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
use_chain(struct network *n)
{
	struct network_tls *t;
	enum cs_err err;

	n->fresh_chain = false;
	if (n->n_tls == NETWORK_TLS_MAX)
		return CS_ERR_LIMIT;
	t = &n->tls[n->n_tls];
	t->network = n;
	t->key = n->chain_key;
	if ((err = cs_tls_server_new_remote(
		 &t->server, cs_buf_view(&n->chain), sign, t)))
		return err;
	n->n_tls++;
	cs_net_server_use(n->server, t->server);
	n->fresh_tickets = n->have_tickets;
	return CS_OK;
}

static enum cs_err
use_tickets(struct network *n)
{
	n->fresh_tickets = false;
	if (n->n_tls == 0)
		return CS_OK;
	return cs_tls_server_tickets(
	    n->tls[n->n_tls - 1].server, n->tickets.now, n->tickets.before);
}

enum cs_err
network_tls_serve(struct network *n)
{
	struct cs_channel_message m;
	enum cs_err err = CS_OK;

	if (n->signer != NULL) {
		err = cs_channel_fill(n->signer);
		while (err == CS_OK && cs_channel_next(&m, n->signer))
			err = keep(n, &m);
		if (err)
			leave_signer(n);
	}
	if (n->fresh_chain && (err = use_chain(n)))
		return err;
	return n->fresh_tickets ? use_tickets(n) : CS_OK;
}

void
network_tls_free(struct network *n)
{
	while (n->n_tls > 0)
		cs_tls_server_free(n->tls[--n->n_tls].server);
	leave_signer(n);
	cs_buf_free(&n->chain);
	cs_wipe(&n->tickets, sizeof n->tickets);
}
