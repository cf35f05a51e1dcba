/* SPDX-License-Identifier: MIT */
/* The sender's commitment (FRANKING, "Sender"). */
#pragma once

#include "franking/safe_aad.h"

#define CS_FRANK_SALT_LEN 16
#define CS_SENDER_TBS_LEN 124

/* What a sender signs about a message. */
struct cs_sender_frank {
	uint8_t tag[32];
	uint8_t group_ref[32];
	uint64_t epoch;
	uint32_t leaf;
	uint8_t account[16];
	uint8_t device[16];
	uint64_t sender_seq;
	uint64_t claimed_ms;
};

/* HMAC-SHA256(salt, application_data): 32 bytes, never cut. */
CS_CHECKED enum cs_err cs_franking_tag(uint8_t out[static 32],
    const uint8_t salt[static CS_FRANK_SALT_LEN],
    struct cs_view application_data);

/* CS_ERR_TAG unless ${tag} opens to exactly these bytes. */
CS_CHECKED enum cs_err cs_franking_tag_check(const uint8_t tag[static 32],
    const uint8_t salt[static CS_FRANK_SALT_LEN],
    struct cs_view application_data);

/* SafeSignWithLabel(leaf key, 0xC501, "SenderFrank", TBS). */
CS_CHECKED enum cs_err cs_sender_sign(uint8_t sig[static CS_SIGNATURE_LEN],
    const struct cs_sender_frank *frank, const struct cs_sign_key *leaf_key);

/* CS_ERR_SIGNATURE unless ${leaf_public} signed exactly this. */
CS_CHECKED enum cs_err cs_sender_verify(const struct cs_sender_frank *frank,
    struct cs_view leaf_public, struct cs_view sig);
