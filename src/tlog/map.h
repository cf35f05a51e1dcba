/* SPDX-License-Identifier: MIT */
/*
 * A map whose one root says of each label which value it has, or that it has
 * none: a binary tree in which labels are ways.
 *
 *	empty	32 bytes of zero
 *	leaf	SHA-256(0x03 | label32 | value32), in the place of any part of
 *the tree in which it is alone node	SHA-256(0x04 | left32 | right32), above
 *two leaves or more
 *
 * At depth d the way goes left where bit d of the label, counted from the first
 * byte's highest, is 0.  Whatever somebody makes up, no root leads one label to
 * two ends.
 */
#pragma once

#include "tlog/tree.h"

#define CS_TLOG_MAP_LABEL_LEN CS_HASH_LEN
/* No way is longer: labels are values of a VRF, and nobody finds two that have
 * so many bits in common. */
#define CS_TLOG_MAP_DEPTH_MAX 64

struct cs_tlog_map_leaf {
	uint8_t label[CS_TLOG_MAP_LABEL_LEN];
	uint8_t value[CS_HASH_LEN];
};

/* A part of the tree. */
struct cs_tlog_map_node {
	struct cs_tlog_hash hash;
	enum { CS_TLOG_MAP_EMPTY, CS_TLOG_MAP_LEAF, CS_TLOG_MAP_NODE } kind;
};

/* The bit of ${label} at ${depth}. */
CS_CHECKED bool cs_tlog_map_bit(
    const uint8_t label[static CS_TLOG_MAP_LABEL_LEN], unsigned depth);

/* What stands above ${left} and ${right}; ${out} may be one of them. */
CS_CHECKED enum cs_err cs_tlog_map_join(struct cs_tlog_map_node *out,
    const struct cs_tlog_map_node *left, const struct cs_tlog_map_node *right);

/* The part at ${depth} that has these ${n} leaves, in order of their labels,
 * which agree up to there.  CS_ERR_EXISTS: two have the same label;
 * CS_ERR_LIMIT: a way would be longer than CS_TLOG_MAP_DEPTH_MAX. */
CS_CHECKED enum cs_err cs_tlog_map_fold(struct cs_tlog_map_node *out,
    const struct cs_tlog_map_leaf *leaves, size_t n, unsigned depth);

/* What is beside the way of a label, from the root on, and where it ends. */
struct cs_tlog_map_proof {
	struct cs_tlog_hash beside[CS_TLOG_MAP_DEPTH_MAX];
	uint8_t n;
	bool has_other; /* the way ends at this leaf of another label */
	struct cs_tlog_map_leaf other;
};

/* Parts of a tree, and the leaf of one that has but one: at ${depth}, where
 * labels begin like ${label}. */
struct cs_tlog_map_source {
	enum cs_err (*node)(void *arg, struct cs_tlog_map_node *out,
	    unsigned depth, const uint8_t *label);
	enum cs_err (*leaf)(void *arg, struct cs_tlog_map_leaf *out,
	    unsigned depth, const uint8_t *label);
	void *arg;
};

/* The proof for ${label}.  CS_ERR_LIMIT: as above; what the source says. */
CS_CHECKED enum cs_err cs_tlog_map_prove(struct cs_tlog_map_proof *out,
    const struct cs_tlog_map_source *source,
    const uint8_t label[static CS_TLOG_MAP_LABEL_LEN]);

/*
 * Does the map with this root give ${label} the value ${value}, or, where that
 * is NULL, none?  CS_ERR_FORMAT: it is no proof of that kind; CS_ERR_MISMATCH:
 * it is not so.
 */
CS_CHECKED enum cs_err cs_tlog_map_verify(const struct cs_tlog_map_proof *proof,
    const struct cs_tlog_hash *root,
    const uint8_t label[static CS_TLOG_MAP_LABEL_LEN], const uint8_t *value);

/* u8 n | hash32 of each | u8 0, or u8 1 | label32 | value32; and back.
 * CS_ERR_FORMAT. */
#define CS_TLOG_MAP_PROOF_MAX                                                  \
	(2 + (CS_TLOG_MAP_DEPTH_MAX + (size_t)2) * CS_HASH_LEN)
CS_CHECKED enum cs_err cs_tlog_map_proof_write(
    struct cs_buf *out, const struct cs_tlog_map_proof *proof);
CS_CHECKED enum cs_err cs_tlog_map_proof_parse(
    struct cs_tlog_map_proof *out, struct cs_view in);
