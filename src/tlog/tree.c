/* SPDX-License-Identifier: MIT */
#include "tlog/tree.h"

#include <assert.h>

#include "crypto/hash.h"

#define LEAF ((const uint8_t[]){ 0 })
#define NODE ((const uint8_t[]){ 1 })
/* Of complete trees; of them it takes one a bit of the size. */
#define NODES_MAX 63
#define FOLD_MAX 256

bool
cs_tlog_hash_equal(const struct cs_tlog_hash *a, const struct cs_tlog_hash *b)
{
	return cs_view_equal(CS_VIEW_OF(a->bytes), CS_VIEW_OF(b->bytes));
}

enum cs_err
cs_tlog_leaf_hash(struct cs_tlog_hash *out, struct cs_view entry)
{
	const struct cs_view parts[] = { cs_view(LEAF, 1), entry };

	return cs_hash_parts(out->bytes, CS_SHA256, parts, 2);
}

enum cs_err
cs_tlog_node_hash(struct cs_tlog_hash *out, const struct cs_tlog_hash *left,
    const struct cs_tlog_hash *right)
{
	const struct cs_view parts[] = { cs_view(NODE, 1),
		CS_VIEW_OF(left->bytes), CS_VIEW_OF(right->bytes) };

	return cs_hash_parts(out->bytes, CS_SHA256, parts, 3);
}

enum cs_err
cs_tlog_empty_root(struct cs_tlog_hash *out)
{
	return cs_sha256(out->bytes, cs_view(NULL, 0));
}

enum cs_err
cs_tlog_fold(
    struct cs_tlog_hash *out, const struct cs_tlog_hash *nodes, size_t n)
{
	struct cs_tlog_hash half[FOLD_MAX / 2];
	enum cs_err err;

	if (n == 0 || n > FOLD_MAX || (n & (n - 1)) != 0)
		return CS_ERR_MISUSE;
	for (; n > 1; n /= 2, nodes = half)
		for (size_t i = 0; i < n / 2; i++)
			if ((err = cs_tlog_node_hash(
				 &half[i], &nodes[2 * i], &nodes[2 * i + 1])))
				return err;
	*out = nodes[0];
	return CS_OK;
}

/* The level of the largest complete tree of at most ${n} leaves. */
static unsigned
level_of(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n);
}

uint64_t
cs_tlog_split(uint64_t n)
{
	assert(n >= 2);
	return (uint64_t)1 << level_of(n - 1);
}

/* A range that begins where a tree does is made of complete trees that become
 * smaller; the root joins them from the right. */
enum cs_err
cs_tlog_range_hash(struct cs_tlog_hash *out, uint64_t from, uint64_t to,
    cs_tlog_read_node *read, void *arg)
{
	struct cs_tlog_hash nodes[NODES_MAX];
	size_t n = 0;
	enum cs_err err;

	if (from >= to || to > CS_TLOG_SIZE_MAX ||
	    (from != 0 &&
		level_of(from & -from) < level_of(2 * (to - from) - 1)))
		return CS_ERR_MISUSE;
	while (from < to) {
		unsigned level = level_of(to - from);

		if ((err = read(arg, &nodes[n++], level, from >> level)))
			return err;
		from += (uint64_t)1 << level;
	}
	for (; n > 1; n--)
		if ((err = cs_tlog_node_hash(
			 &nodes[n - 2], &nodes[n - 2], &nodes[n - 1])))
			return err;
	*out = nodes[0];
	return CS_OK;
}

enum cs_err
cs_tlog_root(
    struct cs_tlog_hash *out, uint64_t size, cs_tlog_read_node *read, void *arg)
{
	if (size > CS_TLOG_SIZE_MAX)
		return CS_ERR_LIMIT;
	return size == 0 ? cs_tlog_empty_root(out)
			 : cs_tlog_range_hash(out, 0, size, read, arg);
}
