/* SPDX-License-Identifier: MIT */
#include "tlog/map.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/hash.h"

#define LEAF 0x03 /* the log's tree has 0x00 and 0x01 */
#define NODE 0x04

bool
cs_tlog_map_bit(
    const uint8_t label[static CS_TLOG_MAP_LABEL_LEN], unsigned depth)
{
	return (label[depth / 8] >> (7 - depth % 8) & 1) != 0;
}

/* ---- hashes ------------------------------------------------------------- */

static enum cs_err
hash_two(struct cs_tlog_hash *out, uint8_t kind,
    const uint8_t a[static CS_HASH_LEN], const uint8_t b[static CS_HASH_LEN])
{
	const struct cs_view parts[] = { cs_view(&kind, 1),
		cs_view(a, CS_HASH_LEN), cs_view(b, CS_HASH_LEN) };

	return cs_hash_parts(out->bytes, CS_SHA256, parts, 3);
}

static enum cs_err
hash_leaf(struct cs_tlog_hash *out, const struct cs_tlog_map_leaf *leaf)
{
	return hash_two(out, LEAF, leaf->label, leaf->value);
}

enum cs_err
cs_tlog_map_join(struct cs_tlog_map_node *out,
    const struct cs_tlog_map_node *left, const struct cs_tlog_map_node *right)
{
	struct cs_tlog_hash hash;
	enum cs_err err;

	/* Who is alone stands higher up. */
	if (left->kind == CS_TLOG_MAP_EMPTY &&
	    right->kind != CS_TLOG_MAP_NODE) {
		*out = *right;
		return CS_OK;
	}
	if (right->kind == CS_TLOG_MAP_EMPTY &&
	    left->kind != CS_TLOG_MAP_NODE) {
		*out = *left;
		return CS_OK;
	}
	err = hash_two(&hash, NODE, left->hash.bytes, right->hash.bytes);
	out->hash = hash;
	out->kind = CS_TLOG_MAP_NODE;
	return err;
}

/* Of ${n} leaves in order, how many go left at ${depth}. */
static size_t
split(const struct cs_tlog_map_leaf *leaves, size_t n, unsigned depth)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (cs_tlog_map_bit(leaves[middle].label, depth))
			to = middle;
		else
			from = middle + 1;
	}
	return from;
}

enum cs_err
cs_tlog_map_fold(struct cs_tlog_map_node *out,
    const struct cs_tlog_map_leaf *leaves, size_t n, unsigned depth)
{
	struct cs_tlog_map_node right;
	size_t middle;
	enum cs_err err;

	*out = (struct cs_tlog_map_node){ .kind = CS_TLOG_MAP_EMPTY };
	if (n == 0)
		return CS_OK;
	if (n == 1) {
		out->kind = CS_TLOG_MAP_LEAF;
		return hash_leaf(&out->hash, leaves);
	}
	if (depth == CS_TLOG_MAP_DEPTH_MAX)
		return memcmp(leaves[0].label, leaves[1].label,
			   sizeof leaves[0].label) == 0
		    ? CS_ERR_EXISTS
		    : CS_ERR_LIMIT;
	middle = split(leaves, n, depth);
	if ((err = cs_tlog_map_fold(out, leaves, middle, depth + 1)) ||
	    (err = cs_tlog_map_fold(
		 &right, leaves + middle, n - middle, depth + 1)))
		return err;
	return cs_tlog_map_join(out, out, &right);
}

/* ---- proofs ------------------------------------------------------------- */

enum cs_err
cs_tlog_map_prove(struct cs_tlog_map_proof *out,
    const struct cs_tlog_map_source *source,
    const uint8_t label[static CS_TLOG_MAP_LABEL_LEN])
{
	uint8_t beside[CS_TLOG_MAP_LABEL_LEN];
	struct cs_tlog_map_node node;
	unsigned depth = 0;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	for (;; depth++) {
		if ((err = source->node(source->arg, &node, depth, label)))
			return err;
		if (node.kind != CS_TLOG_MAP_NODE)
			break;
		if (depth == CS_TLOG_MAP_DEPTH_MAX)
			return CS_ERR_LIMIT;
		memcpy(beside, label, sizeof beside);
		beside[depth / 8] ^= (uint8_t)(0x80 >> depth % 8);
		err = source->node(source->arg, &node, depth + 1, beside);
		if (err)
			return err;
		out->beside[depth] = node.hash;
	}
	out->n = (uint8_t)depth;
	if (node.kind == CS_TLOG_MAP_EMPTY)
		return CS_OK;
	if ((err = source->leaf(source->arg, &out->other, depth, label)))
		return err;
	out->has_other =
	    memcmp(out->other.label, label, CS_TLOG_MAP_LABEL_LEN) != 0;
	if (!out->has_other)
		memset(&out->other, 0, sizeof out->other);
	return CS_OK;
}

