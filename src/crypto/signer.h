/* SPDX-License-Identifier: MIT */
/*
 * Signatures of every suite.  Keys and signatures are
 * spelt as in RFC 9420, section 5.1.2: those of EdDSA as in RFC 8032, those of
 * ECDSA as an uncompressed point and as DER.
 */
#pragma once

#include "crypto/sign.h"

#define CS_SIG_PUBLIC_MAX 133 /* P-521, uncompressed */
#define CS_SIG_PRIVATE_MAX 66
#define CS_SIG_MAX 144 /* P-521, DER: 139 */

/*
 * A private signature key, prepared once, so that nothing is rebuilt for a
 * signature.  Nothing in it changes but the count of its owners, so threads
 * may share it.
 */
struct cs_signer;

/* Lengths of keys; 0 for what is no scheme of ours. */
size_t cs_sig_private_len(enum cs_sig sig);
size_t cs_sig_public_len(enum cs_sig sig);

/* A fresh key. */
CS_CHECKED enum cs_err cs_signer_new(struct cs_signer **out, enum cs_sig sig);

/*
 * The key of ${private}: the seed of EdDSA, or ECDSA's scalar, big-endian and
 * of full width.  CS_ERR_KEY if it is not one.
 */
CS_CHECKED enum cs_err cs_signer_from_private(
    struct cs_signer **out, enum cs_sig sig, struct cs_view private);

/*
 * The same where ${public} was kept beside ${private}, which saves computing it
 * anew.  For what we stored ourselves: only the lengths are checked.
 */
CS_CHECKED enum cs_err cs_signer_from_pair(struct cs_signer **out,
    enum cs_sig sig, struct cs_view private, struct cs_view public);

/* A copy of ${key}. */
CS_CHECKED enum cs_err cs_signer_from_ed25519(
    struct cs_signer **out, const struct cs_sign_key *key);

/* A key that is elsewhere: ${sign} makes its signatures, of which ${public} is
 * the key.  It has no private half here. */
typedef enum cs_err cs_sign_elsewhere(void *arg, uint8_t out[static CS_SIG_MAX],
    size_t *n, struct cs_view message);
CS_CHECKED enum cs_err cs_signer_elsewhere(struct cs_signer **out,
    enum cs_sig sig, struct cs_view public, cs_sign_elsewhere *sign, void *arg);

/* One more owner of ${s}, which is returned; NULL is fine. */
struct cs_signer *cs_signer_hold(struct cs_signer *s);

/* One fewer; the last wipes it.  NULL is fine. */
void cs_signer_free(struct cs_signer *s);

/* Views live as long as the signer. */
enum cs_sig cs_signer_sig(const struct cs_signer *s);
struct cs_view cs_signer_public(const struct cs_signer *s);
struct cs_view cs_signer_private(const struct cs_signer *s);

/* Sign ${message}: ${*n} bytes out. */
CS_CHECKED enum cs_err cs_signer_sign(uint8_t out[static CS_SIG_MAX], size_t *n,
    const struct cs_signer *s, struct cs_view message);

/*
 * CS_OK only for a canonical signature by a canonical key; CS_ERR_KEY or
 * CS_ERR_SIGNATURE otherwise.
 */
CS_CHECKED enum cs_err cs_signature_verify(enum cs_sig sig,
    struct cs_view public, struct cs_view message, struct cs_view signature);

/*
 * Is ${public} well-formed, and for ECDSA on its curve?  Cheap: whether an
 * EdDSA key is a point is left to the verification of what it signed.
 */
CS_CHECKED bool cs_signature_public_valid(
    enum cs_sig sig, struct cs_view public);
