/* SPDX-License-Identifier: MIT */
#include "crypto/password.h"

#include <sodium.h>

/* A stored cost outside of these is damage or an attack. */
#define PASSES_MAX 16
#define MEMORY_KIB_MIN 8
#define MEMORY_KIB_MAX (1u << 20)

struct cs_password_cost
cs_password_cost_default(void)
{
	/* RFC 9106, section 4, second recommendation: 64 MiB, 3 passes. */
	return (struct cs_password_cost){ 3, 64 * 1024 };
}

enum cs_err
cs_password_key(uint8_t *out, size_t n, struct cs_view passphrase,
    const uint8_t salt[static CS_PASSWORD_SALT_LEN],
    struct cs_password_cost cost)
{
	if (n < 16 || n > 64)
		return CS_ERR_MISUSE;
	if (cost.passes == 0 || cost.passes > PASSES_MAX ||
	    cost.memory_kib < MEMORY_KIB_MIN ||
	    cost.memory_kib > MEMORY_KIB_MAX)
		return CS_ERR_LIMIT;
	if (crypto_pwhash(out, n, (const char *)passphrase.data, passphrase.len,
		salt, cost.passes, (size_t)cost.memory_kib * 1024,
		crypto_pwhash_ALG_ARGON2ID13) != 0)
		return CS_ERR_NOMEM;
	return CS_OK;
}
