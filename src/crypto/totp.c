/* SPDX-License-Identifier: MIT */
#include "crypto/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/writer.h"

#define SHA1_LEN 20
#define MODULUS 1000000u

enum cs_err
cs_totp_code(uint32_t *out, const uint8_t secret[static CS_TOTP_SECRET_LEN],
    uint64_t step)
{
	uint8_t mac[SHA1_LEN], counter[8];
	unsigned len = sizeof mac, at;
	uint32_t bits;

	cs_put_u64(counter, step);
	if (HMAC(EVP_sha1(), secret, CS_TOTP_SECRET_LEN, counter,
		sizeof counter, mac, &len) == NULL ||
	    len != sizeof mac)
		return CS_ERR_CRYPTO;
	/* RFC 4226, section 5.3: dynamic truncation. */
	at = mac[SHA1_LEN - 1] & 0x0f;
	bits = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
	    (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	*out = bits % MODULUS;
	cs_wipe(mac, sizeof mac);
	return CS_OK;
}

static bool
parse(uint32_t *out, const char *code)
{
	*out = 0;
	if (strlen(code) != 6)
		return false;
	for (; *code != '\0'; code++) {
		if (*code < '0' || *code > '9')
			return false;
		*out = *out * 10 + (uint32_t)(*code - '0');
	}
	return true;
}

enum cs_err
cs_totp_check(uint64_t *last_step,
    const uint8_t secret[static CS_TOTP_SECRET_LEN], const char *code,
    uint64_t now_ms)
{
	uint64_t now = now_ms / CS_TOTP_PERIOD_MS, found = 0;
	uint32_t want, given;
	enum cs_err err;

	if (!parse(&given, code))
		return CS_ERR_DENIED;
	/* RFC 6238, section 5.2: one step for clocks that differ. */
	for (uint64_t step = now - 1; step <= now + 1; step++) {
		if ((err = cs_totp_code(&want, secret, step)))
			return err;
		if (cs_equal_ct(&want, &given, sizeof want) &&
		    step > *last_step)
			found = step;
	}
	if (found == 0)
		return CS_ERR_DENIED;
	*last_step = found;
	return CS_OK;
}

void
cs_totp_text(char out[static CS_TOTP_TEXT_SIZE],
    const uint8_t secret[static CS_TOTP_SECRET_LEN])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (unsigned i = 0; i < CS_TOTP_TEXT_SIZE - 1; i++) {
		unsigned bit = i * 5, shift = bit % 8;
		unsigned two = (unsigned)secret[bit / 8] << 8;

		if (bit / 8 + 1 < CS_TOTP_SECRET_LEN)
			two |= secret[bit / 8 + 1];
		out[i] = digits[two >> (11 - shift) & 0x1f];
	}
	out[CS_TOTP_TEXT_SIZE - 1] = '\0';
}
