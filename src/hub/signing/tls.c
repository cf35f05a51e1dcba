/* SPDX-License-Identifier: MIT */
#include "hub/signing/tls.h"

#include <poll.h>
#include <unistd.h>

#include "crypto/init.h"
#include "crypto/random.h"
#include "crypto/tls_signer.h"
#include "family/channel.h"
#include "family/confine.h"
#include "family/part.h"
#include "hub/talk/talk.h"
#include "store/clock.h"
#include "store/file.h"

#define LINKS_MAX 64
#define FILE_MAX 65536
#define TICKETS_MS CS_HOUR_MS /* then their keys are changed */

/* A certificate and its key: the one for programs, or the public one for pages,
 * which a hub may be without. */
struct pair {
	struct cs_buf key, chain; /* as they come, until "keys" */
	/* The key that is in use, and the one before: handshakes that began
	 * with its certificate end with it. */
	struct cs_tls_signer *signer, *before;
	uint32_t number; /* of the one in use */
	struct cs_buf chain_used;
};

struct tls {
	struct pair own, web;
	struct hub_talk_tickets tickets;
	uint64_t tickets_us; /* when they were last changed */
	struct cs_channel *networks[LINKS_MAX];
};

/* ---- telling ------------------------------------------------------------ */

static void
leave(struct tls *t, size_t i)
{
	cs_channel_free(t->networks[i]);
	t->networks[i] = NULL;
}

static void
tell(
    struct tls *t, size_t i, uint8_t kind, uint32_t number, struct cs_view what)
{
	if (t->networks[i] != NULL &&
	    (cs_channel_put(t->networks[i], kind, number, what) != CS_OK ||
		cs_channel_flush(t->networks[i]) != CS_OK))
		leave(t, i);
}

static void
tell_all(struct tls *t, uint8_t kind, uint32_t number, struct cs_view what)
{
	for (size_t i = 0; i < LINKS_MAX; i++)
		tell(t, i, kind, number, what);
}

/* How long until the keys of tickets are changed, in ms; changes them if it is
 * time. */
static int
change_tickets(struct tls *t)
{
	uint64_t now = cs_clock_us();
	uint64_t life = TICKETS_MS * 1000;

	if (t->tickets_us != 0 && now - t->tickets_us < life)
		return (int)((life - (now - t->tickets_us)) / 1000) + 1;
	if (t->tickets_us == 0)
		cs_random(t->tickets.now, sizeof t->tickets.now);
	memcpy(t->tickets.before, t->tickets.now, sizeof t->tickets.before);
	cs_random(t->tickets.now, sizeof t->tickets.now);
	t->tickets_us = now;
	tell_all(t, HUB_TALK_TICKETS, 0, HUB_TALK_OF(t->tickets));
	return (int)TICKETS_MS;
}

/* ---- what is handed over ------------------------------------------------ */

/* Key and chain have come.  Those that do not belong together leave what there
 * is. */
static enum cs_err
change_keys(struct tls *t, struct pair *p)
{
	struct cs_tls_signer *fresh = NULL;
	enum cs_err err = cs_tls_signer_new(&fresh, cs_buf_view(&p->key));

	cs_buf_free(&p->key);
	if (err == CS_OK)
		err = cs_tls_signer_check(fresh, cs_buf_view(&p->chain));
	if (err) {
		cs_tls_signer_free(fresh);
		if (p == &t->own && p->signer == NULL)
			return CS_ERR_CORRUPT;
		cs_part_tell(p == &t->own ? "keys" : "web-keys", err, "");
		return CS_OK;
	}
	/* Whoever was told of these has them; each change costs something. */
	if (p->signer != NULL &&
	    cs_view_equal(
		cs_buf_view(&p->chain), cs_buf_view(&p->chain_used))) {
		cs_tls_signer_free(fresh);
		return CS_OK;
	}
	cs_tls_signer_free(p->before);
	p->before = p->signer;
	p->signer = fresh;
	p->number++;
	if ((err = cs_buf_set(&p->chain_used, cs_buf_view(&p->chain))))
		return err;
	tell_all(t, HUB_TALK_CHAIN, p->number, cs_buf_view(&p->chain_used));
	return CS_OK;
}

