/* SPDX-License-Identifier: MIT */
#include "franking/tlog_fault.h"

#include "crypto/init.h"
#include "support/seen_log.h"
#include "support/test.h"

#define NOW_S 1700000000u
#define PROMISED 3

/* Two logs of one operator, of which the second has another entry 1. */
struct world {
	struct seen_log one, other;
	struct cs_buf a, b, cert, stamp_cert, turn, bytes;
	uint8_t entry[CS_TLOG_COMMIT_LEN];
	struct cs_tlog_fault f;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	seen_log_init(&w->one, "hub.example/log", NOW_S);
	seen_log_init(&w->other, "hub.example/log", NOW_S);
	seen_log_entry(&w->other, 1, cs_view_str("another"));
}

static void
world_clear(struct world *w)
{
	seen_log_clear(&w->one);
	seen_log_clear(&w->other);
	cs_buf_free(&w->a);
	cs_buf_free(&w->b);
	cs_buf_free(&w->turn);
	cs_buf_free(&w->bytes);
}

/* What the first log said of ${a} entries, and ${second} of ${b}. */
static void
make_fork(struct world *w, struct seen_log *second, uint64_t a, uint64_t b)
{
	memset(&w->f, 0, sizeof w->f);
	w->f.kind = CS_TLOG_FAULT_FORK;
	seen_log_note(&w->a, &w->one, a);
	seen_log_note(&w->b, second, b);
	w->f.a = (struct cs_tlog_signed){ cs_buf_view(&w->one.cert),
		cs_buf_view(&w->a) };
	w->f.b = (struct cs_tlog_signed){ cs_buf_view(&w->one.cert),
		cs_buf_view(&w->b) };
	if (a == b)
		return;
	assert_ok(
	    cs_tlog_consistency_make(&w->f.proof, a, b, seen_log_node, second));
	assert_ok(cs_tlog_root(&w->f.prefix, a, seen_log_node, second));
}

/* A stamp promised entry PROMISED; it is ${commits} to that, or to another. */
static void
make_entry(struct world *w, bool commits, uint8_t kind)
{
	struct cs_stamp s = {
		.accepted_ms = NOW_S * CS_SECOND_MS,
		.batch = { .entry = PROMISED },
	};
	struct cs_tlog_turn turn;
	uint8_t leaf[CS_HASH_LEN];

	memset(&w->f, 0, sizeof w->f);
	w->f.kind = CS_TLOG_FAULT_ENTRY;
	assert_ok(cs_stamps_sign(
	    &s, 1, w->one.operator.root.public, &w->one.stamp_key));
	assert_ok(cs_stamp_promise(&w->f.promise, &s));
	assert_ok(cs_stamp_batch_leaf(leaf, &s));
	leaf[0] ^= !commits;
	seen_log_turn(&turn, w->entry, leaf);
	w->entry[1] = kind;
	cs_buf_reset(&w->turn);
	assert_ok(cs_tlog_turn_write(&w->turn, &turn));
	seen_log_entry(&w->one, PROMISED, CS_VIEW_OF(w->entry));
	seen_log_note(&w->a, &w->one, SEEN_LOG_ENTRIES);
	assert_ok(cs_tlog_inclusion_make(
	    &w->f.proof, PROMISED, SEEN_LOG_ENTRIES, seen_log_node, &w->one));
	w->f.a = (struct cs_tlog_signed){ cs_buf_view(&w->one.cert),
		cs_buf_view(&w->a) };
	w->f.stamp_cert = cs_buf_view(&w->one.stamp_cert);
	w->f.entry = CS_VIEW_OF(w->entry);
	if (kind == CS_TLOG_STAMPS)
		w->f.turn = cs_buf_view(&w->turn);
}

/* What the fault comes to, there and back. */
static enum cs_err
verify(struct world *w, struct cs_tlog_fault_shown *shown)
{
	struct cs_tlog_fault again;

	cs_buf_reset(&w->bytes);
	assert_ok(cs_tlog_fault_write(&w->bytes, &w->f));
	assert_true(cs_tlog_fault_is(cs_buf_view(&w->bytes)));
	assert_ok(cs_tlog_fault_parse(&again, cs_buf_view(&w->bytes)));
	return cs_tlog_fault_verify(shown, &again, w->one.operator.root.public);
}

