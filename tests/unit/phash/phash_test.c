/* SPDX-License-Identifier: MIT */
/* The hashes here are what the C++ reference says of the same pixels. */
#include "phash/phash.h"

#include <stdlib.h>

#include "base/text.h"
#include "support/test.h"

/* Something with edges, slopes and colours, which any program can make. */
static uint8_t
pixel(unsigned x, unsigned y, unsigned c)
{
	return (uint8_t)(x * x * (c + 1) / 97 + y * y / 61 +
	    x * y * (c + 2) / 31 + 40 * ((x / 9 + y / 7) % 3));
}

static struct cs_pdq_picture
make(unsigned width, unsigned height, unsigned channels)
{
	uint8_t *p = calloc((size_t)width * height, channels), *at = p;

	assert_non_null(p);
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			for (unsigned c = 0; c < channels; c++)
				*at++ = pixel(x, y, c);
	return (struct cs_pdq_picture){ p, width, height, channels };
}

static void
clear(struct cs_pdq_picture *p)
{
	free((void *)(uintptr_t)p->pixels);
}

static void
assert_hash(const struct cs_pdq *got, const char *want)
{
	char hex[2 * CS_PDQ_LEN + 1];

	cs_hex(hex, CS_VIEW_OF(got->hash));
	assert_string_equal(hex, want);
}

static const struct {
	unsigned width, height, channels, quality;
	const char *hash;
} known[] = {
	{ 64, 64, 1, 100,
	    "dddd237ecddb332dcd823368ea95312a554ab09d4c7016903a276cc53333aec"
	    "6" },
	{ 5, 5, 3, 0,
	    "6a5b94a594a56e5b9b26749d9b620b6264d993a46b5a94a594a56c5b9b26749"
	    "d" },
	{ 300, 7, 3, 100,
	    "849439b47b6bc64b7beb6cab3ad5c949d26d2cb6ed923694c53a9354841438b"
	    "4" },
	{ 129, 128, 3, 100,
	    "81be4732ff556a55dea42600ccaf392f4668f8ce43c7bf0e401ebdfcfda0180"
	    "0" },
	{ 200, 150, 1, 100,
	    "6aabd6a6b4aa6d22c92e336ec66c1c4ef0cd07c87f0d801e01fddff85d10d52"
	    "8" },
	{ 512, 512, 3, 100,
	    "ffffffffffa7fee7fc03fd02f600f900f060f801d8118081c460c24680a0f81"
	    "1" },
};

static void
test_known(void **state)
{
	struct cs_pdq got;

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct cs_pdq_picture p =
		    make(known[i].width, known[i].height, known[i].channels);

		assert_ok(cs_pdq_hash(&got, &p));
		assert_hash(&got, known[i].hash);
		assert_int_equal(got.quality, known[i].quality);
		clear(&p);
	}
}

/* Of 200 by 150 grey pixels, in the order of enum cs_pdq_turn. */
static const char *const known_turns[CS_PDQ_TURNS] = {
	"6aabd6a6b4aa6d22c92e336ec66c1c4ef0cd07c87f0d801e01fddff85d10d528",
	"6a952558b4a09a589926cc98c664e390e0ccf833fe0dffe109f9b067f5107f57",
	"3fff7808e1f7c7889c7b99c49339b6e4a598ad622a5c2ab454a8755a08457f82",
	"3fc08ff2e1f530f2cc7366329331493ab5995299ab58554b58ac1acda04555fd",
	"6aa22d59b4a292ddc92ccc91c664e3b1f0cdf8377f097fe101fd200f5d102ad7",
	"3ff687f3e1f738779c7966339331491ba598529d2a5cd54b54a88aa50845807d",
	"6a95daa7b4a065a799267367c6641c6fe0cc07ccfe0d001eaffd4fb8fd1080a8",
	"3fc0700de1f5cf0dcc7399cd9331b6c5b599ad66ab58aab4daaca532a845aa02",
};

static void
test_known_turns(void **state)
{
	struct cs_pdq_picture p = make(200, 150, 1);
	struct cs_pdq got[CS_PDQ_TURNS];

	(void)state;
	assert_ok(cs_pdq_dihedral(got, &p));
	for (size_t i = 0; i < CS_PDQ_TURNS; i++) {
		assert_hash(&got[i], known_turns[i]);
		assert_int_equal(got[i].quality, got[0].quality);
	}
	clear(&p);
}

