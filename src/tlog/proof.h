/* SPDX-License-Identifier: MIT */
/*
 * Proofs about a tree (RFC 9162, sections 2.1.3 and 2.1.4; the same hashes as
 * in RFC 6962, sections 2.1.1 and 2.1.2): that a leaf is in it, and that a
 * later tree only adds to an earlier one.  Made of nodes, verified with
 * nothing but the roots.
 */
#pragma once

#include "tlog/tree.h"

/* Hashes that a proof of any tree has, at most. */
#define CS_TLOG_PROOF_MAX 63

struct cs_tlog_proof {
	struct cs_tlog_hash hashes[CS_TLOG_PROOF_MAX];
	size_t n;
};

/* RFC 9162, section 2.1.3.1: PATH(index, D[size]).  CS_ERR_NOT_FOUND: there is
 * no such leaf; CS_ERR_LIMIT: ${size} is above CS_TLOG_SIZE_MAX. */
CS_CHECKED enum cs_err cs_tlog_inclusion_make(struct cs_tlog_proof *out,
    uint64_t index, uint64_t size, cs_tlog_read_node *read, void *arg);

/*
 * RFC 9162, section 2.1.3.2: is ${leaf} the one of ${index} in the tree of
 * ${size} leaves with this ${root}?  CS_ERR_FORMAT: the proof is too short or
 * too long for that, or there is no such leaf; CS_ERR_MISMATCH: it is another
 * leaf or tree.
 */
CS_CHECKED enum cs_err cs_tlog_inclusion_verify(
    const struct cs_tlog_proof *proof, const struct cs_tlog_hash *leaf,
    uint64_t index, uint64_t size, const struct cs_tlog_hash *root);

/* The root of the only tree in which that holds.  CS_ERR_FORMAT as above. */
CS_CHECKED enum cs_err cs_tlog_inclusion_root(struct cs_tlog_hash *out,
    const struct cs_tlog_proof *proof, const struct cs_tlog_hash *leaf,
    uint64_t index, uint64_t size);

/* RFC 9162, section 2.1.4.1: PROOF(from, D[to]); of no hashes where ${from} is
 * 0 or ${to}.  CS_ERR_NOT_FOUND: ${from} is above ${to}; CS_ERR_LIMIT: ${to} is
 * above CS_TLOG_SIZE_MAX. */
CS_CHECKED enum cs_err cs_tlog_consistency_make(struct cs_tlog_proof *out,
    uint64_t from, uint64_t to, cs_tlog_read_node *read, void *arg);

/*
 * RFC 9162, section 2.1.4.2: are the first ${from} leaves of the tree of ${to}
 * with the root ${to_root} those of ${from_root}?  All trees begin with the
 * empty one, if its root is SHA-256("").  Errors as above.
 */
CS_CHECKED enum cs_err cs_tlog_consistency_verify(
    const struct cs_tlog_proof *proof, uint64_t from,
    const struct cs_tlog_hash *from_root, uint64_t to,
    const struct cs_tlog_hash *to_root);
