/* SPDX-License-Identifier: MIT */
/*
 * What a member writes to the desk about a decision, and
 * what the desk writes back.
 *
 *	letter = "CSLETTER1" | HPKE(suite 1, info "countersign/letter/v1",
 *plain) plain  = u8 1 | language<V, 16> | text<V, 8192> reply  = cs_seal(reply
 *key, "countersign/reply/v1\0" | subject16, text)
 *
 * The reply key comes out of the letter's HPKE context, or out of that of the
 * report that is being answered (content/reply_key.h).
 */
#pragma once

#include "content/reply_key.h"

#define CS_LETTER_LANGUAGE_MAX 16
#define CS_LETTER_TEXT_MAX 8192

struct cs_letter {
	struct cs_view language; /* a tag such as "en"; may be empty */
	struct cs_view text;     /* UTF-8, not empty */
};

/* Append the sealed letter; ${reply} opens what answers it: keep it secret. */
CS_CHECKED enum cs_err cs_letter_seal(struct cs_buf *out,
    uint8_t reply[static 32], const struct cs_letter *letter,
    struct cs_view to_public);
/* ${out} points into ${plain}, which is replaced. */
CS_CHECKED enum cs_err cs_letter_open(struct cs_letter *out,
    struct cs_buf *plain, uint8_t reply[static 32], struct cs_view sealed,
    const struct cs_hpke_key *key);
/* What is inside; strict. */
CS_CHECKED enum cs_err cs_letter_parse(
    struct cs_letter *out, struct cs_view plain);

/*
 * Append an answer or a question about ${subject}: a report, or the action that
 * was appealed against.  At most CS_LETTER_TEXT_MAX bytes of UTF-8.
 */
CS_CHECKED enum cs_err cs_reply_seal(struct cs_buf *out,
    const uint8_t reply[static 32], const uint8_t subject[static 16],
    struct cs_view text);
CS_CHECKED enum cs_err cs_reply_open(struct cs_buf *out,
    const uint8_t reply[static 32], const uint8_t subject[static 16],
    struct cs_view sealed);
