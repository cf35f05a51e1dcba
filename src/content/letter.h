/* SPDX-License-Identifier: MIT */
/*
 * What a member writes to the desk about a decision or a report, and what the
 * desk writes back.
 *
 * letter = "CSLETTER1" | HPKE(suite 1, info "countersign/letter/v1", plain)
 * plain  = u8 1 | language<V, 16> | text<V, 8192> | credential<V> | proof<V>
 * proof  = the device's signature over the words, or HMAC-SHA256 of them under
 *          the reply key of the report that the letter is about
 * words  = "countersign/letter-words/v1\0" | account16 | id16 | u8 kind |
 *          subject16 | language<V> | text<V>
 * reply  = cs_seal(reply key, "countersign/reply/v1\0" | subject16, text)
 *
 * So the hub that carries a letter cannot make one up, move it to another
 * subject, nor show an old one again under another number.  Whoever reported
 * without their name has no credential in it, and zeroes for the account: the
 * desk and they have the reply key, and nobody else.
 *
 * The reply key comes out of the letter's HPKE context, or out of that of the
 * report that is being answered (content/reply_key.h).
 */
#pragma once

#include "content/reply_key.h"
#include "franking/credential.h"

#define CS_LETTER_LANGUAGE_MAX 16
#define CS_LETTER_TEXT_MAX 8192

struct cs_letter {
	struct cs_view language; /* a tag such as "en"; may be empty */
	struct cs_view text;     /* UTF-8, not empty */
	/* Set by cs_letter_parse(). */
	struct cs_view credential; /* empty: of an unnamed reporter */
	struct cs_view proof;
};
/* What a letter is about, as on the wire. */
struct cs_letter_about {
	uint8_t id[16];
	uint8_t kind;
	uint8_t subject[16];
	uint8_t account[16]; /* the writer's */
};
/* Whose letter it is: a device with its credential, or, where ${report_key} is
 * not NULL, whoever made a report: the reply key of that, 32 bytes. */
struct cs_letter_author {
	struct cs_view credential;
	const struct cs_sign_key *device_key;
	const uint8_t *report_key;
};

/* Append the sealed letter; ${reply} opens what answers it: keep it secret. */
CS_CHECKED enum cs_err cs_letter_seal(struct cs_buf *out,
    uint8_t reply[static 32], const struct cs_letter *letter,
    const struct cs_letter_about *about, const struct cs_letter_author *author,
    struct cs_view to_public);
/* ${out} points into ${plain}, which is replaced.  Who wrote it is not proved:
 * see cs_letter_check(). */
CS_CHECKED enum cs_err cs_letter_open(struct cs_letter *out,
    struct cs_buf *plain, uint8_t reply[static 32], struct cs_view sealed,
    const struct cs_hpke_key *key);
/* What is inside; strict. */
CS_CHECKED enum cs_err cs_letter_parse(
    struct cs_letter *out, struct cs_view plain);
/* Did a device of ${about->account}, certified under ${root_public} at
 * ${now_s}, write these words about this? */
CS_CHECKED enum cs_err cs_letter_check(const struct cs_letter *letter,
    const struct cs_letter_about *about, const uint8_t root_public[static 32],
    uint64_t now_s);
/* Did whoever made the report with this reply key? */
CS_CHECKED enum cs_err cs_letter_check_unnamed(const struct cs_letter *letter,
    const struct cs_letter_about *about, const uint8_t report_key[static 32]);

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
