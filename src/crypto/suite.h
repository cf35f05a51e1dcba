/* SPDX-License-Identifier: MIT */
/* The algorithms we know, and MLS's sets of them. */
#pragma once

#include "base/bytes.h"

enum cs_hash { CS_SHA256 = 1, CS_SHA384, CS_SHA512 };
enum cs_aead {
	CS_AES128GCM = 1,
	CS_AES256GCM,
	CS_XCHACHA20POLY1305, /* 24-byte nonce: for sealed rows */
	CS_CHACHA20POLY1305,
};
enum cs_sig {
	CS_ED25519 = 1,
	CS_ED448,
	CS_ECDSA_P256,
	CS_ECDSA_P384,
	CS_ECDSA_P521,
};
enum cs_kem {
	CS_DHKEM_X25519 = 1,
	CS_DHKEM_P256,
	CS_DHKEM_P384,
	CS_DHKEM_P521,
	CS_DHKEM_X448,
};

/* The largest of any suite in RFC 9420, so that secrets fit structs. */
#define CS_HASH_MAX 64
#define CS_AEAD_KEY_MAX 32
#define CS_AEAD_NONCE_MAX 24
#define CS_AEAD_TAG_LEN 16

/* One cipher suite of RFC 9420, section 17.1.  Sizes in bytes. */
struct cs_suite {
	uint16_t id;
	const char *name;
	enum cs_hash hash;
	enum cs_aead aead;
	enum cs_kem kem;
	enum cs_sig sig;
	uint8_t hash_len;       /* KDF.Nh */
	uint8_t aead_key_len;   /* AEAD.Nk */
	uint8_t aead_nonce_len; /* AEAD.Nn */
	uint16_t hpke_kem_id;   /* RFC 9180, section 7 */
	uint16_t hpke_kdf_id;
	uint16_t hpke_aead_id;
};

#define CS_SUITE_X25519_AES128 1
#define CS_SUITE_P256_AES128 2
#define CS_SUITE_X25519_CHACHA20 3
#define CS_SUITE_X448_AES256 4
#define CS_SUITE_P521_AES256 5
#define CS_SUITE_X448_CHACHA20 6
#define CS_SUITE_P384_AES256 7
#define CS_SUITE_ID_MAX 7

/* The suite ${id}, or NULL when it is not supported.  Static memory. */
const struct cs_suite *cs_suite_find(uint16_t id);

/* The ${i}th suite that is supported, or NULL past the last. */
const struct cs_suite *cs_suite_at(size_t i);
