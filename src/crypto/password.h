/* SPDX-License-Identifier: MIT */
/* Keys from passphrases (argon2id, RFC 9106). */
#pragma once

#include "base/bytes.h"

#define CS_PASSWORD_SALT_LEN 16

/* How hard guessing is made; stored beside the salt. */
struct cs_password_cost {
	uint32_t passes;
	uint32_t memory_kib;
};

/* What new passphrases get. */
struct cs_password_cost cs_password_cost_default(void);

/* ${n} bytes (16 to 64) of key; CS_ERR_LIMIT for a cost out of all reason. */
CS_CHECKED enum cs_err cs_password_key(uint8_t *out, size_t n,
    struct cs_view passphrase, const uint8_t salt[static CS_PASSWORD_SALT_LEN],
    struct cs_password_cost cost);
