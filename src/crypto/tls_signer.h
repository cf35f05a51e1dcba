/* SPDX-License-Identifier: MIT */
/*
 * The other end of a TLS key that is not where the connections are: it signs
 * what a server of TLS 1.3 signs in a handshake, and nothing else, whoever
 * asks.
 */
#pragma once

#include "crypto/tls_key.h"

struct cs_tls_signer;

/* The private key of a server from PEM (RFC 5958).  CS_ERR_FORMAT: it is none;
 * CS_ERR_UNSUPPORTED: not one of P-256; CS_ERR_NOMEM */
CS_CHECKED enum cs_err cs_tls_signer_new(
    struct cs_tls_signer **out, struct cs_view key_pem);
/* Wipes the key. */
void cs_tls_signer_free(struct cs_tls_signer *s);

/*
 * Sign ${tbs} by ECDSA with SHA-256, ${*n} bytes in DER into ${out}, if it is
 * what RFC 8446, section 4.4.3, has a server sign: the padding, the context of
 * a server, a zero byte and a hash of 32 or 48 bytes.  CS_ERR_DENIED: it is
 * something else, and is not signed; CS_ERR_CRYPTO.
 */
CS_CHECKED enum cs_err cs_tls_signer_sign(struct cs_tls_signer *s,
    uint8_t out[static CS_TLS_SIG_MAX], size_t *n, struct cs_view tbs);

/* Is it the key of the first certificate of ${chain_pem}?  CS_ERR_MISMATCH: it
 * is not; CS_ERR_FORMAT: there is no certificate. */
CS_CHECKED enum cs_err cs_tls_signer_check(
    const struct cs_tls_signer *s, struct cs_view chain_pem);
