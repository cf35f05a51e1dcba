/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "crypto/suite.h"
#include "franking/cert.h"
#include "support/test.h"

#define NOW 1700000000u

static struct cs_sign_key account, other, device;

static struct cs_device_cert
make_fields(void)
{
	struct cs_device_cert c = {
		.account = { 1 },
		.handle = cs_view_str("alma"),
		.device = { 2 },
		.not_before = NOW - 10,
		.not_after = NOW + 10,
	};

	memcpy(c.public, device.public, 32);
	return c;
}

static int
set_up(void **state)
{
	(void)state;
	cs_test_fixed_random(3);
	assert_ok(cs_sign_key_new(&account));
	assert_ok(cs_sign_key_new(&other));
	assert_ok(cs_sign_key_new(&device));
	cs_test_real_random();
	return 0;
}

static void
test_handles(void **state)
{
	static const char *const good[] = { "a", "alma", "a.b_c-9",
		"abcdefghijklmnopqrstuvwxyz012345" };
	static const char *const bad[] = { "", "Alma", "1a", "-a", ".a", "a b",
		"a/b", "a@b", "\xc3\xa4", "abcdefghijklmnopqrstuvwxyz0123456" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(cs_handle_valid(cs_view_str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cs_handle_valid(cs_view_str(bad[i])));
	assert_false(cs_handle_valid(cs_view("a\0b", 3)));
}

static void
test_device(void **state)
{
	const struct cs_device_cert in = make_fields();
	struct cs_device_cert out;
	struct cs_view key = CS_VIEW_OF(account.public);
	struct cs_buf b = { 0 };
	struct cs_view v;

	(void)state;
	assert_ok(cs_device_cert_make(&b, &in, &account));
	v = cs_buf_view(&b);
	assert_ok(cs_device_cert_verify(&out, v, key, NOW));
	assert_memory_equal(out.account, in.account, 16);
	assert_memory_equal(out.device, in.device, 16);
	assert_memory_equal(out.public, in.public, 32);
	assert_view_equal(out.handle, in.handle);
	/* Both ends of its time are in it. */
	assert_ok(cs_device_cert_verify(&out, v, key, NOW - 10));
	assert_ok(cs_device_cert_verify(&out, v, key, NOW + 10));
	assert_err(
	    cs_device_cert_verify(&out, v, key, NOW - 11), CS_ERR_EXPIRED);
	assert_err(
	    cs_device_cert_verify(&out, v, key, NOW + 11), CS_ERR_EXPIRED);
	assert_ok(cs_device_cert_parse(&out, v, key));
	assert_ok(cs_device_cert_peek(&out, v));
	assert_err(cs_device_cert_parse(&out, v, CS_VIEW_OF(other.public)),
	    CS_ERR_CERT);
	for (size_t i = 0; i < b.len; i++) {
		enum cs_err err;

		b.data[i] ^= 1;
		err = cs_device_cert_verify(&out, v, key, NOW);
		if (cs_err_class(err) != CS_ERR_CLASS_THEIRS)
			fail_msg("byte %zu: %s", i, cs_err_name(err));
		b.data[i] ^= 1;
		assert_int_not_equal(
		    cs_device_cert_verify(&out, cs_view(b.data, i), key, NOW),
		    CS_OK);
	}
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_int_not_equal(
	    cs_device_cert_verify(&out, cs_buf_view(&b), key, NOW), CS_OK);
	cs_buf_free(&b);
}

/* What its signer should not have signed. */
static void
test_device_fields(void **state)
{
	struct cs_device_cert in = make_fields(), out;
	struct cs_buf b = { 0 };

	(void)state;
	in.handle = cs_view_str("Alma");
	assert_err(cs_device_cert_make(&b, &in, &account), CS_ERR_MISUSE);
	assert_int_equal(b.len, 0);
	in = make_fields();
	in.not_before = in.not_after + 1;
	assert_ok(cs_device_cert_make(&b, &in, &account));
	assert_err(cs_device_cert_peek(&out, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_reset(&b);
	/* FRANKING, rule 16: the neutral element is of order 1. */
	in = make_fields();
	memset(in.public, 0, 32);
	in.public[0] = 1;
	assert_ok(cs_device_cert_make(&b, &in, &account));
	assert_err(cs_device_cert_peek(&out, cs_buf_view(&b)), CS_ERR_KEY);
	cs_buf_free(&b);
}

static void
test_stamp_key(void **state)
{
	struct cs_stamp_key_cert out;
	struct cs_view root = CS_VIEW_OF(account.public), v;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_stamp_key_cert_make(
	    &b, device.public, NOW - 10, NOW + 10, &account));
	v = cs_buf_view(&b);
	assert_ok(cs_stamp_key_cert_verify(&out, v, root, NOW));
	assert_memory_equal(out.public, device.public, 32);
	assert_err(
	    cs_stamp_key_cert_verify(&out, v, root, NOW + 11), CS_ERR_EXPIRED);
	assert_err(
	    cs_stamp_key_cert_verify(&out, v, root, NOW - 11), CS_ERR_EXPIRED);
	assert_err(cs_stamp_key_cert_parse(&out, v, CS_VIEW_OF(other.public)),
	    CS_ERR_CERT);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 0x80;
		assert_int_not_equal(
		    cs_stamp_key_cert_verify(&out, v, root, NOW), CS_OK);
		b.data[i] ^= 0x80;
		assert_int_not_equal(cs_stamp_key_cert_verify(
					 &out, cs_view(b.data, i), root, NOW),
		    CS_OK);
	}
	cs_buf_free(&b);
}

static void
test_role_key(void **state)
{
	struct cs_role_key_cert out;
	struct cs_view root = CS_VIEW_OF(account.public), v;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_role_key_cert_make(&b, CS_ROLE_DESK_SIGNING, device.public,
	    NOW - 10, NOW + 10, &account));
	v = cs_buf_view(&b);
	assert_ok(
	    cs_role_key_cert_verify(&out, v, root, CS_ROLE_DESK_SIGNING, NOW));
	assert_memory_equal(out.public, device.public, 32);
	assert_err(
	    cs_role_key_cert_verify(&out, v, root, CS_ROLE_DESK_HPKE, NOW),
	    CS_ERR_MISMATCH);
	assert_err(cs_role_key_cert_verify(
		       &out, v, root, CS_ROLE_DESK_SIGNING, NOW + 11),
	    CS_ERR_EXPIRED);
	assert_err(cs_role_key_cert_verify(&out, v, CS_VIEW_OF(other.public),
		       CS_ROLE_DESK_SIGNING, NOW),
	    CS_ERR_CERT);
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 0x10;
		assert_int_not_equal(cs_role_key_cert_verify(&out, v, root,
					 CS_ROLE_DESK_SIGNING, NOW),
		    CS_OK);
		b.data[i] ^= 0x10;
	}
	cs_buf_free(&b);
}

