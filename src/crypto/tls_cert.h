/* SPDX-License-Identifier: MIT */
/*
 * What a hub shows in TLS: a chain of two X.509 certificates, that of its P-256
 * key and that of the operator's root, which signed both.
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

/* Bytes of a P-256 public key, as an uncompressed point. */
#define CS_TLS_PUBLIC_LEN 65

/* The two halves of the above, for a root that lies elsewhere than the key:
 * a fresh key in PEM, appended, and its public half. */
CS_CHECKED enum cs_err cs_tls_key_generate(
    struct cs_buf *key_pem, uint8_t public[static CS_TLS_PUBLIC_LEN]);
/* The public half of a key in PEM.  CS_ERR_KEY: it is none on P-256. */
CS_CHECKED enum cs_err cs_tls_key_public(
    uint8_t out[static CS_TLS_PUBLIC_LEN], struct cs_view key_pem);

/* Whom a certificate of TLS is for, and when: both in seconds since 1970. */
struct cs_tls_subject {
	uint8_t public[CS_TLS_PUBLIC_LEN];
	const char *host;
	uint64_t not_before_s, not_after_s;
};
/* Append the two certificates for ${subject} to ${chain_pem}.  CS_ERR_KEY: its
 * key is no point of P-256. */
CS_CHECKED enum cs_err cs_tls_certify_key(struct cs_buf *chain_pem,
    const struct cs_sign_key *root, const struct cs_tls_subject *subject);
/* When the leaf of ${chain_pem} ends, in seconds since 1970; nothing is
 * verified.  CS_ERR_CORRUPT */
CS_CHECKED enum cs_err cs_tls_chain_until(
    uint64_t *until_s, struct cs_view chain_pem);
/*
 * Is ${chain_pem} what cs_tls_certify_key() makes for ${subject}, by the root
 * ${root_public}, and nothing else?  CS_ERR_FORMAT: not two certificates, or
 * bytes around them; CS_ERR_CERT: not signed by this root; CS_ERR_MISMATCH:
 * for another key, host or time.
 */
CS_CHECKED enum cs_err cs_tls_chain_check(struct cs_view chain_pem,
    const uint8_t root_public[static CS_SIGN_PUBLIC_LEN],
    const struct cs_tls_subject *subject);
