/* SPDX-License-Identifier: MIT */
#include "tlog/proof.h"

#include "support/tlog_tree.h"

static struct tlog_tree tree;
static struct tlog_same same;

static int
setup(void **state)
{
	(void)state;
	tlog_tree_make(&tree);
	tlog_same_make(&same);
	return 0;
}

static struct cs_tlog_hash
root_of(uint64_t size)
{
	struct cs_tlog_hash root;

	assert_ok(cs_tlog_root(&root, size, tlog_tree_node, &tree));
	return root;
}

/* ---- inclusion ---------------------------------------------------------- */

/* What is proved, so that a twin of it can be false in one respect. */
struct inclusion {
	struct cs_tlog_proof proof;
	struct cs_tlog_hash leaf, root;
	uint64_t index, size;
};

static enum cs_err
included(const struct inclusion *p)
{
	return cs_tlog_inclusion_verify(
	    &p->proof, &p->leaf, p->index, p->size, &p->root);
}

static struct inclusion
include(uint64_t index, uint64_t size)
{
	struct inclusion p = { .leaf = tree.nodes[0][index],
		.root = root_of(size),
		.index = index,
		.size = size };

	assert_ok(cs_tlog_inclusion_make(
	    &p.proof, index, size, tlog_tree_node, &tree));
	return p;
}

static void
inclusion_twins(const struct inclusion *p)
{
	struct inclusion twin;

	for (size_t i = 0; i < p->proof.n; i++) {
		twin = *p;
		twin.proof.hashes[i].bytes[i % 32] ^= 1;
		assert_err(included(&twin), CS_ERR_MISMATCH);
	}
	twin = *p;
	twin.leaf.bytes[0] ^= 1;
	assert_err(included(&twin), CS_ERR_MISMATCH);
	twin = *p;
	twin.root.bytes[31] ^= 0x80;
	assert_err(included(&twin), CS_ERR_MISMATCH);
	twin = *p;
	twin.proof.hashes[twin.proof.n++] = p->leaf;
	assert_err(included(&twin), CS_ERR_FORMAT);
	twin = *p;
	if (twin.proof.n-- != 0)
		assert_err(included(&twin), CS_ERR_FORMAT);
	/* At another place, and in another tree. */
	for (uint64_t i = 0; i <= p->size; i++) {
		twin = *p;
		twin.index = i;
		if (i != p->index)
			assert_int_not_equal(included(&twin), CS_OK);
	}
}

static void
test_inclusion(void **state)
{
	(void)state;
	for (uint64_t size = 1; size <= 300; size++)
		for (uint64_t i = 0; i < size; i++) {
			struct inclusion p = include(i, size);

			assert_ok(included(&p));
			assert_true(p.proof.n <= 9);
			if (size < 34 || i % 97 == 0)
				inclusion_twins(&p);
		}
}

/* A proof says of which size it is only by its root. */
static void
test_inclusion_of_another_size(void **state)
{
	(void)state;
	for (uint64_t size = 1; size <= 40; size++)
		for (uint64_t other = 0; other <= 40; other++) {
			struct inclusion p = include(size / 2, size);

			if (other == size)
				continue;
			p.size = other;
			if (other != 0)
				p.root = root_of(other);
			assert_int_not_equal(included(&p), CS_OK);
		}
}

static void
test_inclusion_refused(void **state)
{
	struct inclusion p = include(3, 7);

	(void)state;
	p.size = 0;
	assert_err(included(&p), CS_ERR_FORMAT);
	p.size = CS_TLOG_SIZE_MAX + 1;
	assert_err(included(&p), CS_ERR_FORMAT);
	p = include(3, 7);
	p.index = UINT64_MAX;
	assert_err(included(&p), CS_ERR_FORMAT);
	p = include(3, 7);
	p.proof.n = CS_TLOG_PROOF_MAX + 1;
	assert_err(included(&p), CS_ERR_FORMAT);
	assert_err(
	    cs_tlog_inclusion_make(&p.proof, 7, 7, tlog_tree_node, &tree),
	    CS_ERR_NOT_FOUND);
	assert_err(
	    cs_tlog_inclusion_make(&p.proof, 0, 0, tlog_tree_node, &tree),
	    CS_ERR_NOT_FOUND);
	assert_err(cs_tlog_inclusion_make(&p.proof, 0, CS_TLOG_SIZE_MAX + 1,
		       tlog_tree_node, &tree),
	    CS_ERR_LIMIT);
}

/* ---- consistency -------------------------------------------------------- */

struct consistency {
	struct cs_tlog_proof proof;
	struct cs_tlog_hash from_root, to_root;
	uint64_t from, to;
};

static enum cs_err
consistent(const struct consistency *p)
{
	return cs_tlog_consistency_verify(
	    &p->proof, p->from, &p->from_root, p->to, &p->to_root);
}

static struct consistency
continue_from(uint64_t from, uint64_t to)
{
	struct consistency p = { .from_root = root_of(from),
		.to_root = root_of(to),
		.from = from,
		.to = to };

	assert_ok(cs_tlog_consistency_make(
	    &p.proof, from, to, tlog_tree_node, &tree));
	return p;
}

