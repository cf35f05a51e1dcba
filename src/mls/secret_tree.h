/* SPDX-License-Identifier: MIT */
/*
 * Keys for single messages (RFC 9420, section 9).
 *
 * A key is first looked up, which changes nothing that could be seen, and
 * taken when the message turned out to be good: then it and all that it came
 * from are wiped (section 9.2).
 */
#pragma once

#include "mls/codec.h"
#include "mls/key_schedule.h"
#include "mls/tree_math.h"

struct cs_mls_message_key {
	uint8_t key[CS_AEAD_KEY_MAX];
	uint8_t nonce[CS_AEAD_NONCE_MAX];
};

enum cs_mls_ratchet_kind {
	CS_MLS_RATCHET_HANDSHAKE = 0,
	CS_MLS_RATCHET_APPLICATION = 1,
};

/* A key of a message that has not come yet. */
struct cs_mls_kept_key {
	uint32_t generation;
	struct cs_mls_message_key key;
};

struct cs_mls_ratchet {
	uint8_t secret[CS_HASH_MAX];
	uint32_t next; /* generation of the secret */
	struct cs_mls_kept_key *kept;
	size_t n_kept;
	size_t cap_kept;
};

/* Both ratchets of one leaf. */
struct cs_mls_ratchets {
	struct cs_mls_ratchet v[2];
};

/* A node whose secret was derived and not used yet, or one on the way to such
 * nodes.  Invariant: a secret, or children, or ratchets. */
struct cs_mls_secret_node {
	struct cs_mls_secret_node *child[2];
	struct cs_mls_ratchets *ratchets; /* of a leaf */
	bool present;
	uint8_t b[CS_HASH_MAX];
};

/* Secrets of nodes from which no leaf was derived yet, then ratchets; only what
 * is there takes room. */
struct cs_mls_secret_tree {
	const struct cs_suite *suite;
	uint32_t n_leaves;
	struct cs_mls_secret_node *root;
};

CS_CHECKED enum cs_err cs_mls_secret_tree_init(struct cs_mls_secret_tree *out,
    const struct cs_suite *suite, uint32_t n_leaves,
    const struct cs_mls_encryption_secret *root);
void cs_mls_secret_tree_clear(struct cs_mls_secret_tree *t);

/* Take the secret of a leaf itself, hash_len bytes: the exporter tree of
 * draft-ietf-mls-extensions.  CS_ERR_REPLAY: it is gone. */
CS_CHECKED enum cs_err cs_mls_secret_tree_take_leaf(
    uint8_t *out, struct cs_mls_secret_tree *t, uint32_t leaf);

/* A key that was looked up, and what taking it will change. */
struct cs_mls_pending_key {
	struct cs_mls_message_key key;
	uint32_t generation;

	uint32_t leaf;
	enum cs_mls_ratchet_kind kind;
	struct cs_mls_secret_node *source; /* what is consumed for it, ... */
	struct cs_mls_secret_node *fresh;  /* ... and what takes its place, or
					    * NULL: the leaf had its ratchets */
	struct cs_mls_ratchets *ratchets;  /* of the leaf, old or fresh */
	bool was_kept;
	uint8_t secret[CS_HASH_MAX]; /* of the generation after */
	struct cs_mls_kept_key *skipped;
	size_t n_skipped;
	size_t max_kept;
};
void cs_mls_pending_key_clear(struct cs_mls_pending_key *p);

/*
 * The key of ${generation}.  CS_ERR_REPLAY: used or deleted; CS_ERR_LIMIT: more
 * than ${max_skip} generations ahead.
 */
CS_CHECKED enum cs_err cs_mls_secret_tree_find(struct cs_mls_pending_key *out,
    struct cs_mls_secret_tree *t, uint32_t leaf, enum cs_mls_ratchet_kind kind,
    uint32_t generation, uint32_t max_skip);

/* The next key of a sender. */
CS_CHECKED enum cs_err cs_mls_secret_tree_next(struct cs_mls_pending_key *out,
    struct cs_mls_secret_tree *t, uint32_t leaf, enum cs_mls_ratchet_kind kind);

/* Consume what was found.  Cannot fail; ${p} is cleared. */
void cs_mls_secret_tree_take(
    struct cs_mls_secret_tree *t, struct cs_mls_pending_key *p);

void cs_mls_secret_tree_write(
    struct cs_writer *w, const struct cs_mls_secret_tree *t);
CS_CHECKED enum cs_err cs_mls_secret_tree_read(struct cs_reader *r,
    struct cs_mls_secret_tree *out, const struct cs_suite *suite);
