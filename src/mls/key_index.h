/* SPDX-License-Identifier: MIT */
/*
 * Which keys are in a tree (RFC 9420, 7.3 and 12.4.3.1: no
 * encryption key and no signature key twice).
 *
 * A hash table of 64-bit fingerprints under a random key, so that a commit is
 * checked by what it changes and not by going through the whole tree.
 */
#pragma once

#include "crypto/short_hash.h"
#include "mls/ratchet_tree.h"

struct cs_mls_key_index {
	uint8_t key[CS_SHORT_HASH_KEY_LEN];
	uint64_t *slots; /* 0: free */
	size_t cap;      /* a power of two, at least twice n; or 0 */
	size_t n;
};
void cs_mls_key_index_clear(struct cs_mls_key_index *index);

/* Of all keys in ${t}; CS_ERR_TREE: one is there twice. */
CS_CHECKED enum cs_err cs_mls_key_index_build(
    struct cs_mls_key_index *out, const struct cs_mls_tree *t);

/* Keys that a change of the tree drops and brings, as fingerprints. */
struct cs_mls_key_change {
	uint64_t *gone, *come;
	size_t n_gone, n_come;
	size_t cap_gone, cap_come;
};
void cs_mls_key_change_clear(struct cs_mls_key_change *c);

/* What changes between two trees, of which ${index} is that of ${was}. */
CS_CHECKED enum cs_err cs_mls_key_change_find(struct cs_mls_key_change *out,
    const struct cs_mls_key_index *index, const struct cs_mls_tree *was,
    const struct cs_mls_tree *is);
/* Would a key be there twice?  CS_ERR_TREE. */
CS_CHECKED enum cs_err cs_mls_key_change_check(
    struct cs_mls_key_change *c, const struct cs_mls_key_index *index);
/* Make room, so that applying cannot fail. */
CS_CHECKED enum cs_err cs_mls_key_index_reserve(
    struct cs_mls_key_index *index, size_t more);
void cs_mls_key_index_apply(
    struct cs_mls_key_index *index, const struct cs_mls_key_change *c);

/* Has a node of the tree this key for encryption? */
bool cs_mls_key_index_has_key(
    const struct cs_mls_key_index *index, struct cs_view encryption_key);
/* Is somebody with this signature key in the tree? */
bool cs_mls_key_index_has_signer(
    const struct cs_mls_key_index *index, struct cs_view signature_key);
