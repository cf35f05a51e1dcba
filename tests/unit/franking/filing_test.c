/* SPDX-License-Identifier: MIT */
#include "franking/filing.h"

#include "base/text.h"
#include "crypto/init.h"
#include "support/operator.h"
#include "support/test.h"

#define NOW_S ((uint64_t)1800000000)
#define NOW_MS (NOW_S * CS_SECOND_MS)

static void
test_words(void **state)
{
	(void)state;
	for (uint8_t i = 1; i < CS_FILING_CATEGORIES; i++) {
		const struct cs_filing_term *t = cs_filing_term(i);

		assert_non_null(t);
		assert_int_equal(
		    cs_filing_category_named(cs_view_str(t->name)), i);
		assert_true(t->hours >= 24);
		assert_memory_equal(t->dsa, "STATEMENT_CATEGORY_", 19);
	}
	assert_null(cs_filing_term(0));
	assert_null(cs_filing_term(CS_FILING_CATEGORIES));
	assert_int_equal(cs_filing_category_named(cs_view_str("")), 0);
	for (uint8_t i = CS_FILING_ACTED; i <= CS_FILING_LISTED; i++)
		assert_int_equal(cs_filing_outcome_named(
				     cs_view_str(cs_filing_outcome_name(i))),
		    i);
	assert_null(cs_filing_outcome_name(0));
	assert_null(cs_filing_outcome_name(CS_FILING_LISTED + 1));
	assert_null(cs_filing_what_name(0));
	assert_null(cs_filing_what_name(CS_FILING_PHOTOS + 1));
}

static void
test_deadlines(void **state)
{
	(void)state;
	/* A day while a person is in danger, a fortnight for an appeal. */
	assert_int_equal(
	    cs_filing_deadline(CS_FILING_NOTICE, CS_FILING_DANGER, NOW_MS),
	    NOW_MS + CS_DAY_MS);
	assert_int_equal(
	    cs_filing_deadline(CS_FILING_NOTICE, CS_FILING_OTHER, NOW_MS),
	    NOW_MS + 14 * CS_DAY_MS);
	assert_int_equal(
	    cs_filing_deadline(CS_FILING_APPEAL, CS_FILING_DANGER, NOW_MS),
	    NOW_MS + 14 * CS_DAY_MS);
	assert_int_equal(
	    cs_filing_deadline(CS_FILING_MORE, CS_FILING_DANGER, NOW_MS), 0);
	assert_int_equal(
	    cs_filing_deadline(CS_FILING_PHOTOS, CS_FILING_EXPOSURE, NOW_MS),
	    0);
	assert_true(
	    cs_filing_outcome_fits(CS_FILING_NOTICE, CS_FILING_NEEDS_MORE));
	assert_false(
	    cs_filing_outcome_fits(CS_FILING_APPEAL, CS_FILING_NEEDS_MORE));
	assert_false(
	    cs_filing_outcome_fits(CS_FILING_NOTICE, CS_FILING_LISTED));
	assert_false(cs_filing_outcome_fits(CS_FILING_MORE, CS_FILING_ACTED));
	assert_false(cs_filing_outcome_fits(CS_FILING_NOTICE, 0));
}

