/* SPDX-License-Identifier: MIT */
#include "base/reader.h"

#include "support/test.h"

static struct cs_reader
hex(const char *s)
{
	return cs_reader(cs_test_unhex(s));
}

static void
test_integers(void **state)
{
	struct cs_reader r = hex("010203040506070809101112131415");

	(void)state;
	assert_int_equal(cs_read_u8(&r), 1);
	assert_int_equal(cs_read_u16(&r), 0x0203);
	assert_int_equal(cs_read_u32(&r), 0x04050607);
	assert_true(cs_reader_more(&r));
	assert_true(cs_read_u64(&r) == 0x0809101112131415);
	assert_false(cs_reader_more(&r));
	assert_ok(cs_reader_end(&r));
	/* One more is one too many, and stays so. */
	assert_int_equal(cs_read_u8(&r), 0);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
}

/* A failed read takes nothing, and no later read succeeds. */
static void
test_short(void **state)
{
	struct cs_reader r = hex("010203");
	uint8_t copy[4] = { 9, 9, 9, 9 };

	(void)state;
	assert_int_equal(cs_read_u32(&r), 0);
	assert_int_equal(cs_read_u8(&r), 0);
	cs_read_copy(&r, copy, sizeof copy);
	assert_memory_equal(copy, "\0\0\0\0", 4);
	assert_int_equal(cs_read_bytes(&r, 1).len, 0);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
	/* The first failure is the one that is told. */
	cs_reader_fail(&r, CS_ERR_LIMIT);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
	r = hex("0102");
	cs_reader_fail(&r, CS_ERR_VERSION);
	assert_false(cs_reader_more(&r));
	assert_int_equal(cs_read_u8(&r), 0);
	assert_err(cs_reader_end(&r), CS_ERR_VERSION);
	/* Bytes left over are malformed. */
	r = hex("0102");
	assert_int_equal(cs_read_u8(&r), 1);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
	r = cs_reader(cs_view(NULL, 0));
	assert_ok(cs_reader_end(&r));
}

static void
test_varint(void **state)
{
	static const struct {
		const char *in;
		uint32_t value;
		enum cs_err err;
	} cases[] = {
		/* RFC 9420, section 2.1.2. */
		{ "00", 0, CS_OK },
		{ "25", 37, CS_OK },
		{ "3f", 63, CS_OK },
		{ "4040", 64, CS_OK },
		{ "7bbd", 15293, CS_OK },
		{ "7fff", 16383, CS_OK },
		{ "80004000", 16384, CS_OK },
		{ "9d7f3e7d", 494878333, CS_OK },
		{ "bfffffff", 0x3fffffff, CS_OK },
		/* Longer than the value needs. */
		{ "4025", 0, CS_ERR_FORMAT },
		{ "403f", 0, CS_ERR_FORMAT },
		{ "80003fff", 0, CS_ERR_FORMAT },
		{ "80000000", 0, CS_ERR_FORMAT },
		/* A prefix that does not exist. */
		{ "c000000000000001", 0, CS_ERR_FORMAT },
		{ "ff", 0, CS_ERR_FORMAT },
		/* Cut short. */
		{ "", 0, CS_ERR_FORMAT },
		{ "40", 0, CS_ERR_FORMAT },
		{ "800040", 0, CS_ERR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cs_reader r = hex(cases[i].in);

		assert_int_equal(cs_read_varint(&r), cases[i].value);
		assert_err(cs_reader_end(&r), cases[i].err);
	}
}

static void
test_vectors(void **state)
{
	struct cs_reader r = hex("0361626300024142"), sub;

	(void)state;
	assert_view_equal(cs_read_vec(&r), cs_view_str("abc"));
	assert_int_equal(cs_read_vec(&r).len, 0);
	assert_view_equal(cs_read_vec_max(&r, 2), cs_view_str("AB"));
	assert_ok(cs_reader_end(&r));
	r = hex("024142");
	assert_int_equal(cs_read_vec_max(&r, 1).len, 0);
	assert_err(cs_reader_end(&r), CS_ERR_LIMIT);
	/* A length that goes past the end. */
	r = hex("03616263");
	r.left--;
	assert_int_equal(cs_read_vec(&r).len, 0);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
	r = hex("bfffffff61");
	assert_int_equal(cs_read_vec(&r).len, 0);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);

	r = hex("03010203ff");
	sub = cs_read_sub(&r);
	assert_int_equal(cs_read_u8(&sub), 1);
	assert_int_equal(cs_read_u16(&sub), 0x0203);
	cs_read_sub_end(&r, &sub);
	assert_int_equal(cs_read_u8(&r), 0xff);
	assert_ok(cs_reader_end(&r));
}

static void
test_sub_failures(void **state)
{
	struct cs_reader r = hex("03010203ff"), sub = cs_read_sub(&r);

	(void)state;
	/* Left over inside. */
	assert_int_equal(cs_read_u8(&sub), 1);
	cs_read_sub_end(&r, &sub);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
	r = hex("0101");
	sub = cs_read_sub(&r);
	cs_read_sub_end(&r, &sub);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
	/* Failed inside: the outer one is told at the end of it. */
	r = hex("03010203");
	sub = cs_read_sub(&r);
	cs_reader_fail(&sub, CS_ERR_LIMIT);
	assert_ok(cs_reader_end(&r));
	cs_read_sub_end(&r, &sub);
	assert_err(cs_reader_end(&r), CS_ERR_LIMIT);
	/* No such vector: nothing can be read from it. */
	r = hex("0401");
	sub = cs_read_sub(&r);
	assert_false(cs_reader_more(&sub));
	assert_int_equal(cs_read_u8(&sub), 0);
	assert_err(cs_reader_end(&sub), CS_ERR_FORMAT);
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
}

static void
test_optional(void **state)
{
	struct cs_reader r = hex("0001");

	(void)state;
	assert_false(cs_read_optional(&r));
	assert_true(cs_read_optional(&r));
	assert_ok(cs_reader_end(&r));
	r = hex("02");
	assert_false(cs_read_optional(&r));
	assert_err(cs_reader_end(&r), CS_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_varint),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_sub_failures),
		cmocka_unit_test(test_optional),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
