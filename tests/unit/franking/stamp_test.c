/* SPDX-License-Identifier: MIT */
#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "franking/stamp.h"
#include "support/test.h"
#include "tlog/proof.h"

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

/* ---- batches ------------------------------------------------------------ */

static void
make_batch(struct cs_stamp *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		v[i] = make();
		v[i].group_seq = 100 + i;
		v[i].batch.entry = 77;
		v[i].batch.number = 5;
	}
	assert_ok(cs_stamps_sign(v, n, root.public, &key));
}

/* The same tree as that of a log (RFC 6962, section 2.1), for every size. */
static void
test_batch(void **state)
{
	struct cs_stamp v[CS_STAMPS_MAX + 1], got;
	uint8_t leaf[CS_HASH_LEN], other[CS_HASH_LEN];

	(void)state;
	for (size_t n = 1; n <= CS_STAMPS_MAX; n++) {
		make_batch(v, n);
		assert_ok(cs_stamp_batch_leaf(leaf, &v[0]));
		for (size_t i = 0; i < n; i++) {
			struct cs_buf wire = { 0 };

			assert_int_equal(v[i].batch.at, i);
			assert_ok(cs_stamp_verify(&v[i], &cert, root.public));
			assert_ok(cs_stamp_batch_leaf(other, &v[i]));
			assert_memory_equal(leaf, other, sizeof leaf);
			assert_ok(cs_stamp_write(&wire, &v[i]));
			assert_true(wire.len <= CS_STAMP_WIRE_MAX);
			assert_ok(cs_stamp_parse(&got, cs_buf_view(&wire)));
			assert_memory_equal(
			    &got.batch, &v[i].batch, sizeof got.batch);
			for (size_t cut = 0; cut < wire.len; cut++)
				assert_err(cs_stamp_parse(
					       &got, cs_view(wire.data, cut)),
				    CS_ERR_FORMAT);
			assert_ok(cs_buf_add(&wire, cs_view("", 1)));
			assert_err(cs_stamp_parse(&got, cs_buf_view(&wire)),
			    CS_ERR_FORMAT);
			cs_buf_free(&wire);
		}
	}
	assert_err(cs_stamps_place(v, 0, leaf), CS_ERR_MISUSE);
	assert_err(cs_stamps_place(v, CS_STAMPS_MAX + 1, leaf), CS_ERR_MISUSE);
	v[0] = make();
	assert_err(cs_stamp_batch_leaf(leaf, &v[0]), CS_ERR_NOT_FOUND);
}

/* ... as other code computes it. */
static void
test_batch_is_a_tree(void **state)
{
	struct cs_stamp v[CS_STAMPS_MAX];
	struct cs_tlog_proof proof = { .n = 3 };
	struct cs_tlog_hash leaf, root_hash;
	struct cs_buf tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs);
	static const char label[] = "countersign/stamps/v1";

	(void)state;
	make_batch(v, 7);
	/* Leaf 5 of 7: its hash is that which the other one has beside it. */
	memcpy(leaf.bytes, v[4].batch.path[0], CS_HASH_LEN);
	for (size_t i = 0; i < proof.n; i++)
		memcpy(proof.hashes[i].bytes, v[5].batch.path[i], CS_HASH_LEN);
	/* The root: of 0..3 and of 4..6. */
	assert_ok(cs_tlog_node_hash(&root_hash,
	    (const struct cs_tlog_hash *)(const void *)v[4].batch.path[2],
	    (const struct cs_tlog_hash *)(const void *)v[0].batch.path[2]));
	assert_ok(cs_tlog_inclusion_verify(&proof, &leaf, 5, 7, &root_hash));
	cs_write_bytes(&w, cs_view(label, sizeof label));
	cs_write_bytes(&w, CS_VIEW_OF(v[0].operator_id));
	cs_write_bytes(&w, CS_VIEW_OF(v[0].key_id));
	cs_write_u64(&w, 77);
	cs_write_u32(&w, 5);
	cs_write_u8(&w, 7);
	cs_write_bytes(&w, CS_VIEW_OF(root_hash.bytes));
	assert_ok(cs_writer_end(&w));
	assert_ok(cs_sign_verify(
	    CS_VIEW_OF(key.public), cs_buf_view(&tbs), CS_VIEW_OF(v[3].sig)));
	cs_buf_free(&tbs);
}

static void
test_batch_lies(void **state)
{
	struct cs_stamp v[7], s, alone = make();

	(void)state;
	make_batch(v, 7);
#define LIE(field)                                                             \
	do {                                                                   \
		s = v[5];                                                      \
		*(uint8_t *)(field) ^= 1;                                      \
		assert_err(                                                    \
		    cs_stamp_verify(&s, &cert, root.public), CS_ERR_STAMP);    \
	} while (0)
	LIE(&s.flags);
	LIE(&s.accepted_ms);
	LIE(s.tag);
	LIE(s.chain_prev);
	LIE(&s.batch.entry);
	LIE(&s.batch.number);
	LIE(&s.batch.n);
	LIE(&s.batch.at);
	LIE(s.batch.path[0]);
	LIE(s.batch.path[2] + 31);
	LIE(s.sig);
#undef LIE
	/* What was signed alone is no batch of one, nor the other way round. */
	s = alone;
	s.batch.n = 1;
	assert_err(cs_stamp_verify(&s, &cert, root.public), CS_ERR_STAMP);
	make_batch(v, 1);
	v[0].batch = (struct cs_stamp_batch){ 0 };
	assert_err(cs_stamp_verify(&v[0], &cert, root.public), CS_ERR_STAMP);
	s = v[0];
	s.batch.n = CS_STAMPS_MAX + 1;
	assert_err(cs_stamp_verify(&s, &cert, root.public), CS_ERR_STAMP);
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
	b.data[0] = 3;
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
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_batch_is_a_tree),
		cmocka_unit_test(test_batch_lies),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_group_ref),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, set_up, NULL);
}