/* With a byte changed, less or more, it shows nothing.  Of ${unsigned_end}
 * bytes nobody signed what they say. */
static void
assert_covered(struct world *w, size_t unsigned_end)
{
	struct cs_tlog_fault_shown shown;
	struct cs_tlog_fault f;
	const uint8_t *root = w->one.operator.root.public;

	for (size_t i = 0; i < w->bytes.len - unsigned_end; i++) {
		w->bytes.data[i] ^= 1;
		if (cs_tlog_fault_parse(&f, cs_buf_view(&w->bytes)) == CS_OK)
			assert_int_not_equal(
			    cs_tlog_fault_verify(&shown, &f, root), CS_OK);
		w->bytes.data[i] ^= 1;
	}
	for (size_t i = 0; i < w->bytes.len; i++)
		assert_int_not_equal(
		    cs_tlog_fault_parse(&f, cs_view(w->bytes.data, i)), CS_OK);
	assert_ok(cs_buf_add(&w->bytes, cs_view("", 1)));
	assert_err(
	    cs_tlog_fault_parse(&f, cs_buf_view(&w->bytes)), CS_ERR_FORMAT);
}

static void
test_fork(void **state)
{
	struct cs_tlog_fault_shown shown;
	struct world w;

	(void)state;
	world_init(&w);
	/* Of one size, and of all pairs of sizes. */
	make_fork(&w, &w.other, 5, 5);
	assert_ok(verify(&w, &shown));
	assert_int_equal(shown.a.size, 5);
	assert_covered(&w, 0);
	for (uint64_t b = 3; b <= SEEN_LOG_ENTRIES; b++)
		for (uint64_t a = 2; a < b; a++) {
			make_fork(&w, &w.other, a, b);
			assert_ok(verify(&w, &shown));
			assert_covered(&w, 0);
		}
	world_clear(&w);
}

static void
test_no_fork(void **state)
{
	struct cs_tlog_fault_shown shown;
	struct seen_log stranger;
	struct world w;

	(void)state;
	world_init(&w);
	make_fork(&w, &w.one, 5, 5);
	assert_err(verify(&w, &shown), CS_ERR_NOT_FOUND);
	make_fork(&w, &w.one, 3, 7);
	assert_err(verify(&w, &shown), CS_ERR_NOT_FOUND);
	/* The other way round. */
	make_fork(&w, &w.other, 3, 7);
	w.f.a.note = cs_buf_view(&w.b);
	w.f.b.note = cs_buf_view(&w.a);
	assert_err(verify(&w, &shown), CS_ERR_FORMAT);
	/* A prefix that nobody has. */
	make_fork(&w, &w.one, 3, 7);
	w.f.prefix.bytes[0] ^= 1;
	assert_err(verify(&w, &shown), CS_ERR_MISMATCH);
	/* A proof that is not needed, and one that is not there. */
	make_fork(&w, &w.other, 5, 5);
	w.f.prefix.bytes[0] = 1;
	assert_err(verify(&w, &shown), CS_ERR_FORMAT);
	make_fork(&w, &w.other, 3, 7);
	w.f.proof.n = 0;
	assert_err(verify(&w, &shown), CS_ERR_FORMAT);
	/* Another log, and another key than the log's. */
	seen_log_init(&stranger, "else.example/log", NOW_S);
	make_fork(&w, &stranger, 5, 5);
	assert_err(verify(&w, &shown), CS_ERR_MISMATCH);
	make_fork(&w, &w.other, 5, 5);
	w.f.b.cert = cs_buf_view(&w.one.stamp_cert);
	assert_int_not_equal(verify(&w, &shown), CS_OK);
	w.f.b.cert = cs_buf_view(&w.one.operator.registrar_cert);
	assert_err(verify(&w, &shown), CS_ERR_MISMATCH);
	seen_log_clear(&stranger);
	world_clear(&w);
}

