/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "franking/credential.h"
#include "support/operator.h"
#include "support/test.h"

#define NOW 1700000000u

/* Alma, whose first device lets in others, one after the other. */
struct alma {
	struct test_operator operator;
	struct cs_sign_key account, device[CS_CHAIN_MAX + 1];
	struct cs_buf credential[CS_CHAIN_MAX];
};

static struct cs_device_cert
device(const struct alma *a, size_t i)
{
	struct cs_device_cert c = {
		.account = { 1 },
		.handle = cs_view_str("alma"),
		.device = { (uint8_t)(10 + i) },
		.not_before = NOW - 10,
		.not_after = NOW + 100 - i,
	};

	memcpy(c.public, a->device[i].public, 32);
	return c;
}

static void
alma_init(struct alma *a)
{
	struct cs_device_cert cert;

	memset(a, 0, sizeof *a);
	cs_test_fixed_random(3);
	test_operator_init(&a->operator, NOW);
	assert_ok(cs_sign_key_new(&a->account));
	for (size_t i = 0; i <= CS_CHAIN_MAX; i++)
		assert_ok(cs_sign_key_new(&a->device[i]));
	cert = device(a, 0);
	test_credential(&a->credential[0], &a->operator, & cert, &a->account);
	for (size_t i = 1; i < CS_CHAIN_MAX; i++) {
		cert = device(a, i);
		test_credential_next(&a->credential[i],
		    cs_buf_view(&a->credential[i - 1]), &cert,
		    &a->device[i - 1]);
	}
	cs_test_real_random();
}

static void
alma_clear(struct alma *a)
{
	for (size_t i = 0; i < CS_CHAIN_MAX; i++)
		cs_buf_free(&a->credential[i]);
	test_operator_clear(&a->operator);
}

static enum cs_err
verify(struct cs_identity *out, const struct alma *a, const struct cs_buf *b,
    uint64_t now_s)
{
	return cs_identity_verify(
	    out, cs_buf_view(b), CS_VIEW_OF(a->operator.root.public), now_s);
}

static void
test_chain(void **state)
{
	struct cs_identity out, peeked;
	struct cs_view handle;
	struct alma a;

	(void)state;
	alma_init(&a);
	for (size_t i = 0; i < CS_CHAIN_MAX; i++) {
		assert_ok(verify(&out, &a, &a.credential[i], NOW));
		assert_view_equal(out.account.handle, cs_view_str("alma"));
		assert_int_equal(out.account.account[0], 1);
		assert_memory_equal(
		    out.account.account_key, a.account.public, 32);
		assert_int_equal(out.n, i + 1);
		assert_int_equal(out.device.device[0], 10 + i);
		assert_memory_equal(out.device.public, a.device[i].public, 32);
		for (size_t k = 0; k <= i; k++)
			assert_int_equal(out.chain[k][0], 10 + k);
		assert_ok(
		    cs_identity_peek(&peeked, cs_buf_view(&a.credential[i])));
		assert_int_equal(peeked.n, i + 1);
		assert_ok(cs_credential_handle(
		    &handle, cs_buf_view(&a.credential[i])));
		assert_true(cs_view_equal(handle, peeked.account.handle));
		/* Cut short anywhere, it is none. */
		for (size_t k = 0; k < a.credential[i].len; k++)
			assert_true(
			    cs_credential_handle(&handle,
				cs_view(a.credential[i].data, k)) != CS_OK);
	}
	assert_true(a.credential[CS_CHAIN_MAX - 1].len < CS_CREDENTIAL_MAX);
	alma_clear(&a);
}

/* A device's time, that of the one that let it in, and the account's. */
static void
test_time(void **state)
{
	struct cs_identity out;
	struct alma a;

	(void)state;
	alma_init(&a);
	assert_ok(verify(&out, &a, &a.credential[2], NOW + 98));
	assert_err(
	    verify(&out, &a, &a.credential[2], NOW + 99), CS_ERR_EXPIRED);
	assert_err(
	    verify(&out, &a, &a.credential[2], NOW - 11), CS_ERR_EXPIRED);
	/* Long before anybody registered it. */
	assert_err(verify(&out, &a, &a.credential[0], NOW - 2 * CS_DAY_S),
	    CS_ERR_EXPIRED);
	alma_clear(&a);
}

/* Every byte counts, and so does the end. */
static void
test_tampered(void **state)
{
	struct cs_identity out;
	struct cs_buf *b;
	struct alma a;

	(void)state;
	alma_init(&a);
	b = &a.credential[1];
	for (size_t i = 0; i < b->len; i++) {
		enum cs_err err;

		b->data[i] ^= 1;
		err = verify(&out, &a, b, NOW);
		if (cs_err_class(err) != CS_ERR_CLASS_THEIRS)
			fail_msg("byte %zu: %s", i, cs_err_name(err));
		b->data[i] ^= 1;
		assert_int_not_equal(
		    cs_identity_verify(&out, cs_view(b->data, i),
			CS_VIEW_OF(a.operator.root.public), NOW),
		    CS_OK);
	}
	assert_ok(cs_buf_add(b, cs_view("", 1)));
	assert_err(verify(&out, &a, b, NOW), CS_ERR_FORMAT);
	assert_err(cs_identity_verify(&out, cs_buf_view(&a.credential[0]),
		       CS_VIEW_OF(a.account.public), NOW),
	    CS_ERR_CERT);
	alma_clear(&a);
}

