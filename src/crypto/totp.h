/* SPDX-License-Identifier: MIT */
/* One-time codes of an authenticator (RFC 6238, RFC 4226),
 * with what all of them speak: HMAC-SHA-1, 30 seconds, 6 digits. */
#pragma once

#include "base/bytes.h"

#define CS_TOTP_SECRET_LEN 20
#define CS_TOTP_PERIOD_MS 30000
/* Base32 (RFC 4648, section 6) of a secret, without padding, and a zero. */
#define CS_TOTP_TEXT_SIZE (CS_TOTP_SECRET_LEN * 8 / 5 + 1)

/* The code of the ${step}th period since 1970, 0 to 999999. */
CS_CHECKED enum cs_err cs_totp_code(uint32_t *out,
    const uint8_t secret[static CS_TOTP_SECRET_LEN], uint64_t step);

/*
 * Is ${code}, six digits, the one of now or of a period beside it, and later
 * than the period ${*last_step}?  If so, that moves to its period, so that a
 * code that was seen is of no use any more.  CS_ERR_DENIED if not.
 */
CS_CHECKED enum cs_err cs_totp_check(uint64_t *last_step,
    const uint8_t secret[static CS_TOTP_SECRET_LEN], const char *code,
    uint64_t now_ms);

void cs_totp_text(char out[static CS_TOTP_TEXT_SIZE],
    const uint8_t secret[static CS_TOTP_SECRET_LEN]);
