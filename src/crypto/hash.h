/* SPDX-License-Identifier: MIT */
/*
 * Hashes, HMAC (RFC 2104), HKDF (RFC 5869).  From any
 * thread; a cs_hasher belongs to one at a time.
 */
#pragma once

#include "crypto/suite.h"

#define CS_SHA256_LEN 32

/* The output length of ${hash} in bytes. */
size_t cs_hash_len(enum cs_hash hash);

/* Hash of ${n} parts, one after the other, as cs_hash_len() bytes. */
CS_CHECKED enum cs_err cs_hash_parts(
    uint8_t *out, enum cs_hash hash, const struct cs_view *parts, size_t n);

/* SHA-256 of ${in}. */
CS_CHECKED enum cs_err cs_sha256(
    uint8_t out[static CS_SHA256_LEN], struct cs_view in);

/* A hash of what comes bit by bit; new/free, on the heap. */
struct cs_hasher;
CS_CHECKED enum cs_err cs_hasher_new(struct cs_hasher **out, enum cs_hash hash);
CS_CHECKED enum cs_err cs_hasher_add(struct cs_hasher *h, struct cs_view in);
/* Writes cs_hash_len() bytes and starts anew. */
CS_CHECKED enum cs_err cs_hasher_end(struct cs_hasher *h, uint8_t *out);
void cs_hasher_free(struct cs_hasher *h);

/* HMAC over ${n} parts; cs_hash_len() bytes out. */
CS_CHECKED enum cs_err cs_hmac_parts(uint8_t *out, enum cs_hash hash,
    struct cs_view key, const struct cs_view *parts, size_t n);

/* HKDF-Extract: cs_hash_len() bytes out; an empty salt is all zero. */
CS_CHECKED enum cs_err cs_hkdf_extract(
    uint8_t *out, enum cs_hash hash, struct cs_view salt, struct cs_view ikm);

/* HKDF-Expand to ${n} bytes, at most 255 * cs_hash_len(). */
CS_CHECKED enum cs_err cs_hkdf_expand(uint8_t *out, size_t n, enum cs_hash hash,
    struct cs_view prk, struct cs_view info);

/* The same, of ${n_info} parts that make up the info. */
CS_CHECKED enum cs_err cs_hkdf_expand_parts(uint8_t *out, size_t n,
    enum cs_hash hash, struct cs_view prk, const struct cs_view *info,
    size_t n_info);
