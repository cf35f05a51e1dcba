/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "support/test.h"
#include "tlog/map.h"

#define MOST 700

static struct cs_tlog_map_leaf all[MOST];

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, CS_TLOG_MAP_LABEL_LEN);
}

static void
make(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cs_random(all[i].label, sizeof all[i].label);
		memset(all[i].value, (int)i, sizeof all[i].value);
	}
	qsort(all, n, sizeof *all, compare);
}

/* ---- a tree that is an array -------------------------------------------- */

struct tree {
	size_t n;
};

/* Those whose labels begin with ${depth} bits of ${label}. */
static size_t
below(const struct tree *t, size_t *first, unsigned depth, const uint8_t *label)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool same = true;

		for (unsigned d = 0; d < depth; d++)
			same &= cs_tlog_map_bit(all[i].label, d) ==
			    cs_tlog_map_bit(label, d);
		if (same && n++ == 0)
			*first = i;
	}
	return n;
}

static enum cs_err
node(void *arg, struct cs_tlog_map_node *out, unsigned depth,
    const uint8_t *label)
{
	size_t first = 0, n = below(arg, &first, depth, label);

	return cs_tlog_map_fold(out, all + first, n, depth);
}

static enum cs_err
leaf(void *arg, struct cs_tlog_map_leaf *out, unsigned depth,
    const uint8_t *label)
{
	size_t first = 0;

	assert_int_equal(below(arg, &first, depth, label), 1);
	*out = all[first];
	return CS_OK;
}

static struct cs_tlog_map_source
source_of(struct tree *t)
{
	return (struct cs_tlog_map_source){ node, leaf, t };
}

/* ---- tests -------------------------------------------------------------- */

/* By hand: none, one, and two that part at the third bit. */
static void
test_roots(void **state)
{
	struct cs_tlog_map_leaf v[2] = { { { 0x40 }, { 1 } },
		{ { 0x60 }, { 2 } } };
	struct cs_tlog_map_node n;
	uint8_t h[2][CS_HASH_LEN], text[65] = { 3 }, zero[CS_HASH_LEN] = { 0 };

	(void)state;
	assert_ok(cs_tlog_map_fold(&n, v, 0, 0));
	assert_int_equal(n.kind, CS_TLOG_MAP_EMPTY);
	assert_memory_equal(n.hash.bytes, zero, sizeof zero);
	for (int i = 0; i < 2; i++) {
		text[0] = 3;
		memcpy(text + 1, v[i].label, 32);
		memcpy(text + 33, v[i].value, 32);
		assert_ok(cs_sha256(h[i], CS_VIEW_OF(text)));
	}
	assert_ok(cs_tlog_map_fold(&n, v, 1, 0));
	assert_int_equal(n.kind, CS_TLOG_MAP_LEAF);
	assert_memory_equal(n.hash.bytes, h[0], 32);
	/* Depth 2, 1 and 0. */
	text[0] = 4;
	memcpy(text + 1, h[0], 32);
	memcpy(text + 33, h[1], 32);
	assert_ok(cs_sha256(h[0], CS_VIEW_OF(text)));
	memcpy(text + 1, zero, 32);
	memcpy(text + 33, h[0], 32);
	assert_ok(cs_sha256(h[0], CS_VIEW_OF(text)));
	memcpy(text + 1, h[0], 32);
	memcpy(text + 33, zero, 32);
	assert_ok(cs_sha256(h[0], CS_VIEW_OF(text)));
	assert_ok(cs_tlog_map_fold(&n, v, 2, 0));
	assert_int_equal(n.kind, CS_TLOG_MAP_NODE);
	assert_memory_equal(n.hash.bytes, h[0], 32);
	/* One label twice, and two that nobody finds. */
	v[1] = v[0];
	assert_err(cs_tlog_map_fold(&n, v, 2, 0), CS_ERR_EXISTS);
	v[1].label[8] = 1;
	assert_err(cs_tlog_map_fold(&n, v, 2, 0), CS_ERR_LIMIT);
	v[1].label[8] = 0;
	v[1].label[7] = 1;
	assert_ok(cs_tlog_map_fold(&n, v, 2, 0));
}

