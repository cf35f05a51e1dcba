/* SPDX-License-Identifier: MIT */
/*
 * The Merkle tree of a log (RFC 6962, section 2.1, and RFC 9162, section 2.1),
 * over SHA-256.
 *
 * A node is the hash of a complete subtree: the one of ${index} at ${level}
 * stands for the leaves from index << level to (index + 1) << level.  All
 * hashes of a tree of any size are made of nodes, and a node never changes.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

/* No log has more leaves; so sums and shifts of sizes do not overflow. */
#define CS_TLOG_SIZE_MAX ((uint64_t)1 << 62)

struct cs_tlog_hash {
	uint8_t bytes[CS_HASH_LEN];
};

/* Are they the same?  Hashes of a log are public. */
CS_CHECKED bool cs_tlog_hash_equal(
    const struct cs_tlog_hash *a, const struct cs_tlog_hash *b);

/* RFC 6962, section 2.1: the hash of one entry, SHA-256(0x00 | entry). */
CS_CHECKED enum cs_err cs_tlog_leaf_hash(
    struct cs_tlog_hash *out, struct cs_view entry);

/* RFC 6962, section 2.1: SHA-256(0x01 | left | right); ${out} may be one of
 * both. */
CS_CHECKED enum cs_err cs_tlog_node_hash(struct cs_tlog_hash *out,
    const struct cs_tlog_hash *left, const struct cs_tlog_hash *right);

/* RFC 6962, section 2.1: the root of no leaves, SHA-256(""). */
CS_CHECKED enum cs_err cs_tlog_empty_root(struct cs_tlog_hash *out);

/* The hash of the complete tree over ${n} nodes of one level, a power of two
 * of at most 256. */
CS_CHECKED enum cs_err cs_tlog_fold(
    struct cs_tlog_hash *out, const struct cs_tlog_hash *nodes, size_t n);

/* Where nodes come from.  What it gives is taken as it is: whoever cannot trust
 * it verifies what is made of it. */
typedef enum cs_err cs_tlog_read_node(
    void *arg, struct cs_tlog_hash *out, unsigned level, uint64_t index);

/*
 * RFC 6962, section 2.1: MTH(D[from:to]), where ${from} is a multiple of the
 * smallest power of two that is not below to - from, as it is wherever a tree
 * splits.  CS_ERR_MISUSE: it is none, the range is empty, or ${to} is above
 * CS_TLOG_SIZE_MAX.
 */
CS_CHECKED enum cs_err cs_tlog_range_hash(struct cs_tlog_hash *out,
    uint64_t from, uint64_t to, cs_tlog_read_node *read, void *arg);

/* The root of the first ${size} leaves.  CS_ERR_LIMIT: above
 * CS_TLOG_SIZE_MAX. */
CS_CHECKED enum cs_err cs_tlog_root(struct cs_tlog_hash *out, uint64_t size,
    cs_tlog_read_node *read, void *arg);

/* The largest power of two below ${n}, which is 2 or more: where a tree of
 * ${n} leaves splits. */
uint64_t cs_tlog_split(uint64_t n);
