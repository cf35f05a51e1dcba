/* SPDX-License-Identifier: MIT */
/*
 * What we need of TLS beyond a connection: a chain of two
 * certificates whose root is the operator key, pinning that key, and the
 * exporter.  ${ssl} and ${ssl_ctx} are OpenSSL's, handed through by src/net.
 */
#pragma once

#include "crypto/sign.h"

/*
 * A fresh P-256 key for the hub's TLS, and its X.509 certificate for ${host},
 * signed by ${root}, whose self-signed certificate follows: PEM, appended.
 */
CS_CHECKED enum cs_err cs_tls_certify(struct cs_buf *chain_pem,
    struct cs_buf *key_pem, const struct cs_sign_key *root, const char *host,
    uint64_t not_before_s, uint64_t not_after_s);

/*
 * A client SSL_CTX that speaks TLS 1.3 only and accepts a server only if its
 * certificate is signed by ${root_public}, for the host that is asked for,
 * and in time.  Free with cs_tls_client_free().
 */
CS_CHECKED enum cs_err cs_tls_client_new(void **ssl_ctx,
    const uint8_t root_public[static CS_SIGN_PUBLIC_LEN], const char *host);
void cs_tls_client_free(void *ssl_ctx);

/* Why the last connection of this context was refused; CS_OK if it was not. */
enum cs_err cs_tls_client_refusal(const void *ssl_ctx);

/* Server side: TLS 1.3 only, small buffers. */
CS_CHECKED enum cs_err cs_tls_server_setup(void *ssl_ctx);

#define CS_TLS_EXPORTER_LEN 32
/* RFC 9266-like binding with a label of ours: both ends get the same bytes. */
CS_CHECKED enum cs_err cs_tls_exporter(
    uint8_t out[static CS_TLS_EXPORTER_LEN], void *ssl);
