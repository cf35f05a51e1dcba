/* SPDX-License-Identifier: MIT */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "crypto/random.h"

void
cs_test_err(enum cs_err got, enum cs_err want, const char *file, int line)
{
	if (got == want)
		return;
	print_error("%s:%d: got \"%s\", not \"%s\"\n", file, line,
	    cs_err_name(got), cs_err_name(want));
	_fail(file, line);
}

static void
print_hex(const char *what, struct cs_view v)
{
	print_error("%s (%zu):", what, v.len);
	for (size_t i = 0; i < v.len && i < 64; i++)
		print_error(" %02x", v.data[i]);
	print_error("\n");
}

void
cs_test_view(struct cs_view a, struct cs_view b, const char *file, int line)
{
	if (cs_view_equal(a, b))
		return;
	print_hex("left ", a);
	print_hex("right", b);
	_fail(file, line);
}

static uint64_t stream;

/* xorshift64*: repeatable, and of no other use. */
static void
fill(void *arg, uint8_t *out, size_t n)
{
	(void)arg;
	for (size_t i = 0; i < n; i++) {
		stream ^= stream >> 12;
		stream ^= stream << 25;
		stream ^= stream >> 27;
		out[i] = (uint8_t)((stream * 0x2545f4914f6cdd1dULL) >> 56);
	}
}

void
cs_test_fixed_random(uint64_t seed)
{
	stream = seed * 0x9e3779b97f4a7c15ULL + 1;
	cs_random_replace(fill, NULL);
}

void
cs_test_real_random(void)
{
	cs_random_replace(NULL, NULL);
}

void
cs_test_allocations(enum cs_err (*fn)(void *arg), void *arg)
{
	enum cs_err err;
	long n = 0, refused;

	do {
		cs_alloc_fail_after(n);
		err = fn(arg);
		refused = cs_alloc_refused();
		cs_alloc_fail_after(-1);
		if (refused != 0 && err != CS_ERR_NOMEM)
			fail_msg("allocation %ld refused, yet \"%s\"", n,
			    cs_err_name(err));
		n++;
	} while (refused != 0);
	assert_ok(err);
}

struct cs_view
cs_test_unhex(const char *hex)
{
	static uint8_t slots[8][4096];
	static unsigned next;
	uint8_t *slot = slots[next++ % 8];
	size_t n = strlen(hex) / 2;

	assert_true(n <= sizeof slots[0]);
	assert_ok(cs_unhex(slot, n, hex));
	return cs_view(slot, n);
}

struct cs_buf
cs_test_read_file(const char *path)
{
	struct cs_buf b = { 0 };
	uint8_t chunk[4096];
	size_t n;
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		fail_msg("cannot open %s", path);
	while ((n = fread(chunk, 1, sizeof chunk, f)) != 0)
		assert_ok(cs_buf_add(&b, cs_view(chunk, n)));
	fclose(f);
	return b;
}

const char *
cs_test_source_path(const char *path)
{
	static char out[4096];
	const char *root = getenv("COUNTERSIGN_SOURCE");

	snprintf(out, sizeof out, "%s/%s", root != NULL ? root : ".", path);
	return out;
}
