/* SPDX-License-Identifier: MIT */
/*
 * What travels in the authenticated data
 * (FRANKING, "Sender"; SafeAAD of draft-ietf-mls-extensions).
 */
#pragma once

#include "crypto/sign.h"

#define CS_COMPONENT_FRANKING_TAG 0x0020
#define CS_COMPONENT_SENDER_FRANK 0xC501

/* The two items that each of our messages carries. */
struct cs_safe_aad {
	uint8_t tag[32];
	uint64_t sender_seq;
	uint64_t claimed_ms;
	uint8_t sig[CS_SIGNATURE_LEN];
};
CS_CHECKED enum cs_err cs_safe_aad_write(
    struct cs_buf *out, const struct cs_safe_aad *aad);

/* CS_ERR_FORMAT unless both items are there exactly once and nothing else. */
CS_CHECKED enum cs_err cs_safe_aad_parse(
    struct cs_safe_aad *out, struct cs_view in);

/* The tag alone, for a hub: exactly one 0x0020 item, whatever else is there. */
CS_CHECKED enum cs_err cs_safe_aad_tag(
    uint8_t tag[static 32], struct cs_view in);
