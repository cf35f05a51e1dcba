/* SPDX-License-Identifier: MIT */
/*
 * Who at the desk saw, exported or held a report, and when: a record that goes
 * with its evidence.
 *
 * "CSCUST01" | report16 | bundle_sha256 | desk_cert<V> | sig64 | entries<V>: {
 * u64 at_ms | actor<V> | what<V> }
 * h_0 = SHA-256("countersign/custody/v1\0" | report16 | bundle_sha256)
 * h_n = SHA-256(h_{n-1} | entry_n)
 * sig = by the desk's key over "countersign/custody/v1\0" | u64 n | h_n
 *
 * Each h_n covers everything before it, so a record that was given out is the
 * beginning of every later one. The operator's root certifies the desk's key.
 * The record proves the desk's word: entries cannot be changed later, but an
 * entry that the desk left out when it happened is not missed.
 */
#pragma once

#include "crypto/hash.h"
#include "crypto/sign.h"

#define CS_CUSTODY_ENTRIES_MAX 10000
#define CS_CUSTODY_TEXT_MAX 200
#define CS_CUSTODY_MAX ((size_t)8 << 20)

struct cs_custody_entry {
	uint64_t at_ms;
	struct cs_view actor; /* a pseudonym */
	struct cs_view what;
	uint8_t hash[CS_SHA256_LEN]; /* h_n */
};

/* h_0 of a report. */
CS_CHECKED enum cs_err cs_custody_begin(uint8_t hash[static CS_SHA256_LEN],
    const uint8_t report[static 16], const uint8_t bundle_sha256[static 32]);
/* Append the entry's bytes to ${out} and go on from ${hash} to the next; fills
 * ${e->hash}. */
CS_CHECKED enum cs_err cs_custody_entry_write(struct cs_buf *out,
    uint8_t hash[static CS_SHA256_LEN], struct cs_custody_entry *e);

/* A record that is to be written: ${n} entries as cs_custody_entry_write() made
 * them, the last of which ended in ${head}. */
struct cs_custody_input {
	const uint8_t *report;        /* CS_ID_LEN bytes */
	const uint8_t *bundle_sha256; /* CS_HASH_LEN bytes, as ${head} */
	struct cs_view desk_cert, entries;
	uint64_t n;
	const uint8_t *head;
};
/* Append it, signed by the desk's ${key}. */
CS_CHECKED enum cs_err cs_custody_write(struct cs_buf *out,
    const struct cs_custody_input *in, const struct cs_sign_key *key);

struct cs_custody {
	uint8_t report[16];
	uint8_t bundle_sha256[32];
	uint8_t head[CS_SHA256_LEN];
	size_t n;
	struct cs_custody_entry *entries; /* point into the record */
	enum cs_err cert_err;      /* the root certified the desk's key */
	enum cs_err signature_err; /* that key signed the record */
};
/*
 * Parse and check ${record} under the operator ${root_public}; the certificate
 * has to have been good at the last entry's time.  CS_OK: it is a record, and
 * the two results say whether it is one of that operator's desk.
 */
CS_CHECKED enum cs_err cs_custody_check(struct cs_custody **out,
    struct cs_view record, const uint8_t root_public[static 32]);
void cs_custody_free(struct cs_custody *c);
bool cs_custody_is(struct cs_view file);