/* Signed by the right keys, and still not what it says. */
static void
test_lies(void **state)
{
	struct cs_credential c;
	struct cs_device_cert cert;
	struct cs_identity out;
	struct cs_buf b = { 0 };
	enum cs_err expected;
	struct alma a;

	(void)state;
	alma_init(&a);
	/* A device of another account, another name, no id at all, and one that
	 * lets itself in. */
	for (int lie = 0; lie < 4; lie++) {
		cert = device(&a, 1);
		if (lie == 0)
			cert.account[0]++;
		else if (lie == 1)
			cert.handle = cs_view_str("almb");
		else if (lie == 2)
			memset(cert.device, 0, 16);
		else
			cert.device[0] = 10;
		test_credential_next(
		    &b, cs_buf_view(&a.credential[0]), &cert, &a.device[0]);
		expected = lie == 2 ? CS_ERR_FORMAT : CS_ERR_MISMATCH;
		assert_err(verify(&out, &a, &b, NOW), expected);
		assert_err(cs_identity_peek(&out, cs_buf_view(&b)), expected);
	}
	/* Let in by a device that is not in the chain. */
	cert = device(&a, 2);
	test_credential_next(
	    &b, cs_buf_view(&a.credential[0]), &cert, &a.device[1]);
	assert_err(verify(&out, &a, &b, NOW), CS_ERR_CERT);
	/* The account of somebody else before the devices of Alma. */
	cert = device(&a, 0);
	cert.account[0] = 2;
	test_credential(&b, &a.operator, & cert, &a.device[0]);
	assert_ok(cs_credential_parse(&c, cs_buf_view(&a.credential[0])));
	{
		struct cs_credential other;
		struct cs_buf mixed = { 0 };

		assert_ok(cs_credential_parse(&other, cs_buf_view(&b)));
		other.devices[0] = c.devices[0];
		assert_ok(cs_credential_write(&mixed, &other));
		assert_err(verify(&out, &a, &mixed, NOW), CS_ERR_CERT);
		cs_buf_free(&mixed);
	}
	cs_buf_free(&b);
	alma_clear(&a);
}

/* Another role of the root does not register, nor does anybody else. */
static void
test_registrar(void **state)
{
	struct cs_account_cert account = { .account = { 1 },
		.handle = cs_view_str("alma"),
		.from_ms = (uint64_t)NOW * 1000 },
			       out;
	struct cs_buf b = { 0 }, desk = { 0 };
	struct cs_view root;
	struct alma a;

	(void)state;
	alma_init(&a);
	root = CS_VIEW_OF(a.operator.root.public);
	memcpy(account.account_key, a.account.public, 32);
	assert_ok(cs_account_cert_make(&b, &account, &a.operator.registrar));
	assert_ok(cs_account_cert_verify(&out, cs_buf_view(&b),
	    cs_buf_view(&a.operator.registrar_cert), root));
	assert_int_equal(out.from_ms, (uint64_t)NOW * 1000);
	assert_ok(cs_role_key_cert_make(&desk, CS_ROLE_DESK_SIGNING,
	    a.operator.registrar.public, NOW - 9, NOW + 9, &a.operator.root));
	assert_err(cs_account_cert_verify(
		       &out, cs_buf_view(&b), cs_buf_view(&desk), root),
	    CS_ERR_MISMATCH);
	cs_buf_reset(&b);
	assert_ok(cs_account_cert_make(&b, &account, &a.account));
	assert_err(cs_account_cert_verify(&out, cs_buf_view(&b),
		       cs_buf_view(&a.operator.registrar_cert), root),
	    CS_ERR_CERT);
	/* When it was registered, the registrar was not one. */
	account.from_ms = 1000;
	cs_buf_reset(&b);
	assert_ok(cs_account_cert_make(&b, &account, &a.operator.registrar));
	assert_err(cs_account_cert_verify(&out, cs_buf_view(&b),
		       cs_buf_view(&a.operator.registrar_cert), root),
	    CS_ERR_EXPIRED);
	/* What stands for nobody elsewhere is no account. */
	memset(account.account, 0, 16);
	cs_buf_reset(&b);
	assert_err(cs_account_cert_make(&b, &account, &a.operator.registrar),
	    CS_ERR_MISUSE);
	assert_int_equal(b.len, 0);
	cs_buf_free(&b);
	cs_buf_free(&desk);
	alma_clear(&a);
}

static void
test_bytes(void **state)
{
	struct cs_credential in = { .registrar_cert = cs_view_str("r"),
		.account_cert = cs_view_str("a"),
		.n = 2,
		.devices = { cs_view_str("d1"), cs_view_str("d2") } },
			     out;
	static const uint8_t many[] = { 9, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_credential_write(&b, &in));
	assert_ok(cs_credential_parse(&out, cs_buf_view(&b)));
	assert_view_equal(out.registrar_cert, in.registrar_cert);
	assert_view_equal(out.account_cert, in.account_cert);
	assert_int_equal(out.n, 2);
	assert_view_equal(out.devices[1], in.devices[1]);
	for (size_t i = 0; i < b.len; i++)
		assert_err(cs_credential_parse(&out, cs_view(b.data, i)),
		    CS_ERR_FORMAT);
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(cs_credential_parse(&out, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_reset(&b);
	in.n = 0;
	assert_err(cs_credential_write(&b, &in), CS_ERR_MISUSE);
	assert_err(
	    cs_credential_parse_devices(&out, cs_view("\0", 1)), CS_ERR_FORMAT);
	assert_err(
	    cs_credential_parse_devices(&out, CS_VIEW_OF(many)), CS_ERR_LIMIT);
	cs_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_registrar),
		cmocka_unit_test(test_bytes),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