static enum cs_err
take_link(struct tls *t, const struct cs_hand *h)
{
	const struct cs_channel_limits limits = { CS_KIB, CS_MIB };
	enum cs_err err;

	if (h->number >= LINKS_MAX) {
		close(h->fd);
		return CS_ERR_FORMAT;
	}
	leave(t, h->number);
	if ((err = cs_channel_new(&t->networks[h->number], h->fd, &limits)))
		return err;
	if (t->own.signer != NULL)
		tell(t, h->number, HUB_TALK_CHAIN, t->own.number,
		    cs_buf_view(&t->own.chain_used));
	if (t->web.signer != NULL)
		tell(t, h->number, HUB_TALK_CHAIN, t->web.number,
		    cs_buf_view(&t->web.chain_used));
	tell(t, h->number, HUB_TALK_TICKETS, 0, HUB_TALK_OF(t->tickets));
	return CS_OK;
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct tls *t = arg;
	struct cs_buf *file = cs_hand_is(h, "tls.key") ? &t->own.key
	    : cs_hand_is(h, "tls.pem")                 ? &t->own.chain
	    : cs_hand_is(h, "web-key")                 ? &t->web.key
	    : cs_hand_is(h, "web-cert")                ? &t->web.chain
						       : NULL;
	enum cs_err err = CS_OK;

	if (cs_hand_is(h, "link") && h->fd >= 0)
		return take_link(t, h);
	if (file != NULL && h->fd >= 0) {
		cs_buf_free(file);
		err = cs_file_read_fd(file, h->fd, FILE_MAX);
	}
	if (h->fd >= 0)
		close(h->fd);
	/* What is no key or certificate is found so when both are there. */
	if (file == &t->web.key || file == &t->web.chain)
		return err == CS_ERR_NOMEM ? err : CS_OK;
	if (cs_hand_is(h, "keys"))
		return change_keys(t, &t->own);
	return cs_hand_is(h, "web-keys") ? change_keys(t, &t->web) : err;
}

/* ---- orders ------------------------------------------------------------- */

static struct cs_tls_signer *
numbered(const struct tls *t, uint64_t number)
{
	const struct pair *p =
	    (number & HUB_TALK_WEB_KEY) != 0 ? &t->web : &t->own;

	return number == p->number    ? p->signer
	    : number + 1 == p->number ? p->before
				      : NULL;
}

static void
serve(struct tls *t, size_t i)
{
	struct cs_channel *c = t->networks[i];
	enum cs_err err = cs_channel_fill(c);
	struct cs_channel_message m;

	while (cs_channel_next(&m, c)) {
		uint8_t signature[CS_TLS_SIG_MAX];
		size_t n = 0;

		struct cs_tls_signer *s = numbered(t, m.about >> 32);

		/* What is refused is answered with nothing. */
		if (m.kind != HUB_TALK_SIGN || s == NULL ||
		    cs_tls_signer_sign(s, signature, &n, m.bytes) != CS_OK)
			n = 0;
		if (cs_channel_put(c, HUB_TALK_SIGNATURE, m.about,
			cs_view(signature, n)) != CS_OK)
			break;
	}
	if (cs_channel_flush(c) != CS_OK || err)
		leave(t, i);
}

static enum cs_err
run_round(struct tls *t)
{
	struct pollfd p[LINKS_MAX + 1] = { { cs_part_socket(), POLLIN, 0 } };
	enum cs_err err;

	for (size_t i = 0; i < LINKS_MAX; i++) {
		const struct cs_channel *c = t->networks[i];

		p[i + 1] = (struct pollfd){ c != NULL ? cs_channel_fd(c) : -1,
			(short)(POLLIN |
			    (c != NULL && cs_channel_waiting(c) != 0 ? POLLOUT
								     : 0)),
			0 };
	}
	(void)poll(p, LINKS_MAX + 1, change_tickets(t));
	if (p[0].revents != 0 && (err = cs_part_take(t, take, false)))
		return err;
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (p[i + 1].revents != 0 && t->networks[i] != NULL)
			serve(t, i);
	return CS_OK;
}

static enum cs_err
begin(struct tls *t)
{
	const struct cs_confinement how = { .stranger = true, .folder = -1 };
	struct cs_confined confined;
	enum cs_err err;

	if ((err = cs_part_begin(HUB_TLS)) || (err = cs_crypto_init()) ||
	    (err = cs_confine(&confined, &how)))
		return err;
	t->web.number = HUB_TALK_WEB_KEY;
	(void)change_tickets(t);
	if ((err = cs_part_take(t, take, true)))
		return err;
	return t->own.signer != NULL ? cs_part_ready() : CS_ERR_NOT_FOUND;
}

static void
free_pair(struct pair *p)
{
	cs_tls_signer_free(p->signer);
	cs_tls_signer_free(p->before);
	cs_buf_free(&p->key);
	cs_buf_free(&p->chain);
	cs_buf_free(&p->chain_used);
}

int
hub_tls_main(void)
{
	static struct tls t;
	enum cs_err err = begin(&t);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&t);
	for (size_t i = 0; i < LINKS_MAX; i++)
		leave(&t, i);
	free_pair(&t.own);
	free_pair(&t.web);
	cs_wipe(&t.tickets, sizeof t.tickets);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
