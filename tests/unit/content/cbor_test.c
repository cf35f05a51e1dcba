/* SPDX-License-Identifier: MIT */
#include "content/cbor.h"

#include <cbor.h>

#include "support/test.h"

static struct cs_reader
reader(const char *hex)
{
	return cs_reader(cs_test_unhex(hex));
}

static void
test_uint(void **state)
{
	/* RFC 8949, appendix A */
	static const struct {
		const char *hex;
		uint64_t x;
	} cases[] = {
		{ "00", 0 },
		{ "17", 23 },
		{ "1818", 24 },
		{ "18ff", 255 },
		{ "190100", 256 },
		{ "19ffff", 65535 },
		{ "1a00010000", 65536 },
		{ "1a000f4240", 1000000 },
		{ "1b0000000100000000", 0x100000000 },
		{ "1bffffffffffffffff", UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cs_reader r = reader(cases[i].hex);
		struct cs_buf b = { 0 };
		struct cs_writer w = cs_writer(&b);

		assert_true(cs_cbor_read_uint(&r) == cases[i].x);
		assert_ok(cs_reader_end(&r));
		cs_cbor_write_uint(&w, cases[i].x);
		assert_ok(cs_writer_end(&w));
		assert_view_equal(cs_buf_view(&b), cs_test_unhex(cases[i].hex));
		cs_buf_free(&b);
	}
}

static void
test_int(void **state)
{
	/* RFC 8949, appendix A, and the ends of the range */
	static const struct {
		const char *hex;
		int64_t x;
	} cases[] = {
		{ "00", 0 },
		{ "20", -1 },
		{ "29", -10 },
		{ "3863", -100 },
		{ "3903e7", -1000 },
		{ "1b7fffffffffffffff", INT64_MAX },
		{ "3b7fffffffffffffff", INT64_MIN },
	};
	static const char *const bad[] = {
		"1b8000000000000000",
		"3b8000000000000000",
		"3817", /* -24 in two bytes */
		"40",   /* bytes */
		"38",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cs_reader r = reader(cases[i].hex);

		assert_true(cs_cbor_read_int(&r) == cases[i].x);
		assert_ok(cs_reader_end(&r));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cs_reader r = reader(bad[i]);

		assert_true(cs_cbor_read_int(&r) == 0);
		assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
	}
}

/* RFC 8949, section 4.2.1: the same values, written otherwise. */
static void
test_other_spellings(void **state)
{
	static const char *const bad[] = {
		"1800",               /* 0 in two bytes */
		"1817",               /* 23 in two bytes */
		"1900ff",             /* 255 in three */
		"1a0000ffff",         /* 65535 in five */
		"1b00000000ffffffff", /* 2^32-1 in nine */
		"1c",
		"1d",
		"1e",
		"1f",
		"5f42010243030405ff", /* a string in pieces */
		"7f6161ff",
		"9f01ff", /* an array without a length */
		"bf616101ff",
		"a2616201616101", /* keys out of order */
		"a2616101616102", /* a key twice */
		"a26261616100",   /* a pair and a half */
		"a2626161016162", /* longer key first, and cut */
		"61ff",           /* not UTF-8 */
		"62c080",         /* NUL in two bytes */
		"63eda080",       /* half a surrogate pair */
		"f93c00",         /* floats */
		"fa3f800000",
		"fb3ff0000000000000",
		"f7",   /* undefined */
		"f0",   /* simple values that are nobody's */
		"f814", /* false in two bytes */
		"f8ff",
		"ff",
		"4301ff", /* cut */
		"8201",
		"c0",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cs_reader r = reader(bad[i]);

		(void)cs_cbor_skip(&r, 8);
		if (r.err != CS_ERR_FORMAT)
			fail_msg("%s: %s", bad[i], cs_err_name(r.err));
	}
}

static void
test_skip_good(void **state)
{
	static const char *const good[] = {
		"00",
		"20",
		"3903e7",
		"40",
		"4401020304",
		"60",
		"6449455446",
		"63e6b0b4",
		"80",
		"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
		"a0",
		"a201020304",
		"a26161016162820203",
		"a2186401616101", /* by bytes: 0x18 before 0x61 */
		"f4",
		"f5",
		"f6",
		"c074323031332d30332d32315432303a30343a30305a",
		"d82076687474703a2f2f7777772e6578616d706c652e636f6d",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct cs_view in = cs_test_unhex(good[i]), all;
		struct cs_reader r = cs_reader(in);
		struct cbor_load_result result;
		cbor_item_t *item;

		all = cs_cbor_skip(&r, 8);
		assert_ok(cs_reader_end(&r));
		assert_view_equal(all, in);
		/* Another implementation reads as far. */
		item = cbor_load(in.data, in.len, &result);
		assert_non_null(item);
		assert_int_equal(result.read, in.len);
		cbor_decref(&item);
		for (size_t n = 0; n < in.len; n++) {
			r = cs_reader(cs_view(in.data, n));
			(void)cs_cbor_skip(&r, 8);
			assert_err(r.err, CS_ERR_FORMAT);
		}
	}
}

static bool
has_unassigned_tag(struct cs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] >= 0xc6 && v.data[i] <= 0xd4)
			return true;
	return false;
}