static void
test_secret(void **state)
{
	uint8_t secret[CS_FILING_SECRET_LEN], back[CS_FILING_SECRET_LEN];
	char text[CS_FILING_SECRET_SIZE];
	uint8_t hash[CS_HASH_LEN], key[CS_HASH_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof secret; i++)
		secret[i] = (uint8_t)(0xf0 + i);
	cs_filing_secret_text(text, secret);
	assert_string_equal(text, "f0f1-f2f3-f4f5-f6f7-f8f9-fafb-fcfd-feff");
	assert_ok(cs_filing_secret_parse(back, cs_view_str(text)));
	assert_memory_equal(back, secret, sizeof secret);
	/* As people copy it. */
	assert_ok(cs_filing_secret_parse(
	    back, cs_view_str(" F0F1 F2F3F4F5 f6f7\r\nf8f9-FAFB-fcfd-feff\n")));
	assert_memory_equal(back, secret, sizeof secret);
	assert_int_equal(
	    cs_filing_secret_parse(back, cs_view(text, strlen(text) - 1)),
	    CS_ERR_FORMAT);
	assert_int_equal(
	    cs_filing_secret_parse(
		back, cs_view_str("f0f1-f2f3-f4f5-f6f7-f8f9-fafb-fcfd-feff0")),
	    CS_ERR_FORMAT);
	assert_int_equal(cs_filing_secret_parse(back,
			     cs_view_str("g0f1-f2f3-f4f5-f6f7-f8f9-fafb-fcfd-"
					 "feff")),
	    CS_ERR_FORMAT);
	assert_int_equal(
	    cs_filing_secret_parse(back, cs_view_str("")), CS_ERR_FORMAT);
	/* What the hub knows opens nothing. */
	assert_ok(cs_filing_secret_hash(hash, secret));
	assert_ok(cs_filing_reply_key(key, secret));
	assert_memory_not_equal(hash, key, sizeof hash);
}

/* Computed by itself, of the formulas of PROTOCOL. */
static void
test_commitment(void **state)
{
	char hex[2 * CS_HASH_LEN + 1];
	uint8_t out[CS_HASH_LEN];

	(void)state;
	assert_ok(cs_filing_commit(out, cs_view_str("body")));
	cs_hex(hex, CS_VIEW_OF(out));
	assert_string_equal(hex,
	    "e697d307077a885a246820f8739a1cd0"
	    "6c266446e37e49d156c37a8fd19b9d1a");
	assert_ok(cs_filing_answer_commit(out, cs_view_str("answer")));
	cs_hex(hex, CS_VIEW_OF(out));
	assert_string_equal(hex,
	    "59f1a622d779175dd0c5d360ecb96eb8"
	    "72b8ceb3128656e7a2303bc99e81362f");
}

static void
test_by_key(void **state)
{
	struct cs_filing_signed f = { .hub = cs_view_str("hub.example.org"),
		.what = CS_FILING_NOTICE,
		.category = CS_FILING_FRAUD,
		.commitment = { 7 } },
				other;
	struct cs_sign_key key, stranger;
	uint8_t sig[CS_SIGNATURE_LEN];

	(void)state;
	assert_ok(cs_sign_key_new(&key));
	assert_ok(cs_sign_key_new(&stranger));
	assert_ok(cs_filing_sign(sig, &f, &key));
	assert_ok(cs_filing_sign_check(&f, sig, key.public));
	assert_int_not_equal(
	    cs_filing_sign_check(&f, sig, stranger.public), CS_OK);
	/* Each of its words is signed. */
#define DIFFERS(change)                                                        \
	do {                                                                   \
		other = f;                                                     \
		change;                                                        \
		assert_int_not_equal(                                          \
		    cs_filing_sign_check(&other, sig, key.public), CS_OK);     \
	} while (0)
	DIFFERS(other.hub = cs_view_str("hub.example.com"));
	DIFFERS(other.what = CS_FILING_APPEAL);
	DIFFERS(other.category = CS_FILING_HATE);
	DIFFERS(other.about = 1);
	DIFFERS(other.commitment[31] ^= 1);
#undef DIFFERS
	sig[0] ^= 1;
	assert_int_not_equal(cs_filing_sign_check(&f, sig, key.public), CS_OK);
}

static void
test_work(void **state)
{
	uint8_t commitment[CS_HASH_LEN] = { 1, 2, 3 };
	uint64_t nonce;

	(void)state;
	assert_ok(cs_filing_work(&nonce, commitment));
	assert_true(cs_filing_work_done(commitment, nonce));
	/* It is for this one, and nobody else's. */
	commitment[0] ^= 1;
	assert_false(cs_filing_work_done(commitment, nonce));
}

/* ---- receipts and answers ------------------------------------------------ */

static struct cs_receipt
a_receipt(void)
{
	return (struct cs_receipt){ .number = 12,
		.what = CS_FILING_NOTICE,
		.category = CS_FILING_TRAFFICKING,
		.received_ms = NOW_MS,
		.deadline_ms = NOW_MS + CS_DAY_MS,
		.commitment = { 9 },
		.hub = cs_view_str("hub.example.org") };
}

