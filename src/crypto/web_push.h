/* SPDX-License-Identifier: MIT */
/*
 * What a push service is given for a browser: a message that only the browser
 * can open (RFC 8291, with the one record of RFC 8188), and a word that says
 * who sends it (VAPID, RFC 8292).
 */
#pragma once

#include "base/bytes.h"

#define CS_WEB_PUSH_PUBLIC_LEN 65 /* a point of P-256, uncompressed */
#define CS_WEB_PUSH_PRIVATE_LEN 32
#define CS_WEB_PUSH_AUTH_LEN 16
#define CS_WEB_PUSH_SALT_LEN 16
/* All that is in front of and behind the plaintext. */
#define CS_WEB_PUSH_OVERHEAD (16 + 4 + 1 + CS_WEB_PUSH_PUBLIC_LEN + 1 + 16)
#define CS_WEB_PUSH_PLAIN_MAX 3000 /* services take 4096 bytes */

/* A key pair on P-256; wipe it after use. */
struct cs_web_push_key {
	uint8_t private[CS_WEB_PUSH_PRIVATE_LEN];
	uint8_t public[CS_WEB_PUSH_PUBLIC_LEN];
};

CS_CHECKED enum cs_err cs_web_push_key_new(struct cs_web_push_key *out);
/* CS_ERR_KEY: ${private} is none. */
CS_CHECKED enum cs_err cs_web_push_key_from(struct cs_web_push_key *out,
    const uint8_t private[static CS_WEB_PUSH_PRIVATE_LEN]);
/* Could something be sealed to it? */
bool cs_web_push_public_valid(
    const uint8_t public[static CS_WEB_PUSH_PUBLIC_LEN]);

/* Who is to open it, as the browser said. */
struct cs_web_push_receiver {
	uint8_t public[CS_WEB_PUSH_PUBLIC_LEN];
	uint8_t auth[CS_WEB_PUSH_AUTH_LEN];
};

/* Append ${plain}, sealed for ${to}: plain.len + CS_WEB_PUSH_OVERHEAD bytes.
 * CS_ERR_KEY: its key is none; CS_ERR_LIMIT. */
CS_CHECKED enum cs_err cs_web_push_seal(struct cs_buf *out,
    struct cs_view plain, const struct cs_web_push_receiver *to);
/* The same with a key and a salt that are used for nothing else: for the
 * example of RFC 8291. */
CS_CHECKED enum cs_err cs_web_push_seal_by(struct cs_buf *out,
    struct cs_view plain, const struct cs_web_push_receiver *to,
    const struct cs_web_push_key *once,
    const uint8_t salt[static CS_WEB_PUSH_SALT_LEN]);

/* Append the value of an Authorization field: "vapid t=...,k=...", good for
 * ${audience} ("https://HOST[:PORT]") until ${until_s}, and naming ${subject}
 * (a URL) as whom to ask.  Both consist of letters that need no escape in JSON;
 * CS_ERR_FORMAT. */
CS_CHECKED enum cs_err cs_web_push_vapid(struct cs_buf *out,
    const struct cs_web_push_key *key, const char *audience,
    const char *subject, uint64_t until_s);
