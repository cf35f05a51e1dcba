/* SPDX-License-Identifier: MIT */
#include "tlog/tile.h"

#include "support/tlog_tree.h"

static struct tlog_tree tree;

static int
setup(void **state)
{
	(void)state;
	tlog_tree_make(&tree);
	return 0;
}

struct spelt {
	const char *path;
	struct cs_tlog_tile tile;
};

static void
test_paths(void **state)
{
	static const struct spelt known[] = {
		{ "tile/0/000", { false, 0, 0, 256 } },
		{ "tile/0/000.p/1", { false, 0, 0, 1 } },
		{ "tile/1/255.p/255", { false, 1, 255, 255 } },
		{ "tile/2/x001/000", { false, 2, 1000, 256 } },
		/* The specification's own. */
		{ "tile/0/x001/x234/067", { false, 0, 1234067, 256 } },
		{ "tile/entries/x001/x234/067.p/17", { true, 0, 1234067, 17 } },
		{ "tile/0/x018/x014/x398/x509/x481/983",
		    { false, 0, 18014398509481983, 256 } },
		{ "tile/7/000.p/64", { false, 7, 0, 64 } },
	};
	char path[CS_TLOG_PATH_SIZE];
	struct cs_tlog_tile got;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const struct cs_tlog_tile *want = &known[i].tile;

		cs_tlog_tile_path(path, want);
		assert_string_equal(path, known[i].path);
		assert_ok(cs_tlog_tile_parse(&got, cs_view_str(path)));
		assert_int_equal(got.entries, want->entries);
		assert_int_equal(got.level, want->level);
		assert_int_equal(got.n, want->n);
		assert_int_equal(got.width, want->width);
	}
}

static void
test_paths_refused(void **state)
{
	static const char *const bad[] = { "", "tile", "tile/", "tile/0",
		"tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000",
		"tile/00/000", "tile/01/000", "/tile/0/000", "tile/0/000/",
		"tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
		"tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/1000",
		"tile/0/000.p/-1", "tile/0/000.p/1/", "tile/0/x000/000",
		"tile/0/x000/001", "tile/0/001/000", "tile/0/x001",
		"tile/0/x001/x000", "tile/0/X001/000", "tile/-1/000",
		"tile/64/000", "tile/100/000", "tile/entries", "tile/0/../000",
		"tile/entries/0/000", "tile/x/000", "tile/0/ 00", "tile/0/0x0",
		"tile/0/x001/x001/x001/x001/x001/x001/000" };
	static const char *const many[] = { "tile/8/000", "tile/63/000.p/1",
		"tile/7/000", "tile/7/000.p/65", "tile/7/001.p/1",
		"tile/0/x018/x014/x398/x509/x481/984.p/1",
		"tile/entries/x999/x999/x999/x999/x999/999" };
	struct cs_tlog_tile got;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(cs_tlog_tile_parse(&got, cs_view_str(bad[i])),
		    CS_ERR_FORMAT);
	for (size_t i = 0; i < sizeof many / sizeof *many; i++)
		assert_err(cs_tlog_tile_parse(&got, cs_view_str(many[i])),
		    CS_ERR_LIMIT);
}

/* C2SP tlog-tiles, "Partial Tiles": a tree of 70,000, and one of 256. */
static void
test_widths(void **state)
{
	(void)state;
	assert_int_equal(cs_tlog_tile_width(0, 272, 70000), 256);
	assert_int_equal(cs_tlog_tile_width(0, 273, 70000), 112);
	assert_int_equal(cs_tlog_tile_width(0, 274, 70000), 0);
	assert_int_equal(cs_tlog_tile_width(1, 0, 70000), 256);
	assert_int_equal(cs_tlog_tile_width(1, 1, 70000), 17);
	assert_int_equal(cs_tlog_tile_width(2, 0, 70000), 1);
	assert_int_equal(cs_tlog_tile_width(3, 0, 70000), 0);
	assert_int_equal(cs_tlog_tile_width(0, 0, 256), 256);
	assert_int_equal(cs_tlog_tile_width(0, 1, 256), 0);
	assert_int_equal(cs_tlog_tile_width(1, 0, 256), 1);
	assert_int_equal(cs_tlog_tile_width(0, 0, 0), 0);
	assert_int_equal(cs_tlog_tile_width(7, 0, CS_TLOG_SIZE_MAX), 64);
	assert_int_equal(cs_tlog_tile_width(8, 0, CS_TLOG_SIZE_MAX), 0);
	assert_int_equal(cs_tlog_tile_width(0, UINT64_MAX, 5), 0);
	assert_int_equal(cs_tlog_tile_width(0, 0, UINT64_MAX), 0);
}

