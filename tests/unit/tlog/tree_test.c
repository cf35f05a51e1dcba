/* SPDX-License-Identifier: MIT */
/* The tree of Certificate Transparency's reference, and RFC 6962's definition
 * beside what we make of nodes. */
#include "tlog/tree.h"

#include "support/tlog_tree.h"

static struct tlog_tree tree;

static int
setup(void **state)
{
	(void)state;
	tlog_tree_make(&tree);
	return 0;
}

static const char *const reference_entries[] = { "", "00", "10", "2021", "3031",
	"40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" };
static const char *const reference_roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
};

static enum cs_err
reference_node(
    void *arg, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	struct cs_tlog_hash leaves[8];

	(void)arg;
	for (size_t i = 0; i < (size_t)1 << level; i++)
		assert_ok(cs_tlog_leaf_hash(&leaves[i],
		    cs_test_unhex(reference_entries[(index << level) + i])));
	return cs_tlog_fold(out, leaves, (size_t)1 << level);
}

static void
test_reference(void **state)
{
	struct cs_tlog_hash root;

	(void)state;
	for (uint64_t n = 0; n <= 8; n++) {
		assert_ok(cs_tlog_root(&root, n, reference_node, NULL));
		assert_view_equal(
		    CS_VIEW_OF(root.bytes), cs_test_unhex(reference_roots[n]));
	}
}

/* RFC 6962, section 2.1, word for word. */
static struct cs_tlog_hash
mth(uint64_t from, uint64_t to)
{
	struct cs_tlog_hash left, right;
	uint64_t k = 1;

	if (to - from == 1)
		return tree.nodes[0][from];
	while (2 * k < to - from)
		k *= 2;
	assert_int_equal(cs_tlog_split(to - from), k);
	left = mth(from, from + k);
	right = mth(from + k, to);
	assert_ok(cs_tlog_node_hash(&left, &left, &right));
	return left;
}

static void
test_definition(void **state)
{
	struct cs_tlog_hash got, want;

	(void)state;
	for (uint64_t n = 1; n <= 300; n++) {
		assert_ok(cs_tlog_root(&got, n, tlog_tree_node, &tree));
		want = mth(0, n);
		assert_true(cs_tlog_hash_equal(&got, &want));
	}
	for (uint64_t n = 1; n <= 64; n++) {
		assert_ok(cs_tlog_range_hash(
		    &got, 64, 64 + n, tlog_tree_node, &tree));
		want = mth(64, 64 + n);
		assert_true(cs_tlog_hash_equal(&got, &want));
	}
	got.bytes[31] ^= 1;
	assert_false(cs_tlog_hash_equal(&got, &want));
}

static void
test_misuse(void **state)
{
	struct cs_tlog_hash out, some[3] = { 0 };

	(void)state;
	assert_err(cs_tlog_fold(&out, some, 0), CS_ERR_MISUSE);
	assert_err(cs_tlog_fold(&out, some, 3), CS_ERR_MISUSE);
	assert_err(cs_tlog_fold(&out, some, 512), CS_ERR_MISUSE);
	assert_err(cs_tlog_range_hash(&out, 4, 4, tlog_tree_node, &tree),
	    CS_ERR_MISUSE);
	assert_err(cs_tlog_range_hash(&out, 4, 3, tlog_tree_node, &tree),
	    CS_ERR_MISUSE);
	/* No tree splits there. */
	assert_err(cs_tlog_range_hash(&out, 4, 9, tlog_tree_node, &tree),
	    CS_ERR_MISUSE);
	assert_err(
	    cs_tlog_root(&out, CS_TLOG_SIZE_MAX + 1, tlog_tree_node, &tree),
	    CS_ERR_LIMIT);
	assert_err(cs_tlog_root(&out, UINT64_MAX, tlog_tree_node, &tree),
	    CS_ERR_LIMIT);
}

static void
test_largest(void **state)
{
	static struct tlog_same same;
	struct cs_tlog_hash root;

	(void)state;
	tlog_same_make(&same);
	assert_ok(cs_tlog_root(&root, CS_TLOG_SIZE_MAX, tlog_same_node, &same));
	assert_true(cs_tlog_hash_equal(&root, &same.nodes[62]));
	assert_ok(
	    cs_tlog_root(&root, CS_TLOG_SIZE_MAX - 1, tlog_same_node, &same));
	assert_false(cs_tlog_hash_equal(&root, &same.nodes[62]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_definition),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