/* What is at ${x}, ${y} of the turned picture, of side ${n}. */
static uint8_t
turned(
    const uint8_t *p, unsigned n, enum cs_pdq_turn turn, unsigned x, unsigned y)
{
	unsigned far_x = n - 1 - x, far_y = n - 1 - y;

	switch (turn) {
	case CS_PDQ_ROTATE_90:
		return p[x * n + far_y];
	case CS_PDQ_ROTATE_180:
		return p[far_y * n + far_x];
	case CS_PDQ_ROTATE_270:
		return p[far_x * n + y];
	case CS_PDQ_FLIP_X:
		return p[far_y * n + x];
	case CS_PDQ_FLIP_Y:
		return p[y * n + far_x];
	case CS_PDQ_FLIP_PLUS:
		return p[x * n + y];
	case CS_PDQ_FLIP_MINUS:
		return p[far_x * n + far_y];
	default:
		return p[y * n + x];
	}
}

/* The names of the turns are right, and turned pictures found. */
static void
test_really_turned(void **state)
{
	enum { N = 320 };
	struct cs_pdq_picture p = make(N, N, 1), q = make(N, N, 1);
	struct cs_pdq want[CS_PDQ_TURNS], got;
	uint8_t *to = (void *)(uintptr_t)q.pixels;

	(void)state;
	assert_ok(cs_pdq_dihedral(want, &p));
	for (unsigned t = 0; t < CS_PDQ_TURNS; t++) {
		for (unsigned y = 0; y < N; y++)
			for (unsigned x = 0; x < N; x++)
				to[y * N + x] = turned(p.pixels, N, t, x, y);
		assert_ok(cs_pdq_hash(&got, &q));
		for (unsigned k = 0; k < CS_PDQ_TURNS; k++) {
			unsigned apart =
			    cs_pdq_distance(got.hash, want[k].hash);

			if (k == t)
				assert_in_range(apart, 0, CS_PDQ_NEAR);
			else
				assert_in_range(
				    apart, CS_PDQ_NEAR + 1, CS_PDQ_BITS);
		}
	}
	clear(&p);
	clear(&q);
}

/* A fourth byte changes nothing; three equal ones are grey, but for rounding.
 */
static void
test_channels(void **state)
{
	struct cs_pdq_picture rgb = make(90, 70, 3), rgba = make(90, 70, 4);
	struct cs_pdq a, b;

	(void)state;
	assert_ok(cs_pdq_hash(&a, &rgb));
	assert_ok(cs_pdq_hash(&b, &rgba));
	assert_memory_equal(a.hash, b.hash, CS_PDQ_LEN);
	assert_int_equal(a.quality, b.quality);
	rgb.channels = 2;
	assert_err(cs_pdq_hash(&a, &rgb), CS_ERR_MISUSE);
	rgb.channels = 0;
	assert_err(cs_pdq_hash(&a, &rgb), CS_ERR_MISUSE);
	rgb.channels = 5;
	assert_err(cs_pdq_hash(&a, &rgb), CS_ERR_MISUSE);
	clear(&rgb);
	clear(&rgba);
}

/* One side above 512: the nearest pixels of 512 by 512. */
static void
test_large(void **state)
{
	struct cs_pdq_picture large = make(1300, 513, 3), small;
	struct cs_pdq a, b;
	uint8_t *to;

	(void)state;
	small = make(512, 512, 3);
	to = (void *)(uintptr_t)small.pixels;
	for (unsigned y = 0; y < 512; y++)
		for (unsigned x = 0; x < 512; x++)
			for (unsigned c = 0; c < 3; c++)
				*to++ = pixel(x * 1300 / 512, y * 513 / 512, c);
	assert_ok(cs_pdq_hash(&a, &large));
	assert_ok(cs_pdq_hash(&b, &small));
	assert_memory_equal(a.hash, b.hash, CS_PDQ_LEN);
	assert_int_equal(a.quality, b.quality);
	clear(&large);
	clear(&small);
}

