/* SPDX-License-Identifier: MIT */
/*
 * The group ristretto255 (RFC 9496) as RFC 9497 uses it, with SHA-512 (section
 * 4.1): how text becomes elements and scalars.  Inside this layer only.
 */
#pragma once

#include "base/bytes.h"
#include "base/writer.h"

#define CS_RISTRETTO_LEN 32 /* of an element, and of a scalar */
/* RFC 9497, section 3.1: of mode 1, the verifiable one. */
#define CS_RISTRETTO_CONTEXT "OPRFV1-\x01-ristretto255-SHA512"

/* RFC 9497, section 4.1: HashToGroup. */
CS_CHECKED enum cs_err cs_ristretto_element(
    uint8_t out[static CS_RISTRETTO_LEN], struct cs_view text);
/* The same: HashToScalar, with the tag ${tag} before the context. */
CS_CHECKED enum cs_err cs_ristretto_scalar(
    uint8_t out[static CS_RISTRETTO_LEN], struct cs_view text, const char *tag);

/* Is it an element, encoded in the one way that there is, and not the identity?
 * Is it a scalar below the group's order? */
CS_CHECKED bool cs_ristretto_is_element(
    const uint8_t e[static CS_RISTRETTO_LEN]);
CS_CHECKED bool cs_ristretto_is_scalar(
    const uint8_t s[static CS_RISTRETTO_LEN]);

/* Append a piece as RFC 9497 hashes it: u16 length | bytes. */
void cs_ristretto_piece(struct cs_writer *w, struct cs_view piece);
