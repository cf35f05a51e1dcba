/* SPDX-License-Identifier: MIT */
/*
 * What we need of TLS beyond a connection: pinning the operator key, and the
 * exporter.  ${ssl} and ${ssl_ctx} are OpenSSL's, handed through by src/net.
 */
#pragma once

#include "crypto/sign.h"
#include "crypto/tls_tickets.h"

struct cs_tls;

/*
 * A client SSL_CTX that speaks TLS 1.3 only and accepts a server only if its
 * certificate is signed by ${root_public}, for the host that is asked for,
 * and, with CS_TLS_OWN_CLOCK, in time.  Free with cs_tls_client_free().
 */
enum cs_tls_clock {
	CS_TLS_OWN_CLOCK,   /* this machine's clock is right */
	CS_TLS_OTHER_CLOCK, /* the caller asks cs_tls_client_validity() */
};
CS_CHECKED enum cs_err cs_tls_client_new(void **ssl_ctx,
    const uint8_t root_public[static CS_SIGN_PUBLIC_LEN], const char *host,
    enum cs_tls_clock clock);
/* From when until when the certificate is valid that was accepted last, in
 * seconds since 1970; zeroes: none was. */
void cs_tls_client_validity(
    const void *ssl_ctx, uint64_t *from_s, uint64_t *until_s);
void cs_tls_client_free(void *ssl_ctx);

/*
 * Keep the tickets that come on connections of this context in ${tickets},
 * which outlives it, and let each new connection resume with one of them (RFC
 * 8446, section 2.2), if there is one from a server whose certificate this
 * context would accept now: the server does not show it again.  A server that
 * does not take the ticket is looked at as always.  Call before the first
 * connection.
 */
void cs_tls_client_keep(void *ssl_ctx, struct cs_tls_tickets *tickets);

/* A session with the host of the context on ${fd}, a socket that does not block
 * and stays the caller's.  What is done with it is in crypto/tls_server.h. */
CS_CHECKED enum cs_err cs_tls_connect(
    struct cs_tls **out, void *ssl_ctx, int fd);

/* Why the last connection of this context was refused; CS_OK if it was not. */
enum cs_err cs_tls_client_refusal(const void *ssl_ctx);
/* Before the next one: nothing was refused yet. */
void cs_tls_client_refusal_forget(void *ssl_ctx);

/* Server side: TLS 1.3 only, small buffers. */
CS_CHECKED enum cs_err cs_tls_server_setup(void *ssl_ctx);

#define CS_TLS_EXPORTER_LEN 32
/* RFC 9266-like binding with a label of ours: both ends get the same bytes. */
CS_CHECKED enum cs_err cs_tls_exporter(
    uint8_t out[static CS_TLS_EXPORTER_LEN], void *ssl);