static void
test_receipt(void **state)
{
	struct test_operator o;
	struct cs_receipt r = a_receipt(), back;
	struct cs_buf bytes = { 0 };
	struct cs_view cert;
	struct cs_sign_key stranger;

	(void)state;
	test_operator_init(&o, NOW_S);
	cert = cs_buf_view(&o.registrar_cert);
	assert_ok(cs_receipt_make(&bytes, &r, &o.registrar));
	assert_true(bytes.len <= CS_RECEIPT_MAX);
	assert_ok(
	    cs_receipt_verify(&back, cs_buf_view(&bytes), cert, o.root.public));
	assert_int_equal(back.number, 12);
	assert_int_equal(back.deadline_ms, NOW_MS + CS_DAY_MS);
	assert_true(cs_view_equal(back.hub, r.hub));
	/* Each bit of it counts. */
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] ^= 1;
		assert_int_not_equal(
		    cs_receipt_verify(
			&back, cs_buf_view(&bytes), cert, o.root.public),
		    CS_OK);
		bytes.data[i] ^= 1;
	}
	for (size_t n = 0; n < bytes.len; n++)
		assert_int_not_equal(
		    cs_receipt_verify(
			&back, cs_view(bytes.data, n), cert, o.root.public),
		    CS_OK);
	/* By another operator. */
	assert_ok(cs_sign_key_new(&stranger));
	assert_int_not_equal(cs_receipt_verify(&back, cs_buf_view(&bytes), cert,
				 stranger.public),
	    CS_OK);
	cs_buf_free(&bytes);
	test_operator_clear(&o);
}

/* Nobody gives themselves more time. */
static void
test_receipt_deadline(void **state)
{
	struct test_operator o;
	struct cs_receipt r = a_receipt(), back;
	struct cs_buf bytes = { 0 };

	(void)state;
	test_operator_init(&o, NOW_S);
	r.deadline_ms += 1;
	assert_ok(cs_receipt_make(&bytes, &r, &o.registrar));
	assert_int_equal(cs_receipt_verify(&back, cs_buf_view(&bytes),
			     cs_buf_view(&o.registrar_cert), o.root.public),
	    CS_ERR_FORMAT);
	cs_buf_free(&bytes);
	test_operator_clear(&o);
}

static void
test_answer(void **state)
{
	struct cs_filing_answer a = { .number = 12,
		.outcome = CS_FILING_REFUSED,
		.answered_ms = NOW_MS,
		.hub = cs_view_str("hub.example.org"),
		.text = cs_view_str("sealed") },
				back;
	struct cs_sign_key desk, stranger;
	struct cs_buf bytes = { 0 };

	(void)state;
	assert_ok(cs_sign_key_new(&desk));
	assert_ok(cs_sign_key_new(&stranger));
	assert_ok(cs_filing_answer_make(&bytes, &a, &desk));
	assert_ok(
	    cs_filing_answer_verify(&back, cs_buf_view(&bytes), desk.public));
	assert_int_equal(back.outcome, CS_FILING_REFUSED);
	assert_true(cs_view_equal(back.text, a.text));
	assert_int_not_equal(cs_filing_answer_verify(
				 &back, cs_buf_view(&bytes), stranger.public),
	    CS_OK);
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] ^= 1;
		assert_int_not_equal(cs_filing_answer_verify(&back,
					 cs_buf_view(&bytes), desk.public),
		    CS_OK);
		bytes.data[i] ^= 1;
	}
	cs_buf_reset(&bytes);
	a.outcome = 0;
	assert_ok(cs_filing_answer_make(&bytes, &a, &desk));
	assert_int_equal(
	    cs_filing_answer_verify(&back, cs_buf_view(&bytes), desk.public),
	    CS_ERR_FORMAT);
	cs_buf_free(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_deadlines),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_commitment),
		cmocka_unit_test(test_by_key),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_receipt_deadline),
		cmocka_unit_test(test_answer),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
