/* SPDX-License-Identifier: MIT */
/*
 * Bytes sealed to somebody who can answer them.
 *
 *	magic | HPKE(suite 1, info, plain)
 *
 * Both ends get 32 more bytes out of the same HPKE context (RFC 9180, section
 * 5.3, exporter context "countersign/reply/v1"): a reply key that nobody else
 * has, so an answer needs no key of the sender's.
 */
#pragma once

#include "crypto/hpke.h"

#define CS_REPLY_KEY_LEN 32

/* What the sealed bytes are, as their first bytes and as HPKE's info. */
struct cs_reply_dress {
	struct cs_view magic;
	const char *info;
};

/* Append to ${out}; ${reply} is zero after a failure. */
CS_CHECKED enum cs_err cs_reply_key_seal(struct cs_buf *out,
    uint8_t reply[static CS_REPLY_KEY_LEN], const struct cs_reply_dress *dress,
    struct cs_view plain, struct cs_view to_public);
CS_CHECKED enum cs_err cs_reply_key_open(struct cs_buf *out,
    uint8_t reply[static CS_REPLY_KEY_LEN], const struct cs_reply_dress *dress,
    struct cs_view sealed, const struct cs_hpke_key *key);
