/* SPDX-License-Identifier: MIT */
/* RFC 9420, section 5.1 and 8: labelled operations. */
#pragma once

#include "crypto/hpke.h"
#include "crypto/signer.h"
#include "crypto/suite.h"

/* Labels are given without "MLS 1.0 ", which is put in front here. */

/* RFC 9420, section 5.1.2: ${*n} bytes of signature out. */
CS_CHECKED enum cs_err cs_sign_with_label(uint8_t out[static CS_SIG_MAX],
    size_t *n, const struct cs_signer *key, struct cs_view label,
    struct cs_view content);
CS_CHECKED enum cs_err cs_verify_with_label(enum cs_sig sig,
    struct cs_view public, struct cs_view label, struct cs_view content,
    struct cs_view signature);

/* RFC 9420, section 5.2: hash_len bytes out. */
CS_CHECKED enum cs_err cs_ref_hash(uint8_t *out, const struct cs_suite *suite,
    struct cs_view label, struct cs_view value);

/* RFC 9420, section 8: ${n} bytes out. */
CS_CHECKED enum cs_err cs_expand_with_label(uint8_t *out, size_t n,
    const struct cs_suite *suite, struct cs_view secret, struct cs_view label,
    struct cs_view context);

/* RFC 9420, section 8: hash_len bytes out. */
CS_CHECKED enum cs_err cs_derive_secret(uint8_t *out,
    const struct cs_suite *suite, struct cs_view secret, struct cs_view label);

/* RFC 9420, section 9.1: ${n} bytes out. */
CS_CHECKED enum cs_err cs_derive_tree_secret(uint8_t *out, size_t n,
    const struct cs_suite *suite, struct cs_view secret, struct cs_view label,
    uint32_t generation);

/*
 * RFC 9420, section 5.1.3, for many recipients: what does not depend on one,
 * computed once.  Nothing in it is secret or changes, so threads may share it.
 */
struct cs_encrypt_context {
	struct cs_hpke_info info;
};

CS_CHECKED enum cs_err cs_encrypt_context_init(struct cs_encrypt_context *out,
    const struct cs_suite *suite, struct cs_view label, struct cs_view context);

/*
 * Append the KEM output for ${public} to ${kem_output} and the ciphertext to
 * ${ciphertext}; after a failure both are unchanged.
 */
CS_CHECKED enum cs_err cs_encrypt_to(struct cs_buf *kem_output,
    struct cs_buf *ciphertext, const struct cs_encrypt_context *c,
    struct cs_view public, struct cs_view plain);

/*
 * RFC 9420, section 5.1.3: appends the KEM output to ${kem_output} and the
 * ciphertext to ${ciphertext}.
 */
struct cs_encrypt_label {
	struct cs_view label, context;
};
CS_CHECKED enum cs_err cs_encrypt_with_label(struct cs_buf *kem_output,
    struct cs_buf *ciphertext, const struct cs_suite *suite,
    struct cs_view public, const struct cs_encrypt_label *as,
    struct cs_view plain);
/* HPKECiphertext. */
struct cs_encrypted {
	struct cs_view kem_output, ciphertext;
};
CS_CHECKED enum cs_err cs_decrypt_with_label(struct cs_buf *out,
    const struct cs_suite *suite, const struct cs_hpke_key *key,
    const struct cs_encrypt_label *as, const struct cs_encrypted *in);
