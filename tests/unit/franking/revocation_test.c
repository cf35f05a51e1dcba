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

static void
keep(struct cs_revocation *r, const struct world *w, int device)
{
	const uint8_t id[16] = { (uint8_t)(10 + device) };

	assert_ok(cs_revocation_keep(r, id, w->key[device].public));
}

static enum cs_err
verify(struct cs_revocation *out, enum cs_revocation_by *by,
    const struct world *w, struct cs_view bytes)
{
	struct cs_identity signer;

	return cs_revocation_verify(
	    out, &signer, by, bytes, CS_VIEW_OF(w->operator.root.public));
}

static void
test_signed(void **state)
{
	struct cs_revocation in = of(TABLET), out;
	struct cs_buf b = { 0 };
	enum cs_revocation_by by;
	struct world w;

	(void)state;
	world_init(&w);
	keep(&in, &w, WATCH);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[LAPTOP]), &w.key[LAPTOP]));
	assert_true(b.len <= CS_REVOCATION_MAX);
	assert_ok(verify(&out, &by, &w, cs_buf_view(&b)));
	assert_int_equal(by, CS_REVOCATION_BY_DEVICE);
	assert_memory_equal(&out, &in, sizeof in);
	assert_ok(cs_revocation_peek(&out, cs_buf_view(&b)));
	for (size_t i = 0; i < b.len; i++) {
		b.data[i] ^= 1;
		assert_int_not_equal(
		    verify(&out, &by, &w, cs_buf_view(&b)), CS_OK);
		b.data[i] ^= 1;
		assert_int_not_equal(
		    verify(&out, &by, &w, cs_view(b.data, i)), CS_OK);
	}
	/* The recovery key, beside any credential of the account. */
	cs_buf_reset(&b);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[TABLET]), &w.account));
	assert_ok(verify(&out, &by, &w, cs_buf_view(&b)));
	assert_int_equal(by, CS_REVOCATION_BY_ACCOUNT_KEY);
	/* A device of the account, but another than it says. */
	cs_buf_reset(&b);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[LAPTOP]), &w.key[PHONE]));
	assert_err(verify(&out, &by, &w, cs_buf_view(&b)), CS_ERR_CERT);
	/* Of another account. */
	in.account[0] = 2;
	cs_buf_reset(&b);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[LAPTOP]), &w.key[LAPTOP]));
	assert_err(verify(&out, &by, &w, cs_buf_view(&b)), CS_ERR_MISMATCH);
	/* By a device whose time is over. */
	in = of(TABLET);
	in.at_ms += 11000;
	cs_buf_reset(&b);
	assert_ok(cs_revocation_make(
	    &b, &in, cs_buf_view(&w.credential[LAPTOP]), &w.key[LAPTOP]));
	assert_err(verify(&out, &by, &w, cs_buf_view(&b)), CS_ERR_EXPIRED);
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
	keep(&r, &w, WATCH);
	assert_true(cs_revocation_ends(&r, &w.identity[TABLET]));
	assert_false(cs_revocation_ends(&r, &w.identity[WATCH]));
	/* Under its id, but another key: the thief has made it. */
	r.kept[0].key[0] ^= 1;
	assert_true(cs_revocation_ends(&r, &w.identity[WATCH]));
	/* The first device of all: nothing but what is kept remains. */
	r = of(PHONE);
	for (int i = 0; i < DEVICES; i++)
		assert_true(cs_revocation_ends(&r, &w.identity[i]));
	keep(&r, &w, TABLET);
	assert_false(cs_revocation_ends(&r, &w.identity[TABLET]));
	assert_false(cs_revocation_ends(&r, &w.identity[WATCH]));
	assert_true(cs_revocation_ends(&r, &w.identity[LAPTOP]));
	/* The same device id in another account is another device. */
	r.account[0] = 2;
	assert_false(cs_revocation_ends(&r, &w.identity[PHONE]));
	world_clear(&w);
}

/* The account's key certifies another recovery key, and ends in its favour. */
struct renewal {
	struct cs_sign_key key;
	struct cs_buf credential, bytes;
	struct cs_revocation revocation;
};