static void
test_bundles(void **state)
{
	static const uint8_t longest[CS_TLOG_ENTRY_MAX + 1];
	struct cs_buf bundle = { 0 };
	struct cs_view left, entry;

	(void)state;
	assert_ok(cs_tlog_bundle_add(&bundle, cs_view_str("one")));
	assert_ok(cs_tlog_bundle_add(&bundle, cs_view(NULL, 0)));
	assert_view_equal(
	    cs_buf_view(&bundle), cs_test_unhex("00036f6e650000"));
	assert_ok(
	    cs_tlog_bundle_add(&bundle, cs_view(longest, CS_TLOG_ENTRY_MAX)));
	assert_err(
	    cs_tlog_bundle_add(&bundle, CS_VIEW_OF(longest)), CS_ERR_LIMIT);
	left = cs_buf_view(&bundle);
	assert_ok(cs_tlog_bundle_next(&entry, &left));
	assert_view_equal(entry, cs_view_str("one"));
	assert_ok(cs_tlog_bundle_next(&entry, &left));
	assert_int_equal(entry.len, 0);
	assert_ok(cs_tlog_bundle_next(&entry, &left));
	assert_int_equal(entry.len, CS_TLOG_ENTRY_MAX);
	assert_err(cs_tlog_bundle_next(&entry, &left), CS_ERR_NOT_FOUND);
	for (size_t n = 1; n < 5; n++) {
		left = cs_view(bundle.data, n);
		assert_err(cs_tlog_bundle_next(&entry, &left), CS_ERR_FORMAT);
	}
	cs_buf_free(&bundle);
}

/* ---- nodes out of tiles ------------------------------------------------- */

struct shelf {
	unsigned fetched;
	size_t cut; /* bytes left out of each */
};

static enum cs_err
fetch(void *arg, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	struct shelf *s = arg;
	enum cs_err err = CS_OK;

	s->fetched++;
	assert_false(tile->entries);
	for (unsigned i = 0; err == CS_OK && i < tile->width; i++)
		err = cs_buf_add(out,
		    CS_VIEW_OF(
			tree.nodes[8 * tile->level][tile->n * 256 + i].bytes));
	out->len -= s->cut;
	return err;
}

static void
test_nodes(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 255, 256, 257, 700, 1024 };
	struct cs_tlog_hash got, want;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct shelf shelf = { 0 };
		struct cs_tlog_tiles tiles = { sizes[i], fetch, &shelf };

		for (unsigned level = 0; level < TLOG_TREE_LEVELS; level++)
			for (uint64_t n = 0; n < sizes[i] >> level; n++) {
				assert_ok(
				    cs_tlog_tiles_node(&tiles, &got, level, n));
				assert_true(cs_tlog_hash_equal(
				    &got, &tree.nodes[level][n]));
			}
		assert_err(cs_tlog_tiles_node(&tiles, &got, 0, sizes[i]),
		    CS_ERR_NOT_FOUND);
		assert_err(
		    cs_tlog_tiles_node(&tiles, &got, 63, 0), CS_ERR_NOT_FOUND);
		/* Once for each tile and each of its levels, at most. */
		assert_true(shelf.fetched <= 8 * (sizes[i] / 256 + 1) + 1);
		assert_ok(
		    cs_tlog_root(&got, sizes[i], cs_tlog_tiles_node, &tiles));
		assert_ok(cs_tlog_root(&want, sizes[i], tlog_tree_node, &tree));
		assert_true(cs_tlog_hash_equal(&got, &want));
	}
}

static void
test_nodes_refused(void **state)
{
	struct shelf shelf = { .cut = 1 };
	struct cs_tlog_tiles tiles = { 300, fetch, &shelf };
	struct cs_tlog_hash got;

	(void)state;
	assert_err(cs_tlog_tiles_node(&tiles, &got, 0, 299), CS_ERR_FORMAT);
	shelf.cut = 0;
	assert_ok(cs_tlog_tiles_node(&tiles, &got, 0, 299));
	tiles.size = CS_TLOG_SIZE_MAX + 1;
	assert_err(cs_tlog_tiles_node(&tiles, &got, 0, 0), CS_ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_paths_refused),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_bundles),
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_nodes_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