static void
test_entry(void **state)
{
	struct cs_tlog_fault_shown shown;
	struct world w;

	(void)state;
	world_init(&w);
	make_entry(&w, false, CS_TLOG_STAMPS);
	assert_ok(verify(&w, &shown));
	assert_false(shown.outright);
	assert_covered(&w, w.turn.len + 2);
	make_entry(&w, false, CS_TLOG_NOTICE);
	assert_ok(verify(&w, &shown));
	assert_true(shown.outright);
	assert_covered(&w, 1);
	/* What was promised is there. */
	make_entry(&w, true, CS_TLOG_STAMPS);
	assert_err(verify(&w, &shown), CS_ERR_NOT_FOUND);
	/* Without a turn nothing is known. */
	w.f.turn = cs_view(NULL, 0);
	assert_err(verify(&w, &shown), CS_ERR_FORMAT);
	/* Another entry of the log than the promised one. */
	make_entry(&w, false, CS_TLOG_STAMPS);
	w.f.promise.entry++;
	assert_err(verify(&w, &shown), CS_ERR_STAMP);
	make_entry(&w, false, CS_TLOG_STAMPS);
	assert_ok(cs_tlog_inclusion_make(
	    &w.f.proof, PROMISED + 1, SEEN_LOG_ENTRIES, seen_log_node, &w.one));
	assert_err(verify(&w, &shown), CS_ERR_MISMATCH);
	world_clear(&w);
}

static void
test_versions(void **state)
{
	struct cs_tlog_fault_shown shown;
	struct cs_tlog_fault f;
	struct world w;

	(void)state;
	world_init(&w);
	make_fork(&w, &w.other, 5, 5);
	assert_ok(verify(&w, &shown));
	w.bytes.data[7] = '2';
	assert_err(
	    cs_tlog_fault_parse(&f, cs_buf_view(&w.bytes)), CS_ERR_VERSION);
	w.bytes.data[7] = '1';
	w.bytes.data[8] = 3;
	assert_err(
	    cs_tlog_fault_parse(&f, cs_buf_view(&w.bytes)), CS_ERR_FORMAT);
	world_clear(&w);
}

static void
test_promise(void **state)
{
	struct cs_stamp v[3] = { { .accepted_ms = 1 } };
	struct cs_stamp_promise p, again;
	struct cs_stamp_key_cert key;
	struct cs_buf b = { 0 };
	uint8_t leaf[CS_HASH_LEN], same[CS_HASH_LEN];
	struct world w;
	const uint8_t *root;

	(void)state;
	world_init(&w);
	root = w.one.operator.root.public;
	assert_err(cs_stamp_promise(&p, &v[0]), CS_ERR_NOT_FOUND);
	v[0].batch.entry = 9;
	v[0].batch.number = 2;
	assert_ok(cs_stamps_sign(v, 3, root, &w.one.stamp_key));
	assert_ok(cs_stamp_key_cert_parse(
	    &key, cs_buf_view(&w.one.stamp_cert), cs_view(root, 32)));
	/* All stamps of a batch make one promise. */
	for (size_t i = 0; i < 3; i++) {
		assert_ok(cs_stamp_promise(&p, &v[i]));
		assert_ok(cs_stamp_promise_verify(&p, &key, root));
		assert_ok(cs_stamp_promise_leaf(leaf, &p, root));
		assert_ok(cs_stamp_batch_leaf(same, &v[i]));
		assert_memory_equal(leaf, same, CS_HASH_LEN);
		cs_buf_reset(&b);
		assert_ok(cs_stamp_promise_write(&b, &p));
		assert_int_equal(b.len, CS_STAMP_PROMISE_LEN);
	}
	for (size_t i = 0; i < b.len; i++) {
		assert_int_not_equal(
		    cs_stamp_promise_parse(&again, cs_view(b.data, i)), CS_OK);
		b.data[i] ^= 1;
		if (cs_stamp_promise_parse(&again, cs_buf_view(&b)) == CS_OK)
			assert_err(cs_stamp_promise_verify(&again, &key, root),
			    CS_ERR_STAMP);
		b.data[i] ^= 1;
	}
	assert_ok(cs_stamp_promise_parse(&again, cs_buf_view(&b)));
	assert_ok(cs_stamp_promise_verify(&again, &key, root));
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(
	    cs_stamp_promise_parse(&again, cs_buf_view(&b)), CS_ERR_FORMAT);
	cs_buf_free(&b);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_no_fork),
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_promise),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
