/* SPDX-License-Identifier: MIT */
#include "crypto/tls_tickets.h"

#include <openssl/ssl.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/tls_ticket_key.h"

/* Of a connection and a few transfers beside it. */
#define TICKETS_MAX 4

struct cs_tls_tickets {
	SSL_SESSION *kept[TICKETS_MAX]; /* the oldest first */
	size_t n;
};

/* When a session ends, in seconds: a number in the place of a pointer, so that
 * OpenSSL copies it to the sessions that come from this one. */
static int end_index = -1;

static uint64_t
end_of(const SSL_SESSION *session)
{
	return (uint64_t)(uintptr_t)SSL_SESSION_get_ex_data(session, end_index);
}

enum cs_err
cs_tls_tickets_new(struct cs_tls_tickets **out)
{
	*out = NULL;
	if (end_index < 0)
		end_index =
		    SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	if (end_index < 0)
		return CS_ERR_CRYPTO;
	*out = cs_calloc(1, sizeof **out);
	return *out != NULL ? CS_OK : CS_ERR_NOMEM;
}

static void
drop(struct cs_tls_tickets *t, size_t i)
{
	t->n--;
	memmove(t->kept + i, t->kept + i + 1, (t->n - i) * sizeof t->kept[0]);
}

void
cs_tls_tickets_free(struct cs_tls_tickets *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		SSL_SESSION_free(t->kept[i]);
	cs_free(t, sizeof *t);
}

void
cs_tls_tickets_keep(
    struct cs_tls_tickets *t, void *session, bool resumed, uint64_t now_s)
{
	uintptr_t end = (uintptr_t)(now_s + CS_TLS_TICKET_LIFE_S);
	/* The session itself is spoilt when its connection breaks off. */
	SSL_SESSION *copy = SSL_SESSION_dup(session);

	if (copy == NULL)
		return;
	if (!resumed &&
	    SSL_SESSION_set_ex_data(copy, end_index, (void *)end) != 1) {
		SSL_SESSION_free(copy);
		return;
	}
	if (t->n == TICKETS_MAX) {
		SSL_SESSION_free(t->kept[0]);
		drop(t, 0);
	}
	t->kept[t->n++] = copy;
}

void *
cs_tls_tickets_take(struct cs_tls_tickets *t, uint64_t now_s,
    bool (*fits)(void *arg, void *leaf), void *arg)
{
	for (size_t i = t->n; i-- > 0;) {
		SSL_SESSION *session = t->kept[i];
		X509 *leaf = SSL_SESSION_get0_peer(session);

		if (end_of(session) <= now_s) {
			SSL_SESSION_free(session);
			drop(t, i);
		} else if (leaf != NULL && fits(arg, leaf)) {
			drop(t, i);
			return session;
		}
	}
	return NULL;
}
