/* SPDX-License-Identifier: MIT */
/* A tree that grows, beside the same tree made at once. */
#include "tlog/edge.h"

#include "support/tlog_tree.h"

static struct tlog_tree tree;
static struct cs_tlog_edge edge, loaded;

static int
setup(void **state)
{
	(void)state;
	tlog_tree_make(&tree);
	return 0;
}

static void
check_file(const struct cs_tlog_file *file, uint64_t size)
{
	const struct cs_tlog_tile *t = &file->tile;
	struct cs_buf want = { 0 };
	char text[24];

	assert_int_equal(t->width, cs_tlog_tile_width(t->level, t->n, size));
	for (uint64_t i = t->n * 256; i < t->n * 256 + t->width; i++)
		if (t->entries)
			assert_ok(cs_tlog_bundle_add(
			    &want, tlog_tree_entry(text, i)));
		else
			assert_ok(cs_buf_add(&want,
			    CS_VIEW_OF(tree.nodes[8 * t->level][i].bytes)));
	assert_view_equal(cs_buf_view(&file->content), cs_buf_view(&want));
	cs_buf_free(&want);
}

/* What was written last of each tile. */
static enum cs_err
fetch(void *arg, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	const struct cs_tlog_files *files = arg;

	for (size_t i = files->n; i-- != 0;) {
		const struct cs_tlog_tile *t = &files->list[i].tile;

		if (t->entries == tile->entries && t->level == tile->level &&
		    t->n == tile->n && t->width == tile->width)
			return cs_buf_add(
			    out, cs_buf_view(&files->list[i].content));
	}
	return CS_ERR_NOT_FOUND;
}

static void
test_grows(void **state)
{
	struct cs_tlog_files files = { 0 };
	struct cs_tlog_hash got, want;
	char text[24];

	(void)state;
	for (uint64_t size = 0; size < TLOG_TREE_MAX;) {
		size_t before = files.n;

		assert_ok(cs_tlog_edge_root(&got, &edge));
		assert_ok(cs_tlog_root(&want, size, tlog_tree_node, &tree));
		assert_true(cs_tlog_hash_equal(&got, &want));
		assert_ok(cs_tlog_edge_add(
		    &edge, &files, tlog_tree_entry(text, size)));
		size++;
		assert_ok(cs_tlog_edge_rest(&edge, &files));
		/* The tile that grew and its entries, at least. */
		assert_true(files.n >= before + 2);
		for (size_t i = before; i < files.n; i++)
			check_file(&files.list[i], size);
		assert_ok(cs_tlog_edge_load(&loaded, size, fetch, &files));
		assert_ok(cs_tlog_edge_root(&want, &edge));
		assert_ok(cs_tlog_edge_root(&got, &loaded));
		assert_true(cs_tlog_hash_equal(&got, &want));
		/* Nothing is written again that did not change. */
		assert_ok(cs_tlog_edge_copy(&edge, &loaded));
		before = files.n;
		assert_ok(cs_tlog_edge_rest(&edge, &files));
		assert_int_equal(files.n, before);
	}
	cs_tlog_files_clear(&files);
	cs_tlog_edge_clear(&loaded);
	cs_tlog_edge_clear(&edge);
}

static void
test_refused(void **state)
{
	static const uint8_t longest[CS_TLOG_ENTRY_MAX + 1];
	struct cs_tlog_files files = { 0 };
	char text[24];

	(void)state;
	assert_err(
	    cs_tlog_edge_load(&loaded, 5, fetch, &files), CS_ERR_CORRUPT);
	for (uint64_t i = 0; i < 5; i++)
		assert_ok(
		    cs_tlog_edge_add(&edge, &files, tlog_tree_entry(text, i)));
	assert_ok(cs_tlog_edge_rest(&edge, &files));
	assert_ok(cs_tlog_edge_load(&loaded, 5, fetch, &files));
	/* An entry that is not that of its hash, one too many, none. */
	files.list[1].content.data[2] ^= 1;
	assert_err(
	    cs_tlog_edge_load(&loaded, 5, fetch, &files), CS_ERR_CORRUPT);
	files.list[1].content.data[2] ^= 1;
	assert_ok(
	    cs_tlog_bundle_add(&files.list[1].content, cs_view_str("more")));
	assert_err(
	    cs_tlog_edge_load(&loaded, 5, fetch, &files), CS_ERR_CORRUPT);
	files.list[1].content.len = 3;
	assert_err(
	    cs_tlog_edge_load(&loaded, 5, fetch, &files), CS_ERR_CORRUPT);
	files.list[0].content.len--;
	assert_err(
	    cs_tlog_edge_load(&loaded, 5, fetch, &files), CS_ERR_CORRUPT);
	assert_err(
	    cs_tlog_edge_add(&edge, &files, CS_VIEW_OF(longest)), CS_ERR_LIMIT);
	edge.size = CS_TLOG_SIZE_MAX;
	assert_err(
	    cs_tlog_edge_add(&edge, &files, cs_view_str("x")), CS_ERR_LIMIT);
	cs_tlog_files_clear(&files);
	cs_tlog_edge_clear(&loaded);
	cs_tlog_edge_clear(&edge);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
