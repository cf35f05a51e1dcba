/* SPDX-License-Identifier: MIT */
/* The private half of the tree (RFC 9420, 7.4, 7.5). */
#pragma once

#include "mls/commit.h"
#include "mls/key_schedule.h"
#include "mls/ratchet_tree.h"

struct cs_mls_path_secret {
	uint8_t b[CS_HASH_MAX];
};

CS_CHECKED enum cs_err cs_mls_path_secret_key(struct cs_hpke_key *out,
    const struct cs_suite *suite, const struct cs_mls_path_secret *secret);

/* Keys that a member has: of its leaf, and of nodes above it. */
struct cs_mls_private_tree {
	size_t n;
	struct {
		uint32_t node;
		struct cs_hpke_key key;
	} v[CS_MLS_MAX_DEPTH + 1];
};
/* Put ${key} in place of the one that is there for ${node}, if any. */
void cs_mls_private_tree_set(struct cs_mls_private_tree *p, uint32_t node,
    const struct cs_hpke_key *key);
const struct cs_hpke_key *cs_mls_private_tree_get(
    const struct cs_mls_private_tree *p, uint32_t node);
/* Wipe the keys of nodes that are blank, gone, or have another key by now. */
void cs_mls_private_tree_sync(
    struct cs_mls_private_tree *p, const struct cs_mls_tree *t);

/* Fresh secrets of a committer: one for each node of its filtered path. */
struct cs_mls_path_secrets {
	size_t n;
	struct cs_mls_path_secret secret[CS_MLS_MAX_DEPTH];
	struct cs_hpke_key key[CS_MLS_MAX_DEPTH];
	struct cs_mls_commit_secret commit;
	struct cs_hpke_key leaf;
};
CS_CHECKED enum cs_err cs_mls_path_secrets_new(
    struct cs_mls_path_secrets *out, const struct cs_suite *suite, size_t n);

/* Leaves that a commit adds, ascending. */
struct cs_mls_new_leaves {
	const uint32_t *v;
	size_t n;
};

/* Append the nodes that ciphertexts are for: the resolution of ${copath}, less
 * the leaves that were ${added} (section 7.6). */
CS_CHECKED enum cs_err cs_mls_path_recipients(struct cs_mls_nodes *out,
    const struct cs_mls_tree *t, uint32_t copath,
    const struct cs_mls_new_leaves *added);

/* Append the UpdatePathNodes, without the vector's length. */
CS_CHECKED enum cs_err cs_mls_path_encrypt(struct cs_buf *out,
    const struct cs_mls_tree *t, const struct cs_mls_filtered_path *path,
    const struct cs_mls_path_secrets *secrets, struct cs_view context,
    const struct cs_mls_new_leaves *added);

/* What a receiver needs to read a path that was merged into ${tree}. */
struct cs_mls_path_reader {
	const struct cs_mls_tree *tree;
	const struct cs_mls_filtered_path *path;
	const struct cs_mls_update_path *message;
	uint32_t own_leaf;
	struct cs_view context; /* provisional */
	struct cs_mls_new_leaves added;
};
/* The path secret that is meant for us, and whose it is in the path. */
CS_CHECKED enum cs_err cs_mls_path_decrypt(struct cs_mls_path_secret *out,
    size_t *position, const struct cs_mls_path_reader *in,
    const struct cs_mls_private_tree *keys);

/*
 * Put the keys from ${position} up into ${keys}, each checked against the
 * tree; CS_ERR_TREE when one differs.  ${commit} gets the last secret's next.
 */
CS_CHECKED enum cs_err cs_mls_path_climb(struct cs_mls_private_tree *keys,
    struct cs_mls_commit_secret *commit, const struct cs_mls_tree *t,
    const struct cs_mls_filtered_path *path, size_t position,
    const struct cs_mls_path_secret *secret);
