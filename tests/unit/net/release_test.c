/* SPDX-License-Identifier: MIT */
#include "net/release.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "support/test.h"

static const struct cs_release_file three[] = {
	{ .path = { (const uint8_t *)"/app.wasm", 9 },
	    .bytes = { (const uint8_t *)"code", 4 } },
	{ .path = { (const uint8_t *)"/empty", 6 }, .bytes = { NULL, 0 } },
	{ .path = { (const uint8_t *)"/index.html", 11 },
	    .bytes = { (const uint8_t *)"page", 4 } },
};

static const char *signatures = "";

/* A whole release of ${n} files. */
static void
pack(struct cs_buf *out, const struct cs_release_file *files, size_t n)
{
	assert_ok(cs_release_manifest(out, cs_view_str("1.2.0"), files, n));
	assert_ok(cs_buf_add(out, cs_view_str(signatures)));
	assert_ok(cs_buf_add(out, cs_view_str("\n")));
	for (size_t i = 0; i < n; i++)
		assert_ok(cs_buf_add(out, files[i].bytes));
}

static void
test_life(void **state)
{
	/* Hashes by Python's hashlib. */
	static const char manifest[] =
	    "countersign-page 1\nversion 1.2.0\n"
	    "5694d08a2e53ffcae0c3103e5ad6f6076abd960eb1f8a56577040bc1028f702b "
	    "4 /app.wasm\n"
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 "
	    "0 /empty\n"
	    "3660315a9af3df255d8f19ab077e4797822b41488a0e2a04bc6af71213c23274 "
	    "4 /index.html\n";
	struct cs_buf whole = { 0 };
	struct cs_release *r;
	uint8_t hash[CS_HASH_LEN];

	(void)state;
	pack(&whole, three, 3);
	assert_ok(cs_release_open(&r, &whole));
	assert_int_equal(whole.len, 0);
	assert_int_equal(r->n_files, 3);
	assert_view_equal(r->version, cs_view_str("1.2.0"));
	assert_view_equal(r->manifest, cs_view_str(manifest));
	assert_view_equal(r->note, cs_view_str(manifest));
	assert_ok(cs_sha256(hash, r->manifest));
	assert_memory_equal(hash, r->hash, sizeof hash);
	for (size_t i = 0; i < 3; i++) {
		const struct cs_release_file *f =
		    cs_release_at(r, three[i].path);

		assert_non_null(f);
		assert_view_equal(f->bytes, three[i].bytes);
		assert_ptr_equal(cs_release_hashed(r, f->hash), f);
	}
	assert_null(cs_release_at(r, cs_view_str("/index")));
	assert_null(cs_release_at(r, cs_view_str("")));
	memset(hash, 0, sizeof hash);
	assert_null(cs_release_hashed(r, hash));
	/* It lives as long as somebody uses it. */
	assert_ptr_equal(cs_release_use(r), r);
	cs_release_drop(r);
	assert_int_equal(r->n_files, 3);
	cs_release_drop(r);
	cs_release_drop(cs_release_use(NULL));
}

/* Each byte counts, and so does each end. */
static void
test_twins(void **state)
{
	struct cs_buf whole = { 0 }, twin = { 0 };
	struct cs_release *r;

	(void)state;
	pack(&whole, three, 3);
	for (size_t n = 0; n < whole.len; n++) {
		assert_ok(cs_buf_set(&twin, cs_view(whole.data, n)));
		assert_int_not_equal(cs_release_open(&r, &twin), CS_OK);
		assert_null(r);
	}
	assert_ok(cs_buf_set(&twin, cs_buf_view(&whole)));
	assert_ok(cs_buf_add(&twin, cs_view_str("x")));
	assert_err(cs_release_open(&r, &twin), CS_ERR_FORMAT);
	for (size_t i = 0; i < whole.len; i++) {
		assert_ok(cs_buf_set(&twin, cs_buf_view(&whole)));
		twin.data[i] ^= 1;
		/* Another version, or another name, is another release. */
		if (cs_release_open(&r, &twin) == CS_OK) {
			const uint8_t *at = whole.data + i;

			assert_true(memchr("1.20/apwsmety", *at, 13) != NULL);
			cs_release_drop(r);
		}
	}
	/* What the manifest does not say, and what it says of others. */
	assert_ok(cs_buf_set(&twin, cs_buf_view(&whole)));
	twin.data[twin.len - 1] ^= 1;
	assert_err(cs_release_open(&r, &twin), CS_ERR_DIGEST);
	cs_buf_free(&whole);
	cs_buf_free(&twin);
}

