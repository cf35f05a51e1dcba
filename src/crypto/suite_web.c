/* SPDX-License-Identifier: MIT */
#include "crypto/suite.h"

/* Without the curves of NIST and those of 448 bits: no group has to use them,
 * and a page has to fetch what it runs. */
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
	{
	    .id = CS_SUITE_X25519_CHACHA20,
	    .name = "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
	    .hash = CS_SHA256,
	    .aead = CS_CHACHA20POLY1305,
	    .kem = CS_DHKEM_X25519,
	    .sig = CS_ED25519,
	    .hash_len = 32,
	    .aead_key_len = 32,
	    .aead_nonce_len = 12,
	    .hpke_kem_id = 0x0020,
	    .hpke_kdf_id = 0x0001,
	    .hpke_aead_id = 0x0003,
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

const struct cs_suite *
cs_suite_at(size_t i)
{
	return i < sizeof suites / sizeof suites[0] ? &suites[i] : NULL;
}
