/* SPDX-License-Identifier: MIT */
/*
 * What travels in the authenticated data
 * (FRANKING, "Sender"; SafeAAD of draft-ietf-mls-extensions).
 */
#pragma once

#include "crypto/sign.h"

#define CS_COMPONENT_FRANKING_TAG 0x0020
#define CS_COMPONENT_SENDER_FRANK 0xC501
#define CS_COMPONENT_TLOG_TOLD 0xC502

/* A checkpoint of the operator's log that the sender's device has verified
 * (decision 0047): the rest of its text, which the log's key signed, is known.
 */
struct cs_tlog_told {
	uint64_t size;
	uint8_t root[32];
	uint8_t sig[CS_SIGNATURE_LEN];
};

/* The two items that each of our messages carries, and one that some do. */
struct cs_safe_aad {
	uint8_t tag[32];
	uint64_t sender_seq;
	uint64_t claimed_ms;
	uint8_t sig[CS_SIGNATURE_LEN];
	bool has_told;
	struct cs_tlog_told told;
};
CS_CHECKED enum cs_err cs_safe_aad_write(
    struct cs_buf *out, const struct cs_safe_aad *aad);

/* CS_ERR_FORMAT unless the two items are there exactly once, in order, the
 * third at most once, and each is as long as it is.  Items of other components
 * are passed over: they are for later versions, and say nothing to this one. */
CS_CHECKED enum cs_err cs_safe_aad_parse(
    struct cs_safe_aad *out, struct cs_view in);

/* The tag alone, for a hub: exactly one 0x0020 item, whatever else is there. */
CS_CHECKED enum cs_err cs_safe_aad_tag(
    uint8_t tag[static 32], struct cs_view in);
