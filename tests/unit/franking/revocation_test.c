/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "franking/revocation.h"
#include "support/operator.h"
#include "support/test.h"

#define NOW 1700000000u

/* A telephone, which let in a tablet and a laptop; the tablet let in a watch.
 */
enum { PHONE, TABLET, LAPTOP, WATCH, DEVICES };

struct world {
	struct test_operator operator;
	struct cs_sign_key account, key[DEVICES];
	struct cs_buf credential[DEVICES];
	struct cs_identity identity[DEVICES];
};

static struct cs_device_cert
cert_of(const struct world *w, int i)
{
	struct cs_device_cert c = {
		.account = { 1 },
		.handle = cs_view_str("alma"),
		.device = { (uint8_t)(10 + i) },
		.not_before = NOW - 10,
		.not_after = NOW + 10,
	};

	memcpy(c.public, w->key[i].public, 32);
	return c;
}

static void
let_in(struct world *w, int i, int by)
{
	const struct cs_device_cert cert = cert_of(w, i);

	test_credential_next(&w->credential[i], cs_buf_view(&w->credential[by]),
	    &cert, &w->key[by]);
}

static void
world_init(struct world *w)
{
	struct cs_device_cert cert;

	memset(w, 0, sizeof *w);
	test_operator_init(&w->operator, NOW);
	assert_ok(cs_sign_key_new(&w->account));
	for (int i = 0; i < DEVICES; i++)
		assert_ok(cs_sign_key_new(&w->key[i]));
	cert = cert_of(w, PHONE);
	test_credential(
	    &w->credential[PHONE], &w->operator, & cert, &w->account);
	let_in(w, TABLET, PHONE);
	let_in(w, LAPTOP, PHONE);
	let_in(w, WATCH, TABLET);
	for (int i = 0; i < DEVICES; i++)
		assert_ok(cs_identity_verify(&w->identity[i],
		    cs_buf_view(&w->credential[i]),
		    CS_VIEW_OF(w->operator.root.public), NOW));
}

static void
world_clear(struct world *w)
{
	for (int i = 0; i < DEVICES; i++)
		cs_buf_free(&w->credential[i]);
	test_operator_clear(&w->operator);
}

static struct cs_revocation
of(int device)
{
	return (struct cs_revocation){ .account = { 1 },
		.device = { (uint8_t)(10 + device) },
		.at_ms = (uint64_t)NOW * 1000 };
}

static enum cs_err
verify(struct cs_revocation *out, bool *by_recovery_key, const struct world *w,
    struct cs_view bytes)
{
	struct cs_identity signer;

	return cs_revocation_verify(out, &signer, by_recovery_key, bytes,
	    CS_VIEW_OF(w->operator.root.public));
}

static void
test_signed(void **state)
{
	struct cs_revocation in = of(TABLET), out;
	struct cs_buf b = { 0 };
	bool by_recovery_key;
	struct world w;

	(void)state;
	world_init(&w);
	in.n_kept = 1;
	in.kept[0][0] = 10 + WATCH;
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[LAPTOP]), &w.key[LAPTOP]));
	assert_true(b.len <= CS_REVOCATION_MAX);
	assert_ok(verify(&out, &by_recovery_key, &w, cs_buf_view(&b)));
	assert_false(by_recovery_key);
	assert_memory_equal(&out, &in, sizeof in);
	assert_ok(cs_revocation_peek(&out, cs_buf_view(&b)));
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 1;
		assert_int_not_equal(
		    verify(&out, &by_recovery_key, &w, cs_buf_view(&b)), CS_OK);
		b.data[i] ^= 1;
		assert_int_not_equal(
		    verify(&out, &by_recovery_key, &w, cs_view(b.data, i)),
		    CS_OK);
	}
	/* The recovery key, beside any credential of the account. */
	cs_buf_reset(&b);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[TABLET]), &w.account));
	assert_ok(verify(&out, &by_recovery_key, &w, cs_buf_view(&b)));
	assert_true(by_recovery_key);
	/* A device of the account, but another than it says. */
	cs_buf_reset(&b);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[LAPTOP]), &w.key[PHONE]));
	assert_err(
	    verify(&out, &by_recovery_key, &w, cs_buf_view(&b)), CS_ERR_CERT);
	/* Of another account. */
	in.account[0] = 2;
	cs_buf_reset(&b);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[LAPTOP]), &w.key[LAPTOP]));
	assert_err(verify(&out, &by_recovery_key, &w, cs_buf_view(&b)),
	    CS_ERR_MISMATCH);
	/* By a device whose time is over. */
	in = of(TABLET);
	in.at_ms += 11000;
	cs_buf_reset(&b);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[LAPTOP]), &w.key[LAPTOP]));
	assert_err(verify(&out, &by_recovery_key, &w, cs_buf_view(&b)),
	    CS_ERR_EXPIRED);
	in.n_kept = CS_REVOCATION_KEPT_MAX + 1;
	cs_buf_reset(&b);
	assert_err(cs_revocation_make(&b, &in,
		       cs_buf_view(&w.credential[LAPTOP]), &w.key[LAPTOP]),
	    CS_ERR_MISUSE);
	cs_buf_free(&b);
	world_clear(&w);
}

/* What a thief lets in ends with the device, whatever date is on it; what came
 * before stays if it is named. */
static void
test_ends(void **state)
{
	struct cs_revocation r = of(TABLET);
	struct world w;

	(void)state;
	world_init(&w);
	assert_true(cs_revocation_ends(&r, &w.identity[TABLET]));
	assert_true(cs_revocation_ends(&r, &w.identity[WATCH]));
	assert_false(cs_revocation_ends(&r, &w.identity[PHONE]));
	assert_false(cs_revocation_ends(&r, &w.identity[LAPTOP]));
	r.n_kept = 1;
	r.kept[0][0] = 10 + WATCH;
	assert_true(cs_revocation_ends(&r, &w.identity[TABLET]));
	assert_false(cs_revocation_ends(&r, &w.identity[WATCH]));
	/* The first device of all: nothing but what is kept remains. */
	r = of(PHONE);
	for (int i = 0; i < DEVICES; i++)
		assert_true(cs_revocation_ends(&r, &w.identity[i]));
	r.n_kept = 1;
	r.kept[0][0] = 10 + TABLET;
	assert_false(cs_revocation_ends(&r, &w.identity[TABLET]));
	assert_false(cs_revocation_ends(&r, &w.identity[WATCH]));
	assert_true(cs_revocation_ends(&r, &w.identity[LAPTOP]));
	/* The same device id in another account is another device. */
	r.account[0] = 2;
	assert_false(cs_revocation_ends(&r, &w.identity[PHONE]));
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_ends),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
