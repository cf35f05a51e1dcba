/* SPDX-License-Identifier: MIT */
/*
 * The key of a TLS server whose private half is in another process: OpenSSL is
 * given a key that it can use like any other, and each signature with it is
 * asked for elsewhere.
 */
#pragma once

#include "base/bytes.h"

/* An ECDSA signature by a P-256 key, in DER, is no longer. */
#define CS_TLS_SIG_MAX 72

/*
 * Sign ${tbs}, which is what a server of TLS 1.3 signs (RFC 8446, section
 * 4.4.3), by ECDSA on P-256 with SHA-256: ${*n} bytes in DER into ${out}.  May
 * take its time, for which the handshake waits; an error ends that handshake
 * and nothing else.
 */
typedef enum cs_err cs_tls_remote_sign(void *arg,
    uint8_t out[static CS_TLS_SIG_MAX], size_t *n, struct cs_view tbs);

struct cs_tls_key;

/*
 * A key whose signatures ${sign} makes, in a library context of OpenSSL of its
 * own (cs_tls_key_library).  CS_ERR_CRYPTO, CS_ERR_NOMEM
 */
CS_CHECKED enum cs_err cs_tls_key_new(
    struct cs_tls_key **out, cs_tls_remote_sign *sign, void *arg);
/* After everything that was made in its library context. */
void cs_tls_key_free(struct cs_tls_key *k);

/* The OSSL_LIB_CTX, which is the key's. */
void *cs_tls_key_library(struct cs_tls_key *k);

/*
 * Make it the private key of ${ssl_ctx}, an SSL_CTX of the library context,
 * whose leaf certificate is ${leaf}, an X509.  CS_ERR_UNSUPPORTED: the leaf's
 * key is not one of P-256; CS_ERR_CRYPTO.
 */
CS_CHECKED enum cs_err cs_tls_key_use(
    struct cs_tls_key *k, void *ssl_ctx, void *leaf);
