/* SPDX-License-Identifier: MIT */
/* One function for each kind of MLS vector file. */
#pragma once

#include <jansson.h>

#include "base/text.h"
#include "countersign/mls.h"
#include "crypto/label.h"

enum kat_result { KAT_PASSED, KAT_FAILED, KAT_SKIPPED };

/* One case; memory from here lives until the case ends. */
typedef enum kat_result kat_fn(const json_t *c);

kat_fn kat_crypto_basics;
kat_fn kat_tree_math;
kat_fn kat_key_schedule;
kat_fn kat_secret_tree;
kat_fn kat_transcript_hashes;
kat_fn kat_message_protection;
kat_fn kat_welcome;
kat_fn kat_treekem;
kat_fn kat_messages;
kat_fn kat_tree_operations;
kat_fn kat_tree_validation;
kat_fn kat_deserialization;
kat_fn kat_passive_client;
kat_fn kat_psk_secret;

/* Bytes of the hex string ${key} of ${c}; empty when it is not there. */
struct cs_view kat_hex(const json_t *c, const char *key);
struct cs_view kat_hex_value(const json_t *value);
uint64_t kat_int(const json_t *c, const char *key);
struct cs_view kat_str(const json_t *c, const char *key);
/* The suite of a case, or NULL when it is not one of ours. */
const struct cs_suite *kat_suite(const json_t *c);

/* Say what is wrong, unless ${ok}. */
bool kat_check(bool ok, const char *what, const char *file, int line);
#define CHECK(x)                                                               \
	do {                                                                   \
		if (!kat_check((x), #x, __FILE__, __LINE__))                   \
			return KAT_FAILED;                                     \
	} while (0)

/* ${n} bytes that live until the case ends. */
void *kat_alloc(size_t n);
/* A private key at full length. */
struct cs_view kat_private(
    const struct cs_suite *suite, struct cs_view private);
/* A private signature key, which lives as long; NULL: none of the suite. */
struct cs_signer *kat_signer(
    const struct cs_suite *suite, struct cs_view private);
/* A buffer that is freed when the case ends. */
struct cs_buf *kat_buf(void);