static void
consistency_twins(const struct consistency *p)
{
	struct consistency twin;

	for (size_t i = 0; i < p->proof.n; i++) {
		twin = *p;
		twin.proof.hashes[i].bytes[i % 32] ^= 1;
		assert_err(consistent(&twin), CS_ERR_MISMATCH);
	}
	twin = *p;
	twin.from_root.bytes[0] ^= 1;
	assert_err(consistent(&twin), CS_ERR_MISMATCH);
	twin = *p;
	twin.to_root.bytes[31] ^= 0x80;
	/* Nothing is said about what follows the empty tree. */
	if (p->from != 0 || p->to == 0)
		assert_err(consistent(&twin), CS_ERR_MISMATCH);
	twin = *p;
	twin.proof.hashes[twin.proof.n++] = p->to_root;
	assert_err(consistent(&twin), CS_ERR_FORMAT);
	twin = *p;
	if (twin.proof.n-- != 0)
		assert_err(consistent(&twin), CS_ERR_FORMAT);
	for (uint64_t from = 0; from <= p->to + 1; from++) {
		twin = *p;
		twin.from = from;
		if (from != p->from)
			assert_int_not_equal(consistent(&twin), CS_OK);
	}
}

static void
test_consistency(void **state)
{
	(void)state;
	for (uint64_t to = 0; to <= 300; to++)
		for (uint64_t from = 0; from <= to; from++) {
			struct consistency p = continue_from(from, to);

			assert_ok(consistent(&p));
			assert_true(p.proof.n <= 10);
			if (to < 34 || from % 97 == 0)
				consistency_twins(&p);
		}
}

static void
test_consistency_refused(void **state)
{
	struct consistency p = continue_from(3, 7);

	(void)state;
	p.to = CS_TLOG_SIZE_MAX + 1;
	assert_err(consistent(&p), CS_ERR_FORMAT);
	p = continue_from(3, 7);
	p.to = 2;
	assert_err(consistent(&p), CS_ERR_FORMAT);
	p = continue_from(3, 7);
	p.proof.n = CS_TLOG_PROOF_MAX + 1;
	assert_err(consistent(&p), CS_ERR_FORMAT);
	assert_err(
	    cs_tlog_consistency_make(&p.proof, 8, 7, tlog_tree_node, &tree),
	    CS_ERR_NOT_FOUND);
	assert_err(cs_tlog_consistency_make(&p.proof, 1, CS_TLOG_SIZE_MAX + 1,
		       tlog_tree_node, &tree),
	    CS_ERR_LIMIT);
}

/* A tree that forgot its third leaf, or has another, has no proof. */
static void
test_fork(void **state)
{
	struct consistency p = continue_from(5, 12);

	(void)state;
	tree.nodes[0][2].bytes[0] ^= 1;
	assert_ok(cs_tlog_node_hash(
	    &tree.nodes[1][1], &tree.nodes[0][2], &tree.nodes[0][3]));
	assert_ok(cs_tlog_node_hash(
	    &tree.nodes[2][0], &tree.nodes[1][0], &tree.nodes[1][1]));
	assert_ok(cs_tlog_node_hash(
	    &tree.nodes[3][0], &tree.nodes[2][0], &tree.nodes[2][1]));
	p.to_root = root_of(12);
	assert_ok(
	    cs_tlog_consistency_make(&p.proof, 5, 12, tlog_tree_node, &tree));
	assert_err(consistent(&p), CS_ERR_MISMATCH);
	tlog_tree_make(&tree);
}

/* ---- the largest -------------------------------------------------------- */

static void
test_large(void **state)
{
	static const uint64_t sizes[] = { CS_TLOG_SIZE_MAX,
		CS_TLOG_SIZE_MAX - 1, (CS_TLOG_SIZE_MAX >> 1) + 1,
		1000000000000000003 };
	struct inclusion in = { .leaf = same.nodes[0] };
	struct consistency c = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		uint64_t size = c.to = in.size = sizes[i];

		assert_ok(cs_tlog_root(&in.root, size, tlog_same_node, &same));
		c.to_root = in.root;
		for (uint64_t at = 1; at < size; at = 3 * at + 1) {
			in.index = size - at;
			assert_ok(cs_tlog_inclusion_make(
			    &in.proof, in.index, size, tlog_same_node, &same));
			assert_ok(included(&in));
			in.proof.hashes[in.proof.n - 1].bytes[0] ^= 1;
			assert_err(included(&in), CS_ERR_MISMATCH);
			c.from = size - at;
			assert_ok(cs_tlog_root(
			    &c.from_root, c.from, tlog_same_node, &same));
			assert_ok(cs_tlog_consistency_make(
			    &c.proof, c.from, size, tlog_same_node, &same));
			assert_ok(consistent(&c));
			c.proof.hashes[c.proof.n - 1].bytes[0] ^= 1;
			assert_err(consistent(&c), CS_ERR_MISMATCH);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inclusion),
		cmocka_unit_test(test_inclusion_of_another_size),
		cmocka_unit_test(test_inclusion_refused),
		cmocka_unit_test(test_consistency),
		cmocka_unit_test(test_consistency_refused),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
