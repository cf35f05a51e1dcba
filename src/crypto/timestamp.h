/* SPDX-License-Identifier: MIT */
/* Time-stamp tokens (RFC 3161) over bytes, by an authority whom neither an
 * operator nor its witnesses choose for others. */
#pragma once

#include "base/bytes.h"

#define CS_TIMESTAMP_MAX ((size_t)64 << 10) /* bytes of an answer */
#define CS_TIMESTAMP_NONCE_LEN 16

/* Append a TimeStampReq (RFC 3161, 2.4.1) for SHA-256 of ${bytes} with
 * ${nonce}, which asks for the certificates.  CS_ERR_NOMEM, CS_ERR_CRYPTO. */
CS_CHECKED enum cs_err cs_timestamp_request(struct cs_buf *out,
    struct cs_view bytes, const uint8_t nonce[static CS_TIMESTAMP_NONCE_LEN]);

struct cs_timestamp {
	uint64_t time_s;     /* since 1970, when the token says it was made */
	uint64_t accuracy_s; /* as it says, rounded up; 0: it does not */
	/* Who signed: the subject of the certificate, in one line. */
	char by[256];
};
/*
 * Verify a TimeStampResp (2.4.2): granted, about SHA-256 of ${bytes}, with
 * ${nonce} unless it is NULL, and signed by a certificate for time stamping
 * (2.3) that one of ${authorities}, PEM, certified for the time of the token:
 * a token stays good when the certificate ends.  Revocation is not asked for.
 * CS_ERR_FORMAT: it is no such answer, or not exactly; CS_ERR_REFUSED: the
 * authority granted none; CS_ERR_NOT_FOUND: no certificate is in
 * ${authorities}; CS_ERR_MISMATCH: it is about other bytes, or another
 * nonce; CS_ERR_SIGNATURE: nobody of ${authorities} vouches for it.
 */
CS_CHECKED enum cs_err cs_timestamp_verify(struct cs_timestamp *out,
    struct cs_view answer, struct cs_view bytes, const uint8_t *nonce,
    struct cs_view authorities);