/* Do both go the same way down to ${depth}? */
static bool
agree(const uint8_t *a, const uint8_t *b, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		if (cs_tlog_map_bit(a, i) != cs_tlog_map_bit(b, i))
			return false;
	return true;
}

/* What the way ends at. */
static enum cs_err
end_of(struct cs_tlog_hash *out, const struct cs_tlog_map_proof *proof,
    const uint8_t *label, const uint8_t *value)
{
	struct cs_tlog_map_leaf leaf;

	memset(out, 0, sizeof *out);
	if (value != NULL) {
		if (proof->has_other)
			return CS_ERR_FORMAT;
		memcpy(leaf.label, label, sizeof leaf.label);
		memcpy(leaf.value, value, sizeof leaf.value);
		return hash_leaf(out, &leaf);
	}
	if (!proof->has_other)
		return CS_OK;
	if (memcmp(proof->other.label, label, CS_TLOG_MAP_LABEL_LEN) == 0 ||
	    !agree(proof->other.label, label, proof->n))
		return CS_ERR_FORMAT;
	return hash_leaf(out, &proof->other);
}

enum cs_err
cs_tlog_map_verify(const struct cs_tlog_map_proof *proof,
    const struct cs_tlog_hash *root,
    const uint8_t label[static CS_TLOG_MAP_LABEL_LEN], const uint8_t *value)
{
	struct cs_tlog_hash hash;
	enum cs_err err;

	if (proof->n > CS_TLOG_MAP_DEPTH_MAX)
		return CS_ERR_FORMAT;
	if ((err = end_of(&hash, proof, label, value)))
		return err;
	for (unsigned depth = proof->n; depth-- > 0;) {
		const struct cs_tlog_hash *beside = &proof->beside[depth];
		bool right = cs_tlog_map_bit(label, depth);

		if ((err = hash_two(&hash, NODE,
			 right ? beside->bytes : hash.bytes,
			 right ? hash.bytes : beside->bytes)))
			return err;
	}
	return cs_tlog_hash_equal(&hash, root) ? CS_OK : CS_ERR_MISMATCH;
}

/* ---- as bytes ----------------------------------------------------------- */

enum cs_err
cs_tlog_map_proof_write(
    struct cs_buf *out, const struct cs_tlog_map_proof *proof)
{
	struct cs_writer w = cs_writer(out);

	if (proof->n > CS_TLOG_MAP_DEPTH_MAX)
		return CS_ERR_MISUSE;
	cs_write_u8(&w, proof->n);
	for (size_t i = 0; i < proof->n; i++)
		cs_write_bytes(&w, CS_VIEW_OF(proof->beside[i].bytes));
	cs_write_u8(&w, proof->has_other);
	if (proof->has_other) {
		cs_write_bytes(&w, CS_VIEW_OF(proof->other.label));
		cs_write_bytes(&w, CS_VIEW_OF(proof->other.value));
	}
	return cs_writer_end(&w);
}

enum cs_err
cs_tlog_map_proof_parse(struct cs_tlog_map_proof *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	uint8_t other;

	memset(out, 0, sizeof *out);
	out->n = cs_read_u8(&r);
	if (out->n > CS_TLOG_MAP_DEPTH_MAX)
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < out->n; i++)
		cs_read_copy(&r, out->beside[i].bytes, CS_HASH_LEN);
	other = cs_read_u8(&r);
	if (other > 1)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	out->has_other = other == 1;
	if (out->has_other) {
		cs_read_copy(&r, out->other.label, sizeof out->other.label);
		cs_read_copy(&r, out->other.value, sizeof out->other.value);
	}
	return cs_reader_end(&r);
}
