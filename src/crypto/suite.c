/* SPDX-License-Identifier: MIT */
#include "crypto/suite.h"

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
	    .id = CS_SUITE_P256_AES128,
	    .name = "MLS_128_DHKEMP256_AES128GCM_SHA256_P256",
	    .hash = CS_SHA256,
	    .aead = CS_AES128GCM,
	    .kem = CS_DHKEM_P256,
	    .sig = CS_ECDSA_P256,
	    .hash_len = 32,
	    .aead_key_len = 16,
	    .aead_nonce_len = 12,
	    .hpke_kem_id = 0x0010,
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
	{
	    .id = CS_SUITE_X448_AES256,
	    .name = "MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448",
	    .hash = CS_SHA512,
	    .aead = CS_AES256GCM,
	    .kem = CS_DHKEM_X448,
	    .sig = CS_ED448,
	    .hash_len = 64,
	    .aead_key_len = 32,
	    .aead_nonce_len = 12,
	    .hpke_kem_id = 0x0021,
	    .hpke_kdf_id = 0x0003,
	    .hpke_aead_id = 0x0002,
	},
	{
	    .id = CS_SUITE_P521_AES256,
	    .name = "MLS_256_DHKEMP521_AES256GCM_SHA512_P521",
	    .hash = CS_SHA512,
	    .aead = CS_AES256GCM,
	    .kem = CS_DHKEM_P521,
	    .sig = CS_ECDSA_P521,
	    .hash_len = 64,
	    .aead_key_len = 32,
	    .aead_nonce_len = 12,
	    .hpke_kem_id = 0x0012,
	    .hpke_kdf_id = 0x0003,
	    .hpke_aead_id = 0x0002,
	},
	{
	    .id = CS_SUITE_X448_CHACHA20,
	    .name = "MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448",
	    .hash = CS_SHA512,
	    .aead = CS_CHACHA20POLY1305,
	    .kem = CS_DHKEM_X448,
	    .sig = CS_ED448,
	    .hash_len = 64,
	    .aead_key_len = 32,
	    .aead_nonce_len = 12,
	    .hpke_kem_id = 0x0021,
	    .hpke_kdf_id = 0x0003,
	    .hpke_aead_id = 0x0003,
	},
	{
	    .id = CS_SUITE_P384_AES256,
	    .name = "MLS_256_DHKEMP384_AES256GCM_SHA384_P384",
	    .hash = CS_SHA384,
	    .aead = CS_AES256GCM,
	    .kem = CS_DHKEM_P384,
	    .sig = CS_ECDSA_P384,
	    .hash_len = 48,
	    .aead_key_len = 32,
	    .aead_nonce_len = 12,
	    .hpke_kem_id = 0x0011,
	    .hpke_kdf_id = 0x0002,
	    .hpke_aead_id = 0x0002,
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