/* Whatever this reader takes, libcbor takes, and writes the same again. */
static void
test_against_libcbor(void **state)
{
	uint8_t bytes[64];
	unsigned taken = 0;
	uint64_t x = 88172645463325252u;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		struct cbor_load_result result;
		struct cs_reader r;
		struct cs_view all;
		unsigned char again[128];
		cbor_item_t *item;
		size_t n = 1 + (size_t)round % 12;

		for (size_t i = 0; i < n; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			bytes[i] = (uint8_t)(x >> 32);
			/* Short items are found more often. */
			if (x & 1)
				bytes[i] &= 0xe3;
		}
		r = cs_reader(cs_view(bytes, n));
		all = cs_cbor_skip(&r, 8);
		if (r.err != CS_OK)
			continue;
		taken++;
		item = cbor_load(all.data, all.len, &result);
		if (item == NULL) {
			/* libcbor 0.8 refuses tags that nobody assigned. */
			assert_true(has_unassigned_tag(all));
			continue;
		}
		assert_int_equal(result.read, all.len);
		assert_view_equal(
		    cs_view(again, cbor_serialize(item, again, sizeof again)),
		    all);
		cbor_decref(&item);
	}
	assert_true(taken > 10000);
}

static void
test_depth(void **state)
{
	struct cs_reader r = reader("8181818100");

	(void)state;
	(void)cs_cbor_skip(&r, 5);
	assert_ok(cs_reader_end(&r));
	r = reader("8181818100");
	(void)cs_cbor_skip(&r, 4);
	assert_err(r.err, CS_ERR_LIMIT);
	r = reader("c1c1c1c100");
	(void)cs_cbor_skip(&r, 4);
	assert_err(r.err, CS_ERR_LIMIT);
	/* A length beyond all bytes is an error, not a loop. */
	r = reader("9bffffffffffffffff");
	(void)cs_cbor_skip(&r, 4);
	assert_err(r.err, CS_ERR_FORMAT);
	r = reader("bbffffffffffffffff");
	(void)cs_cbor_skip(&r, 4);
	assert_err(r.err, CS_ERR_FORMAT);
	r = reader("5bffffffffffffffff");
	(void)cs_cbor_skip(&r, 4);
	assert_err(r.err, CS_ERR_FORMAT);
}

static void
test_types(void **state)
{
	struct cs_reader r;
	uint8_t fixed[2];

	(void)state;
	r = reader("4401020304");
	assert_int_equal(cs_cbor_read_bytes(&r, 4).len, 4);
	assert_ok(cs_reader_end(&r));
	r = reader("4401020304");
	(void)cs_cbor_read_bytes(&r, 3);
	assert_err(r.err, CS_ERR_LIMIT);
	r = reader("4401020304");
	(void)cs_cbor_read_text(&r, 4);
	assert_err(r.err, CS_ERR_FORMAT);
	r = reader("420102");
	cs_cbor_read_fixed(&r, fixed, 2);
	assert_ok(cs_reader_end(&r));
	r = reader("43010203");
	cs_cbor_read_fixed(&r, fixed, 2);
	assert_err(r.err, CS_ERR_FORMAT);
	r = reader("05");
	assert_int_equal(cs_cbor_read_uint_max(&r, 5), 5);
	r = reader("06");
	(void)cs_cbor_read_uint_max(&r, 5);
	assert_err(r.err, CS_ERR_FORMAT);
	r = reader("20");
	(void)cs_cbor_read_uint(&r);
	assert_err(r.err, CS_ERR_FORMAT);
	r = reader("8100");
	cs_cbor_read_array_of(&r, 2);
	assert_err(r.err, CS_ERR_FORMAT);
	r = reader("83000000");
	assert_int_equal(cs_cbor_read_array(&r, 2), 0);
	assert_err(r.err, CS_ERR_LIMIT);
	r = reader("a10000");
	assert_int_equal(cs_cbor_read_map(&r, 1), 1);
	r = reader("f5");
	assert_true(cs_cbor_read_bool(&r));
	r = reader("f6");
	assert_true(cs_cbor_read_null(&r));
	assert_ok(cs_reader_end(&r));
	r = reader("f4");
	assert_false(cs_cbor_read_null(&r));
	assert_false(cs_cbor_read_bool(&r));
	assert_ok(cs_reader_end(&r));
	r = reader("01");
	(void)cs_cbor_read_bool(&r);
	assert_err(r.err, CS_ERR_FORMAT);
	r = reader("d82000");
	cs_cbor_read_tag(&r, 32);
	assert_ok(r.err);
	r = reader("d82100");
	cs_cbor_read_tag(&r, 32);
	assert_err(r.err, CS_ERR_FORMAT);
}

static void
test_writing(void **state)
{
	struct cs_buf b = { 0 };
	struct cs_writer w = cs_writer(&b);

	(void)state;
	cs_cbor_write_array(&w, 24);
	cs_cbor_write_map(&w, 1);
	cs_cbor_write_text(&w, cs_view_str("a"));
	cs_cbor_write_bytes(&w, cs_view("\x01", 1));
	cs_cbor_write_tag(&w, 32);
	cs_cbor_write_bool(&w, true);
	cs_cbor_write_bool(&w, false);
	cs_cbor_write_null(&w);
	assert_ok(cs_writer_end(&w));
	assert_view_equal(
	    cs_buf_view(&b), cs_test_unhex("9818a161614101d820f5f4f6"));
	cs_cbor_write_text(&w, cs_view("\xff", 1));
	assert_err(cs_writer_end(&w), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uint),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_other_spellings),
		cmocka_unit_test(test_skip_good),
		cmocka_unit_test(test_against_libcbor),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
