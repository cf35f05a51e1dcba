/* SPDX-License-Identifier: MIT */
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "franking/stamp.h"
#include "support/test.h"

#define NOW 1700000000u

static struct cs_sign_key root, key;
static struct cs_stamp_key_cert cert;

static int
set_up(void **state)
{
	struct cs_buf b = { 0 };

	(void)state;
	cs_test_fixed_random(4);
	assert_ok(cs_sign_key_new(&root));
	assert_ok(cs_sign_key_new(&key));
	assert_ok(cs_stamp_key_cert_make(
	    &b, key.public, NOW - 100, NOW + 100, &root));
	assert_ok(cs_stamp_key_cert_parse(
	    &cert, cs_buf_view(&b), CS_VIEW_OF(root.public)));
	cs_buf_free(&b);
	cs_test_real_random();
	return 0;
}

static struct cs_stamp
make(void)
{
	struct cs_stamp s = {
		.accepted_ms = (uint64_t)NOW * 1000,
		.group_ref = { 1 },
		.epoch = 7,
		.group_seq = 12,
		.account = { 2 },
		.device = { 3 },
		.tag = { 4 },
		.msg_hash = { 5 },
		.chain_prev = { 6 },
	};

	assert_ok(cs_stamp_sign(&s, root.public, &key));
	return s;
}

static void
test_signed(void **state)
{
	struct cs_stamp s = make();
	uint8_t id[32];

	(void)state;
	assert_int_equal(CS_STAMP_TBS_LEN, 223);
	assert_ok(cs_stamp_verify(&s, &cert, root.public));
	assert_ok(cs_sha256(id, CS_VIEW_OF(root.public)));
	assert_memory_equal(s.operator_id, id, 8);
	assert_ok(cs_sha256(id, CS_VIEW_OF(key.public)));
	assert_memory_equal(s.key_id, id, 8);
}

/* Every field is under the signature. */
static void
test_fields(void **state)
{
	const struct cs_stamp good = make();
	struct cs_stamp s;

	(void)state;
#define LIE(field)                                                             \
	do {                                                                   \
		s = good;                                                      \
		*(uint8_t *)(field) ^= 1;                                      \
		assert_err(                                                    \
		    cs_stamp_verify(&s, &cert, root.public), CS_ERR_STAMP);    \
	} while (0)
	LIE(&s.flags);
	LIE(s.operator_id);
	LIE(s.key_id);
	LIE(&s.accepted_ms);
	LIE(s.group_ref + 31);
	LIE(&s.epoch);
	LIE(&s.group_seq);
	LIE(s.account + 15);
	LIE(s.device + 15);
	LIE(s.tag + 31);
	LIE(s.msg_hash + 31);
	LIE(s.chain_prev + 31);
	LIE(s.sig);
	LIE(s.sig + 63);
#undef LIE
}

static void
test_key(void **state)
{
	struct cs_stamp s = make();
	struct cs_stamp_key_cert wrong = cert;
	struct cs_sign_key other;

	(void)state;
	assert_ok(cs_sign_key_new(&other));
	assert_err(cs_stamp_verify(&s, &cert, other.public), CS_ERR_STAMP);
	memcpy(wrong.public, other.public, 32);
	assert_err(cs_stamp_verify(&s, &wrong, root.public), CS_ERR_STAMP);
	/* Good when it stamped, whatever is now: and not a second longer. */
	s.accepted_ms = (uint64_t)(NOW + 100) * 1000 + 999;
	assert_ok(cs_stamp_sign(&s, root.public, &key));
	assert_ok(cs_stamp_verify(&s, &cert, root.public));
	s.accepted_ms++;
	assert_ok(cs_stamp_sign(&s, root.public, &key));
	assert_err(cs_stamp_verify(&s, &cert, root.public), CS_ERR_EXPIRED);
	s.accepted_ms = (uint64_t)(NOW - 100) * 1000 - 1;
	assert_ok(cs_stamp_sign(&s, root.public, &key));
	assert_err(cs_stamp_verify(&s, &cert, root.public), CS_ERR_EXPIRED);
}

