/* SPDX-License-Identifier: MIT */
#include "crypto/suite.h"

#include <sodium.h>

#include "crypto/backend.h"

static const struct cs_suite suites[] = {
	{
	    .id = CS_SUITE_X25519_AES128,
	    .name = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
	    .hash = CS_SHA256,
	    .aead = CS_AES128GCM,
	    .kem = CS_DHKEM_X25519,
	    .sig = CS_ED25519,
	    .hash_len = 32,
	    .aead_key_len = 16,
	    .aead_nonce_len = 12,
	    .hpke_kem_id = 0x0020,
	    .hpke_kdf_id = 0x0001,
	    .hpke_aead_id = 0x0001,
	},
};

const struct cs_suite *
cs_suite_find(uint16_t id)
{
	for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
		if (suites[i].id == id)
			return &suites[i];
	return NULL;
}

enum cs_err
cs_crypto_init(void)
{
	enum cs_err err;

	if (sodium_init() < 0)
		return CS_ERR_CRYPTO;
	if ((err = cs_backend_aead_init()) || (err = cs_backend_curve_init()))
		return err;
	return CS_OK;
}