static void
test_paths(void **state)
{
	static const char *const good[] = { "/a", "/index.html", "/a/b/c.js",
		"/A-b_c.9", "/web", "/dd", "/a..b" };
	static const char *const bad[] = { "", "/", "a", "a/b", "//", "/a/",
		"/a//b", "/.", "/..", "/a/../b", "/a/.b", "/.well-known/x",
		"/a b", "/a%2e", "/a\\b", "/a?b", "/a#b", "/\xc3\xa4", "/ws",
		"/b/x", "/release/x", "/file/x", "/i/x", "/d/x", "/g/x" };
	char longest[CS_RELEASE_PATH_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(cs_release_path_valid(cs_view_str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cs_release_path_valid(cs_view_str(bad[i])));
	memset(longest, 'a', sizeof longest);
	longest[0] = '/';
	assert_true(
	    cs_release_path_valid(cs_view(longest, CS_RELEASE_PATH_MAX)));
	assert_false(
	    cs_release_path_valid(cs_view(longest, CS_RELEASE_PATH_MAX + 1)));
	assert_string_equal(
	    cs_release_type(cs_view_str("/a.wasm")), "application/wasm");
	assert_string_equal(
	    cs_release_type(cs_view_str("/a.exe")), "application/octet-stream");
}

static void
test_refused(void **state)
{
	static const char *const versions[] = { "", "1 0", "1\n", "a/b",
		"012345678901234567890123456789012" };
	struct cs_release_file files[3];
	struct cs_buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		assert_err(cs_release_manifest(
			       &out, cs_view_str(versions[i]), three, 3),
		    CS_ERR_FORMAT);
	/* No index, twice the same, out of order, not a path, too long. */
	assert_err(cs_release_manifest(&out, cs_view_str("1"), three, 2),
	    CS_ERR_FORMAT);
	memcpy(files, three, sizeof files);
	files[1] = files[0];
	assert_err(cs_release_manifest(&out, cs_view_str("1"), files, 3),
	    CS_ERR_FORMAT);
	files[0] = three[1];
	assert_err(cs_release_manifest(&out, cs_view_str("1"), files, 3),
	    CS_ERR_FORMAT);
	memcpy(files, three, sizeof files);
	files[1].path = cs_view_str("/../x");
	assert_err(cs_release_manifest(&out, cs_view_str("1"), files, 3),
	    CS_ERR_FORMAT);
	memcpy(files, three, sizeof files);
	files[1].bytes.len = CS_RELEASE_FILE_MAX + 1;
	assert_err(cs_release_manifest(&out, cs_view_str("1"), files, 3),
	    CS_ERR_LIMIT);
	assert_err(cs_release_manifest(
		       &out, cs_view_str("1"), files, CS_RELEASE_FILES_MAX + 1),
	    CS_ERR_LIMIT);
	cs_buf_free(&out);
}

/* One more file than there may be. */
static void
test_too_many(void **state)
{
	static char names[CS_RELEASE_FILES_MAX][16];
	struct cs_release_file *files =
	    calloc(CS_RELEASE_FILES_MAX, sizeof *files);
	struct cs_buf whole = { 0 }, more = { 0 };
	static const char line[] =
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 "
	    "0 /z\n\n\n";
	struct cs_release *r;

	(void)state;
	assert_non_null(files);
	for (size_t i = 0; i < CS_RELEASE_FILES_MAX; i++) {
		snprintf(names[i], sizeof names[i], "/a%05zu", i);
		files[i].path = cs_view_str(names[i]);
	}
	files[CS_RELEASE_FILES_MAX - 1].path = cs_view_str("/index.html");
	pack(&whole, files, CS_RELEASE_FILES_MAX);
	assert_ok(cs_buf_set(&more, cs_view(whole.data, whole.len - 2)));
	assert_ok(cs_buf_add(&more, cs_view_str(line)));
	assert_ok(cs_release_open(&r, &whole));
	cs_release_drop(r);
	assert_err(cs_release_open(&r, &more), CS_ERR_LIMIT);
	free(files);
}

static enum cs_err
try_open(void *arg)
{
	struct cs_buf whole = { 0 };
	struct cs_release *r = NULL;
	enum cs_err err =
	    cs_release_manifest(&whole, cs_view_str("1.2.0"), three, 3);

	(void)arg;
	if (err == CS_OK)
		err = cs_buf_add(&whole, cs_view_str("\n"));
	for (size_t i = 0; err == CS_OK && i < 3; i++)
		err = cs_buf_add(&whole, three[i].bytes);
	if (err == CS_OK)
		err = cs_release_open(&r, &whole);
	cs_release_drop(r);
	cs_buf_free(&whole);
	return err;
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(try_open, NULL);
}

static void
test_signed(void **state)
{
	static const char *const bad[] = { "x", "- a b\n", "\xe2\x80\x94 a b",
		"\xe2\x80\x94 a \xff\n" };
	struct cs_buf whole = { 0 };
	struct cs_release *r;

	(void)state;
	signatures = "\xe2\x80\x94 a b\n\xe2\x80\x94 c d\n";
	pack(&whole, three, 3);
	assert_ok(cs_release_open(&r, &whole));
	assert_memory_equal(r->note.data, r->manifest.data, r->manifest.len);
	assert_view_equal(cs_view(r->note.data + r->manifest.len + 1,
			      r->note.len - r->manifest.len - 1),
	    cs_view_str(signatures));
	cs_release_drop(r);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		signatures = bad[i];
		pack(&whole, three, 3);
		assert_err(cs_release_open(&r, &whole), CS_ERR_FORMAT);
	}
	signatures = "";
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
