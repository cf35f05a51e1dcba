/* SPDX-License-Identifier: MIT */
/*
 * The tickets of a client (RFC 8446, section 4.6.1): what a server gave it to
 * resume with.  In memory only, and each is used once, so that nobody who looks
 * on can tell that two connections are the same client's (appendix C.4).
 */
#pragma once

#include "base/bytes.h"

struct cs_tls_tickets;

/* None yet.  CS_ERR_NOMEM, CS_ERR_CRYPTO */
CS_CHECKED enum cs_err cs_tls_tickets_new(struct cs_tls_tickets **out);
/* After every context that keeps tickets here. */
void cs_tls_tickets_free(struct cs_tls_tickets *t);

/*
 * Keep a copy of ${session}, an SSL_SESSION, if there is memory for it; the
 * oldest goes when there are too many.  ${resumed}: it comes from a connection
 * that was resumed itself, and ends when that one's ticket did, two hours after
 * the handshake in which the server last proved to hold its key.
 */
void cs_tls_tickets_keep(
    struct cs_tls_tickets *t, void *session, bool resumed, uint64_t now_s);

/*
 * The newest SSL_SESSION whose leaf certificate, an X509, ${fits}; it is not
 * kept any more, and the caller's to free.  NULL: there is none.  What has
 * ended by ${now_s} is dropped.
 */
void *cs_tls_tickets_take(struct cs_tls_tickets *t, uint64_t now_s,
    bool (*fits)(void *arg, void *leaf), void *arg);
