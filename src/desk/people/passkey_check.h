/* SPDX-License-Identifier: MIT */
/* Reading and checking what a browser brings when a passkey is made or used
 * (WebAuthn Level 3, sections 6, 7.1 and 7.2).  Nothing is stored here. */
#pragma once

#include "base/bytes.h"
#include "crypto/suite.h"

/* Browsers write some 200 bytes and an origin. */
#define DESK_PASSKEY_CLIENT_DATA_MAX 2048

/* Section 4: the id of a credential has at most 1023 bytes. */
#define DESK_PASSKEY_ID_MAX 1023

#define DESK_PASSKEY_DATA_MAX 2048 /* an id, a key, and extensions */
#define DESK_PASSKEY_ATTESTATION_MAX 4096
#define DESK_PASSKEY_SIGNATURE_MAX 128
#define DESK_PASSKEY_CHALLENGE_LEN 32
#define DESK_PASSKEY_PUBLIC_MAX 65 /* of P-256, uncompressed */

/* Section 6.1: bits of the authenticator data. */
enum desk_passkey_flag {
	DESK_PASSKEY_UP = 0x01, /* somebody was present */
	DESK_PASSKEY_UV = 0x04, /* and was verified */
	DESK_PASSKEY_BE = 0x08, /* it can be copied to other devices */
	DESK_PASSKEY_BS = 0x10, /* and was */
	DESK_PASSKEY_AT = 0x40, /* a new credential follows */
	DESK_PASSKEY_ED = 0x80, /* extensions follow */
};

struct desk_passkey_key {
	enum cs_sig sig; /* CS_ECDSA_P256 or CS_ED25519 */
	uint8_t public[DESK_PASSKEY_PUBLIC_MAX];
	size_t len;
};

/* What a browser was asked to do. */
enum desk_passkey_use { DESK_PASSKEY_SIGN_IN = 0, DESK_PASSKEY_MAKE = 1 };

/* Authenticator data.  Views point into what was parsed. */
struct desk_passkey_data {
	struct cs_view rp_id_hash;
	uint8_t flags;
	uint32_t count; /* of signatures; 0: it does not count */
	/* Of a new credential only. */
	struct cs_view id;
	struct desk_passkey_key key;
};

/* What is asked for: by whom, and for what. */
struct desk_passkey_wanted {
	const char *rp_id, *origin;
	const uint8_t *challenge; /* DESK_PASSKEY_CHALLENGE_LEN bytes */
};

/* What is known of a passkey that is used. */
struct desk_passkey_known {
	struct desk_passkey_key key;
	uint32_t count;
	bool backup_eligible;
};

/* Check that ${client_data} is what a browser says of ${wanted} and ${type}.
 * CS_ERR_FORMAT, CS_ERR_LIMIT; CS_ERR_MISMATCH if it is about something
 * else. */
CS_CHECKED enum cs_err desk_passkey_client_check(struct cs_view client_data,
    const struct desk_passkey_wanted *wanted, const char *type);
/*
 * Parse authenticator data: with a new credential when a passkey is made, and
 * else without.
 * CS_ERR_FORMAT, CS_ERR_LIMIT; CS_ERR_UNSUPPORTED, CS_ERR_KEY: another
 * algorithm than ES256 and EdDSA with Ed25519, or no key of it.
 */
CS_CHECKED enum cs_err desk_passkey_data_parse(struct desk_passkey_data *out,
    struct cs_view in, enum desk_passkey_use use);
/* The same from an attestation object; its statement is not looked at. */
CS_CHECKED enum cs_err desk_passkey_attestation_parse(
    struct desk_passkey_data *out, struct cs_view in);
/* CS_ERR_SIGNATURE. */
CS_CHECKED enum cs_err desk_passkey_signature_check(
    const struct desk_passkey_key *key, struct cs_view data,
    struct cs_view client_data, struct cs_view signature);
/* All of section 7.1. */
CS_CHECKED enum cs_err desk_passkey_made(struct desk_passkey_data *out,
    const struct desk_passkey_wanted *wanted, struct cs_view client_data,
    struct cs_view attestation);
/* All of section 7.2, except whose it is.  CS_ERR_REPLAY if everything is
 * right but the counter went back: there may be two copies of the key. */
CS_CHECKED enum cs_err desk_passkey_used(struct desk_passkey_data *out,
    const struct desk_passkey_wanted *wanted,
    const struct desk_passkey_known *known, struct cs_view client_data,
    struct cs_view data, struct cs_view signature);