static void
test_wire(void **state)
{
	const struct cs_stamp s = make();
	struct cs_stamp got;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_stamp_write(&b, &s));
	assert_true(b.len <= CS_STAMP_WIRE_MAX);
	assert_ok(cs_stamp_parse(&got, cs_buf_view(&b)));
	assert_int_equal(got.accepted_ms, s.accepted_ms);
	assert_int_equal(got.group_seq, s.group_seq);
	assert_memory_equal(got.key_id, s.key_id, 8);
	assert_memory_equal(got.chain_prev, s.chain_prev, 32);
	assert_memory_equal(got.sig, s.sig, 64);
	for (size_t i = 0; i < b.len; i++)
		assert_err(
		    cs_stamp_parse(&got, cs_view(b.data, i)), CS_ERR_FORMAT);
	b.data[0] = 2;
	assert_err(cs_stamp_parse(&got, cs_buf_view(&b)), CS_ERR_VERSION);
	b.data[0] = 1;
	b.data[1] = 4;
	assert_err(cs_stamp_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	b.data[1] = CS_STAMP_CLOCK_SET;
	assert_ok(cs_stamp_parse(&got, cs_buf_view(&b)));
	assert_int_equal(got.flags, CS_STAMP_CLOCK_SET);
	b.data[1] = CS_STAMP_HANDSHAKE;
	assert_ok(cs_stamp_parse(&got, cs_buf_view(&b)));
	assert_int_equal(got.flags, CS_STAMP_HANDSHAKE);
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(cs_stamp_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_free(&b);
}

/* A leaf says everything but where it stands; the chain says that. */
static void
test_chain(void **state)
{
	struct cs_stamp s = make();
	uint8_t leaf[32], again[32], chain[32] = { 0 }, other[32] = { 0 };

	(void)state;
	assert_ok(cs_stamp_leafhash(leaf, &s));
	s.chain_prev[0] ^= 1;
	assert_ok(cs_stamp_leafhash(again, &s));
	assert_memory_equal(leaf, again, 32);
	s.group_seq++;
	assert_ok(cs_stamp_leafhash(again, &s));
	assert_memory_not_equal(leaf, again, 32);
	assert_ok(cs_chain_next(chain, leaf));
	assert_ok(cs_chain_next(chain, again));
	assert_ok(cs_chain_next(other, again));
	assert_ok(cs_chain_next(other, leaf));
	assert_memory_not_equal(chain, other, 32);
	memset(other, 0, 32);
	assert_ok(cs_chain_next(other, leaf));
	assert_ok(cs_stamp_chain(other, &s));
	assert_memory_equal(chain, other, 32);
}

static void
test_group_ref(void **state)
{
	uint8_t a[32], want[32];

	(void)state;
	assert_ok(cs_group_ref(a, cs_view_str("g")));
	assert_ok(cs_sha256(want, cs_view("countersign/group/v1\0g", 22)));
	assert_memory_equal(a, want, 32);
}

static enum cs_err
sign_and_verify(void *arg)
{
	struct cs_stamp *s = arg;
	enum cs_err err = cs_stamp_sign(s, root.public, &key);

	return err ? err : cs_stamp_verify(s, &cert, root.public);
}

static void
test_allocations(void **state)
{
	struct cs_stamp s = make();

	(void)state;
	cs_test_allocations(sign_and_verify, &s);
}

/* 120 bits, five a letter, most significant first; as Python's int(x, 2). */
static void
test_group_ref_text(void **state)
{
	char text[CS_GROUP_REF_TEXT_SIZE];
	uint8_t ref[32] = { 0 };

	(void)state;
	cs_group_ref_text(text, ref);
	assert_string_equal(text, "0000-0000-0000-0000-0000-0000");
	memset(ref, 0xff, sizeof ref);
	cs_group_ref_text(text, ref);
	assert_string_equal(text, "zzzz-zzzz-zzzz-zzzz-zzzz-zzzz");
	for (size_t i = 0; i < sizeof ref; i++)
		ref[i] = (uint8_t)(17 * i + 3);
	cs_group_ref_text(text, ref);
	assert_string_equal(text, "0ca2-adj7-b1mq-n2ww-npzc-zr7h");
	/* The last of them counts. */
	ref[14] ^= 1;
	cs_group_ref_text(text, ref);
	assert_string_not_equal(text, "0ca2-adj7-b1mq-n2ww-npzc-zr7h");
	ref[14] ^= 1;
	ref[15] ^= 0x80;
	cs_group_ref_text(text, ref);
	assert_string_equal(text, "0ca2-adj7-b1mq-n2ww-npzc-zr7h");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group_ref_text),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_group_ref),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, set_up, NULL);
}