static void
test_sizes(void **state)
{
	static const struct {
		uint32_t width, height;
		enum cs_err err;
	} sizes[] = {
		{ 0, 0, CS_ERR_FORMAT },
		{ 0, 100, CS_ERR_FORMAT },
		{ 100, 0, CS_ERR_FORMAT },
		{ 1, 1, CS_ERR_UNSUPPORTED },
		{ 4, 4, CS_ERR_UNSUPPORTED },
		{ 4, 512, CS_ERR_UNSUPPORTED },
		{ 512, 4, CS_ERR_UNSUPPORTED },
		{ 1, 512, CS_ERR_UNSUPPORTED },
		{ 5, 5, CS_OK },
		{ 5, 512, CS_OK },
		{ 1, 513, CS_OK },
		{ 513, 1, CS_OK },
		{ 1, CS_PDQ_SIDE_MAX, CS_OK },
		{ CS_PDQ_SIDE_MAX, 1, CS_OK },
		{ 1, CS_PDQ_SIDE_MAX + 1, CS_ERR_LIMIT },
		{ CS_PDQ_SIDE_MAX + 1, 1, CS_ERR_LIMIT },
		{ 10000, 5001, CS_ERR_LIMIT },
		{ 0x80000000, 2, CS_ERR_LIMIT },
		{ UINT32_MAX, UINT32_MAX, CS_ERR_LIMIT },
	};
	struct cs_pdq got, turns[CS_PDQ_TURNS];

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		uint64_t n = (uint64_t)sizes[i].width * sizes[i].height;
		/* What is refused is not read. */
		uint8_t *pixels = calloc(sizes[i].err == CS_OK ? n : 1, 3);
		struct cs_pdq_picture p = { pixels, sizes[i].width,
			sizes[i].height, 3 };

		assert_non_null(pixels);
		assert_err(cs_pdq_hash(&got, &p), sizes[i].err);
		assert_err(cs_pdq_dihedral(turns, &p), sizes[i].err);
		free(pixels);
	}
	assert_err(
	    cs_pdq_hash(&got, &(struct cs_pdq_picture){ NULL, 100, 100, 3 }),
	    CS_ERR_MISUSE);
}

/* Nothing to see: a hash of no bit and of no quality. */
static void
test_black(void **state)
{
	uint8_t *pixels = calloc(100, 100);
	struct cs_pdq_picture p = { pixels, 100, 100, 1 };
	struct cs_pdq got = { .quality = 7 };

	(void)state;
	assert_ok(cs_pdq_hash(&got, &p));
	assert_int_equal(got.quality, 0);
	assert_hash(&got,
	    "00000000000000000000000000000000"
	    "00000000000000000000000000000000");
	free(pixels);
}

/* A copy is near, another picture is not. */
static void
test_copies(void **state)
{
	struct cs_pdq_picture p = make(300, 200, 3), q = make(300, 200, 3);
	struct cs_pdq_picture other = make(200, 300, 1);
	uint8_t *to = (void *)(uintptr_t)q.pixels;
	struct cs_pdq a, b, c;

	(void)state;
	for (size_t i = 0; i < 300 * 200 * 3; i++)
		to[i] = (uint8_t)(to[i] / 8 * 8 * 3 / 4 + 20);
	assert_ok(cs_pdq_hash(&a, &p));
	assert_ok(cs_pdq_hash(&b, &q));
	assert_ok(cs_pdq_hash(&c, &other));
	assert_in_range(cs_pdq_distance(a.hash, b.hash), 0, CS_PDQ_NEAR);
	assert_in_range(
	    cs_pdq_distance(a.hash, c.hash), CS_PDQ_NEAR + 1, CS_PDQ_BITS);
	clear(&p);
	clear(&q);
	clear(&other);
}

static void
test_distance(void **state)
{
	uint8_t a[CS_PDQ_LEN] = { 0 }, b[CS_PDQ_LEN];

	(void)state;
	memset(b, 0xff, sizeof b);
	assert_int_equal(cs_pdq_distance(a, a), 0);
	assert_int_equal(cs_pdq_distance(b, b), 0);
	assert_int_equal(cs_pdq_distance(a, b), CS_PDQ_BITS);
	for (size_t bit = 0; bit < CS_PDQ_BITS; bit++) {
		a[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(cs_pdq_distance(b, a), CS_PDQ_BITS - 1 - bit);
	}
}

static enum cs_err
hash(void *arg)
{
	struct cs_pdq turns[CS_PDQ_TURNS];

	return cs_pdq_dihedral(turns, arg);
}

static void
test_allocations(void **state)
{
	struct cs_pdq_picture p = make(60, 50, 3);

	(void)state;
	cs_test_allocations(hash, &p);
	clear(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_known_turns),
		cmocka_unit_test(test_really_turned),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_black),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