static void
certify(struct cs_buf *out, const struct world *w, struct cs_view before,
    const uint8_t id[static 16], const struct cs_sign_key *key,
    const struct cs_sign_key *by)
{
	struct cs_device_cert cert = cert_of(w, PHONE);

	memcpy(cert.device, id, 16);
	memcpy(cert.public, key->public, 32);
	if (before.len != 0)
		test_credential_next(out, before, &cert, by);
	else
		test_credential(out, &w->operator, & cert, by);
}

static const uint8_t next_id[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 };

static void
renew(struct renewal *r, const struct world *w)
{
	memset(r, 0, sizeof *r);
	assert_ok(cs_sign_key_new(&r->key));
	certify(
	    &r->credential, w, cs_view(NULL, 0), next_id, &r->key, &w->account);
	r->revocation = (struct cs_revocation){ .account = { 1 },
		.at_ms = (uint64_t)NOW * 1000 };
	keep(&r->revocation, w, PHONE);
	assert_ok(cs_revocation_keep(&r->revocation, next_id, r->key.public));
	assert_ok(cs_revocation_make(&r->bytes, &r->revocation,
	    cs_buf_view(&r->credential), &w->account));
}

static void
renewal_clear(struct renewal *r)
{
	cs_buf_free(&r->credential);
	cs_buf_free(&r->bytes);
}

static bool
ends(const struct renewal *r, const struct cs_buf *credential)
{
	struct cs_identity identity;

	assert_ok(cs_identity_peek(&identity, cs_buf_view(credential)));
	return cs_revocation_ends(&r->revocation, &identity);
}

/* What the old key certifies is not the account's, whatever id it gives. */
static void
test_renewed(void **state)
{
	static const uint8_t none[16], phone[16] = { 10 + PHONE },
				       other[16] = { 99 };
	struct cs_revocation out;
	struct cs_buf b = { 0 }, again = { 0 };
	struct cs_sign_key thief;
	enum cs_revocation_by by;
	struct cs_view next;
	struct renewal r;
	struct world w;

	(void)state;
	world_init(&w);
	renew(&r, &w);
	assert_ok(verify(&out, &by, &w, cs_buf_view(&r.bytes)));
	assert_int_equal(by, CS_REVOCATION_BY_ITSELF);
	assert_true(cs_revocation_succeeds(&next, none, cs_buf_view(&r.bytes)));
	assert_view_equal(next, cs_buf_view(&r.credential));
	assert_false(
	    cs_revocation_succeeds(&next, next_id, cs_buf_view(&r.bytes)));
	/* All that is the account's stays. */
	for (int i = 0; i < DEVICES; i++)
		assert_false(ends(&r, &w.credential[i]));
	assert_false(ends(&r, &r.credential));
	certify(
	    &b, &w, cs_buf_view(&r.credential), other, &w.key[TABLET], &r.key);
	assert_false(ends(&r, &b));
	/* The old words: a device of the thief's, also under an id that stays,
	 * and what it lets in. */
	assert_ok(cs_sign_key_new(&thief));
	cs_buf_reset(&b);
	certify(&b, &w, cs_view(NULL, 0), other, &thief, &w.account);
	assert_true(ends(&r, &b));
	certify(&again, &w, cs_buf_view(&b), phone, &w.key[TABLET], &thief);
	assert_true(ends(&r, &again));
	cs_buf_reset(&b);
	certify(&b, &w, cs_view(NULL, 0), phone, &thief, &w.account);
	assert_true(ends(&r, &b));
	cs_buf_reset(&b);
	certify(&b, &w, cs_view(NULL, 0), next_id, &thief, &w.account);
	assert_true(ends(&r, &b));
	/* A device ends no recovery key, nor does another one: of the account's
	 * key and of the next one. */
	for (int i = 0; i < 2; i++) {
		memcpy(r.revocation.device, i == 0 ? none : next_id, 16);
		for (int k = 0; k < 2; k++) {
			cs_buf_reset(&b);
			assert_ok(cs_revocation_make(&b, &r.revocation,
			    cs_buf_view(&w.credential[TABLET]),
			    k == 0 ? &w.key[TABLET] : &w.account));
			assert_err(verify(&out, &by, &w, cs_buf_view(&b)),
			    CS_ERR_CERT);
		}
	}
	cs_buf_free(&b);
	cs_buf_free(&again);
	renewal_clear(&r);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_renewed),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