/* Each label has its value, and others have none, in trees of many sizes. */
static void
test_proofs(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 7, 64, MOST };

	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		struct tree t = { sizes[s] };
		struct cs_tlog_map_source source = source_of(&t);
		struct cs_tlog_map_proof p;
		struct cs_tlog_map_node root;
		uint8_t label[CS_TLOG_MAP_LABEL_LEN];

		make(t.n);
		assert_ok(cs_tlog_map_fold(&root, all, t.n, 0));
		for (size_t i = 0; i < t.n; i += 1 + t.n / 40) {
			uint8_t wrong[CS_HASH_LEN];

			assert_ok(cs_tlog_map_prove(&p, &source, all[i].label));
			assert_ok(cs_tlog_map_verify(
			    &p, &root.hash, all[i].label, all[i].value));
			assert_err(cs_tlog_map_verify(
				       &p, &root.hash, all[i].label, NULL),
			    CS_ERR_MISMATCH);
			memcpy(wrong, all[i].value, sizeof wrong);
			wrong[31] ^= 1;
			assert_err(cs_tlog_map_verify(
				       &p, &root.hash, all[i].label, wrong),
			    CS_ERR_MISMATCH);
		}
		for (int i = 0; i < 40; i++) {
			cs_random(label, sizeof label);
			assert_ok(cs_tlog_map_prove(&p, &source, label));
			assert_ok(
			    cs_tlog_map_verify(&p, &root.hash, label, NULL));
			assert_int_not_equal(
			    cs_tlog_map_verify(&p, &root.hash, label, label),
			    CS_OK);
		}
	}
}

/* Every byte of a proof counts. */
static void
test_lies(void **state)
{
	struct tree t = { 64 };
	struct cs_tlog_map_source source = source_of(&t);
	struct cs_tlog_map_proof p, got;
	struct cs_tlog_map_node root;
	struct cs_buf bytes = { 0 };
	uint8_t label[CS_TLOG_MAP_LABEL_LEN];

	(void)state;
	make(t.n);
	assert_ok(cs_tlog_map_fold(&root, all, t.n, 0));
	/* Absent, beside another leaf. */
	do {
		cs_random(label, sizeof label);
		assert_ok(cs_tlog_map_prove(&p, &source, label));
	} while (!p.has_other);
	assert_ok(cs_tlog_map_proof_write(&bytes, &p));
	assert_true(bytes.len <= CS_TLOG_MAP_PROOF_MAX);
	for (size_t i = 0; i < bytes.len; i++) {
		assert_err(
		    cs_tlog_map_proof_parse(&got, cs_view(bytes.data, i)),
		    CS_ERR_FORMAT);
		bytes.data[i] ^= 1;
		assert_int_not_equal(cs_tlog_map_proof_parse(
					 &got, cs_buf_view(&bytes)) != CS_OK ||
			cs_tlog_map_verify(&got, &root.hash, label, NULL) !=
			    CS_OK,
		    0);
		bytes.data[i] ^= 1;
	}
	assert_ok(cs_tlog_map_proof_parse(&got, cs_buf_view(&bytes)));
	assert_ok(cs_tlog_map_verify(&got, &root.hash, label, NULL));
	/* The leaf of the label itself as "another one", and one that goes
	 * elsewhere. */
	memcpy(got.other.label, label, sizeof label);
	assert_err(
	    cs_tlog_map_verify(&got, &root.hash, label, NULL), CS_ERR_FORMAT);
	got.other.label[0] ^= 0x80;
	assert_err(
	    cs_tlog_map_verify(&got, &root.hash, label, NULL), CS_ERR_FORMAT);
	bytes.data[0] = CS_TLOG_MAP_DEPTH_MAX + 1;
	assert_err(
	    cs_tlog_map_proof_parse(&got, cs_buf_view(&bytes)), CS_ERR_FORMAT);
	cs_buf_free(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_proofs),
		cmocka_unit_test(test_lies),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
