/* SPDX-License-Identifier: MIT */
/* Bytes as text and back: hex, base64url, UTF-8. */
#pragma once

#include "base/bytes.h"

/* Lower-case hex of ${v} and a zero: ${out} holds 2 * v.len + 1 bytes. */
void cs_hex(char *out, struct cs_view v);

/* Parse exactly ${n} bytes from the whole string ${s}, upper or lower case. */
CS_CHECKED enum cs_err cs_unhex(uint8_t *out, size_t n, const char *s);

/* How people are shown an id, everywhere: its first 120 bits,
 * abcd-efgh-jkmn-pqrs-tvwx-yz01. */
#define CS_ID_TEXT_SIZE 30
#define CS_ID_TEXT_BYTES 15
void cs_id_text(char out[static CS_ID_TEXT_SIZE],
    const uint8_t id[static CS_ID_TEXT_BYTES]);

/* Room that cs_base64url() needs for ${n} bytes, its zero included. */
#define CS_BASE64URL_SIZE(n) (((n)*4 + 2) / 3 + 1)

/* RFC 4648, section 5, without padding. */
void cs_base64url(char *out, struct cs_view v);

/* The same of section 4, with padding, which HTTP has; and its room. */
#define CS_BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)
void cs_base64(char *out, struct cs_view v);
/* Back: exactly ${n} bytes, with padding; else as cs_unbase64url(). */
CS_CHECKED enum cs_err cs_unbase64(uint8_t *out, size_t n, struct cs_view text);
/* The same of any length, appended. */
CS_CHECKED enum cs_err cs_buf_add_base64(
    struct cs_buf *out, struct cs_view text);

/*
 * Parse exactly ${n} bytes from ${len} characters at ${s}; padding, other
 * characters and stray bits at the end are malformed.
 */
CS_CHECKED enum cs_err cs_unbase64url(
    uint8_t *out, size_t n, const char *s, size_t len);

/* Is ${v} well-formed UTF-8 (shortest form, no surrogates, no NUL)? */
CS_CHECKED bool cs_utf8_valid(struct cs_view v);

/*
 * Take the first character off ${v}, which is not empty: its number, and in
 * ${*n} how many bytes it had.  A byte that is no part of UTF-8 is taken alone
 * and stands for itself: ${*n} is 1 and the number is 0x80 or more.
 */
uint32_t cs_utf8_next(struct cs_view *v, size_t *n);

/*
 * Does the character ${x} move a cursor, stay unseen, or turn the direction of
 * writing around?  The joiners U+200C and U+200D do none of these: Kurdish and
 * Persian are written with them, and families in emoji.
 */
bool cs_utf8_hidden(uint32_t x);
