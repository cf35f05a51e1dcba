/* SPDX-License-Identifier: MIT */
#include "tlog/proof.h"

/* ---- made --------------------------------------------------------------- */

/* Add the hash of a range, going down from the root. */
static enum cs_err
add(struct cs_tlog_proof *p, uint64_t from, uint64_t to,
    cs_tlog_read_node *read, void *arg)
{
	return cs_tlog_range_hash(&p->hashes[p->n++], from, to, read, arg);
}

/* A proof begins at the leaves. */
static void
turn_around(struct cs_tlog_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		struct cs_tlog_hash first = p->hashes[i];

		p->hashes[i] = p->hashes[p->n - 1 - i];
		p->hashes[p->n - 1 - i] = first;
	}
}

enum cs_err
cs_tlog_inclusion_make(struct cs_tlog_proof *out, uint64_t index, uint64_t size,
    cs_tlog_read_node *read, void *arg)
{
	uint64_t from = 0, to = size;
	enum cs_err err;

	out->n = 0;
	if (size > CS_TLOG_SIZE_MAX)
		return CS_ERR_LIMIT;
	if (index >= size)
		return CS_ERR_NOT_FOUND;
	while (to - from > 1) {
		uint64_t middle = from + cs_tlog_split(to - from);

		err = index < middle ? add(out, middle, to, read, arg)
				     : add(out, from, middle, read, arg);
		if (err)
			return err;
		if (index < middle)
			to = middle;
		else
			from = middle;
	}
	turn_around(out);
	return CS_OK;
}

enum cs_err
cs_tlog_consistency_make(struct cs_tlog_proof *out, uint64_t from, uint64_t to,
    cs_tlog_read_node *read, void *arg)
{
	uint64_t left = 0, right = to;
	enum cs_err err;

	out->n = 0;
	if (to > CS_TLOG_SIZE_MAX)
		return CS_ERR_LIMIT;
	if (from > to)
		return CS_ERR_NOT_FOUND;
	if (from == 0)
		return CS_OK;
	/* SUBPROOF: down to the tree that ends where the earlier one does. */
	while (right != from) {
		uint64_t middle = left + cs_tlog_split(right - left);

		err = from <= middle ? add(out, middle, right, read, arg)
				     : add(out, left, middle, read, arg);
		if (err)
			return err;
		if (from <= middle)
			right = middle;
		else
			left = middle;
	}
	/* If that is the earlier tree itself, its root is known. */
	if (left != 0 && (err = add(out, left, right, read, arg)))
		return err;
	turn_around(out);
	return CS_OK;
}

/* ---- verified ----------------------------------------------------------- */

enum cs_err
cs_tlog_inclusion_root(struct cs_tlog_hash *out,
    const struct cs_tlog_proof *proof, const struct cs_tlog_hash *leaf,
    uint64_t index, uint64_t size)
{
	struct cs_tlog_hash r = *leaf;
	uint64_t fn = index, sn = size - 1;
	enum cs_err err;

	if (index >= size || size > CS_TLOG_SIZE_MAX ||
	    proof->n > CS_TLOG_PROOF_MAX)
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < proof->n; i++) {
		const struct cs_tlog_hash *p = &proof->hashes[i];
		bool left = (fn & 1) != 0 || fn == sn;

		if (sn == 0)
			return CS_ERR_FORMAT;
		if ((err = left ? cs_tlog_node_hash(&r, p, &r)
				: cs_tlog_node_hash(&r, &r, p)))
			return err;
		/* At the right edge, levels without a neighbour. */
		for (; left && (fn & 1) == 0 && fn != 0; fn >>= 1)
			sn >>= 1;
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return CS_ERR_FORMAT;
	*out = r;
	return CS_OK;
}

enum cs_err
cs_tlog_inclusion_verify(const struct cs_tlog_proof *proof,
    const struct cs_tlog_hash *leaf, uint64_t index, uint64_t size,
    const struct cs_tlog_hash *root)
{
	struct cs_tlog_hash r;
	enum cs_err err = cs_tlog_inclusion_root(&r, proof, leaf, index, size);

	if (err)
		return err;
	return cs_tlog_hash_equal(&r, root) ? CS_OK : CS_ERR_MISMATCH;
}

/* Where there is nothing to prove: the same tree, or the empty one. */
static enum cs_err
verify_plain(const struct cs_tlog_proof *proof, uint64_t from,
    const struct cs_tlog_hash *from_root, uint64_t to,
    const struct cs_tlog_hash *to_root)
{
	struct cs_tlog_hash empty = *from_root;
	enum cs_err err;

	if (proof->n != 0)
		return CS_ERR_FORMAT;
	if (from == 0 && (err = cs_tlog_empty_root(&empty)))
		return err;
	if (!cs_tlog_hash_equal(from_root, &empty) ||
	    (from == to && !cs_tlog_hash_equal(from_root, to_root)))
		return CS_ERR_MISMATCH;
	return CS_OK;
}

/* Join ${c} to both roots, on the side where it is. */
static enum cs_err
join(struct cs_tlog_hash *fr, struct cs_tlog_hash *sr,
    const struct cs_tlog_hash *c, bool left)
{
	enum cs_err err;

	if (!left)
		return cs_tlog_node_hash(sr, sr, c);
	err = cs_tlog_node_hash(fr, c, fr);
	return err ? err : cs_tlog_node_hash(sr, c, sr);
}

enum cs_err
cs_tlog_consistency_verify(const struct cs_tlog_proof *proof, uint64_t from,
    const struct cs_tlog_hash *from_root, uint64_t to,
    const struct cs_tlog_hash *to_root)
{
	struct cs_tlog_hash fr, sr;
	uint64_t fn = from - 1, sn = to - 1;
	bool complete = (from & (from - 1)) == 0;
	enum cs_err err;

	if (from > to || to > CS_TLOG_SIZE_MAX || proof->n > CS_TLOG_PROOF_MAX)
		return CS_ERR_FORMAT;
	if (from == 0 || from == to)
		return verify_plain(proof, from, from_root, to, to_root);
	if (proof->n == 0)
		return CS_ERR_FORMAT;
	for (; (fn & 1) != 0; fn >>= 1)
		sn >>= 1;
	fr = sr = complete ? *from_root : proof->hashes[0];
	for (size_t i = complete ? 0 : 1; i < proof->n; i++) {
		bool left = (fn & 1) != 0 || fn == sn;

		if (sn == 0)
			return CS_ERR_FORMAT;
		if ((err = join(&fr, &sr, &proof->hashes[i], left)))
			return err;
		for (; left && (fn & 1) == 0 && fn != 0; fn >>= 1)
			sn >>= 1;
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0)
		return CS_ERR_FORMAT;
	return cs_tlog_hash_equal(&fr, from_root) &&
		cs_tlog_hash_equal(&sr, to_root)
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}