/* One kind of certificate is never another: labels differ. */
static void
test_kinds(void **state)
{
	struct cs_device_cert in = make_fields(), d;
	struct cs_stamp_key_cert s;
	struct cs_role_key_cert r;
	struct cs_view key = CS_VIEW_OF(account.public);
	struct cs_buf a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	assert_ok(cs_device_cert_make(&a, &in, &account));
	assert_ok(cs_stamp_key_cert_make(
	    &b, device.public, NOW - 10, NOW + 10, &account));
	assert_ok(cs_role_key_cert_make(&c, CS_ROLE_DESK_HPKE, device.public,
	    NOW - 10, NOW + 10, &account));
	assert_err(
	    cs_device_cert_parse(&d, cs_buf_view(&b), key), CS_ERR_FORMAT);
	assert_err(
	    cs_device_cert_parse(&d, cs_buf_view(&c), key), CS_ERR_FORMAT);
	assert_err(
	    cs_stamp_key_cert_parse(&s, cs_buf_view(&a), key), CS_ERR_FORMAT);
	assert_err(
	    cs_stamp_key_cert_parse(&s, cs_buf_view(&c), key), CS_ERR_FORMAT);
	assert_err(cs_role_key_cert_verify(
		       &r, cs_buf_view(&b), key, CS_ROLE_DESK_HPKE, NOW),
	    CS_ERR_FORMAT);
	cs_buf_free(&a);
	cs_buf_free(&b);
	cs_buf_free(&c);
}

static enum cs_err
make_one(void *arg)
{
	const struct cs_device_cert in = make_fields();
	struct cs_buf b = { 0 };
	enum cs_err err = cs_device_cert_make(&b, &in, arg);

	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	(void)state;
	cs_test_allocations(make_one, &account);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_device_fields),
		cmocka_unit_test(test_stamp_key),
		cmocka_unit_test(test_role_key),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, set_up, NULL);
}
