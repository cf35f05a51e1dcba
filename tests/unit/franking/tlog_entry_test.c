/* SPDX-License-Identifier: MIT */
/* Entries of the operator's log, and what leads to one from a batch. */
#include "franking/tlog_entry.h"

#include "base/alloc.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "support/tlog_tree.h"

static struct tlog_tree tree;

static int
set_up(void **state)
{
	(void)state;
	assert_ok(cs_crypto_init());
	tlog_tree_make(&tree);
	return 0;
}

/* PROTOCOL, "The log of a hub", computed here with nothing but SHA-256. */
static void
want_entry(uint8_t out[static CS_TLOG_COMMIT_LEN], uint8_t kind,
    const uint8_t salt[static CS_TLOG_SALT_LEN], struct cs_view content)
{
	struct cs_buf b = { 0 };

	assert_ok(cs_buf_add(&b, cs_view("countersign/log/v1", 19)));
	assert_ok(cs_buf_add(&b, cs_view(&kind, 1)));
	assert_ok(cs_buf_add(&b, cs_view(salt, CS_TLOG_SALT_LEN)));
	assert_ok(cs_buf_add(&b, content));
	out[0] = 1;
	out[1] = kind;
	assert_ok(cs_sha256(out + 2, cs_buf_view(&b)));
	cs_buf_free(&b);
}

static void
test_commit(void **state)
{
	static const uint8_t none[CS_TLOG_SALT_LEN];
	uint8_t salt[CS_TLOG_SALT_LEN] = { 1, 2, 3 };
	uint8_t want[CS_TLOG_COMMIT_LEN], got[CS_TLOG_COMMIT_LEN];
	uint8_t other[CS_TLOG_COMMIT_LEN];

	(void)state;
	assert_ok(
	    cs_tlog_commit(got, CS_TLOG_ACTION, salt, cs_view_str("content")));
	want_entry(want, 3, salt, cs_view_str("content"));
	assert_memory_equal(got, want, sizeof want);
	/* Each part counts. */
	assert_ok(cs_tlog_commit(
	    other, CS_TLOG_RELEASE, salt, cs_view_str("content")));
	assert_memory_not_equal(got + 2, other + 2, CS_HASH_LEN);
	assert_ok(cs_tlog_commit(
	    other, CS_TLOG_ACTION, salt, cs_view_str("contenu")));
	assert_memory_not_equal(got, other, sizeof got);
	salt[15] ^= 1;
	assert_ok(cs_tlog_commit(
	    other, CS_TLOG_ACTION, salt, cs_view_str("content")));
	assert_memory_not_equal(got, other, sizeof got);
	/* Without salt it is one of zeroes. */
	assert_ok(
	    cs_tlog_commit(got, CS_TLOG_RESTORED, NULL, cs_view(NULL, 0)));
	want_entry(want, 6, none, cs_view(NULL, 0));
	assert_memory_equal(got, want, sizeof want);
}

/* An entry is of a kind if it is as long as those are. */
static void
test_kind(void **state)
{
	uint8_t entry[CS_TLOG_ENTRY_LONGEST + 1] = { 1 };

	(void)state;
	for (unsigned kind = 0; kind < 256; kind++) {
		size_t length = kind == CS_TLOG_RESTORED ? 18
		    : kind == CS_TLOG_NOTICE             ? 68
		    : kind == CS_TLOG_ANSWER             ? 59
		    : kind == CS_TLOG_OVERDUE            ? 18
		    : kind == CS_TLOG_NAMES              ? 74
		    : kind == CS_TLOG_NAME               ? 66
							 : 34;

		entry[1] = (uint8_t)kind;
		for (size_t n = 0; n <= sizeof entry; n++)
			assert_int_equal(cs_tlog_entry_kind(cs_view(entry, n)),
			    n == length ? kind : 0);
	}
	entry[0] = 2;
	entry[1] = CS_TLOG_STAMPS;
	assert_int_equal(
	    cs_tlog_entry_kind(cs_view(entry, CS_TLOG_COMMIT_LEN)), 0);
}

/* The turn of the first ${batches} leaves of the tree, as batch ${number} is
 * shown it. */
static struct cs_tlog_turn
turn_of(uint32_t batches, uint32_t number)
{
	struct cs_tlog_turn turn = { .salt = { 7, 8 }, .batches = batches };

	assert_ok(cs_tlog_inclusion_make(
	    &turn.path, number, batches, tlog_tree_node, &tree));
	return turn;
}

static const uint8_t *
leaf(uint32_t number)
{
	return tree.nodes[0][number].bytes;
}

static void
test_turn(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 3, 31, 32, 255, 256, 257, 300,
		1000 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		uint8_t want[CS_TLOG_COMMIT_LEN], got[CS_TLOG_COMMIT_LEN];
		uint8_t content[4 + CS_HASH_LEN];
		struct cs_tlog_turn turn = turn_of(sizes[i], 0);
		struct cs_tlog_hash root;

		assert_ok(cs_tlog_root(&root, sizes[i], tlog_tree_node, &tree));
		assert_ok(cs_tlog_turn_commit(got, turn.salt, sizes[i], &root));
		for (size_t k = 0; k < 4; k++)
			content[k] = (uint8_t)(sizes[i] >> (24 - 8 * k));
		memcpy(content + 4, root.bytes, CS_HASH_LEN);
		want_entry(want, 1, turn.salt, CS_VIEW_OF(content));
		assert_memory_equal(got, want, sizeof want);
		for (uint32_t n = 0; n < sizes[i]; n++) {
			turn = turn_of(sizes[i], n);
			assert_ok(cs_tlog_turn_entry(got, &turn, n, leaf(n)));
			assert_memory_equal(got, want, sizeof want);
		}
	}
}

/* What leads elsewhere, or nowhere. */
static void
test_turn_lies(void **state)
{
	uint8_t want[CS_TLOG_COMMIT_LEN], got[CS_TLOG_COMMIT_LEN];
	const struct cs_tlog_turn good = turn_of(300, 17);
	struct cs_tlog_turn turn;

	(void)state;
	assert_ok(cs_tlog_turn_entry(want, &good, 17, leaf(17)));
#define LEADS_ELSEWHERE(number, batch)                                         \
	do {                                                                   \
		assert_ok(                                                     \
		    cs_tlog_turn_entry(got, &turn, (number), leaf(batch)));    \
		assert_memory_not_equal(got, want, sizeof got);                \
	} while (0)
	turn = good;
	LEADS_ELSEWHERE(17, 18);
	LEADS_ELSEWHERE(16, 17);
	turn.salt[0] ^= 1;
	LEADS_ELSEWHERE(17, 17);
	turn = good;
	turn.batches = 299;
	LEADS_ELSEWHERE(17, 17);
	for (size_t i = 0; i < good.path.n; i++) {
		turn = good;
		turn.path.hashes[i].bytes[31] ^= 1;
		LEADS_ELSEWHERE(17, 17);
	}
#undef LEADS_ELSEWHERE
	turn = good;
	assert_err(
	    cs_tlog_turn_entry(got, &turn, 300, leaf(17)), CS_ERR_FORMAT);
	turn.path.n--;
	assert_err(cs_tlog_turn_entry(got, &turn, 17, leaf(17)), CS_ERR_FORMAT);
	turn.path.n += 2;
	assert_err(cs_tlog_turn_entry(got, &turn, 17, leaf(17)), CS_ERR_FORMAT);
	turn = good;
	turn.batches = 0;
	assert_err(cs_tlog_turn_entry(got, &turn, 0, leaf(0)), CS_ERR_FORMAT);
}

static void
test_wire(void **state)
{
	const struct cs_tlog_turn good = turn_of(300, 17);
	struct cs_tlog_turn got;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_tlog_turn_write(&b, &good));
	assert_ok(cs_tlog_turn_parse(&got, cs_buf_view(&b)));
	assert_memory_equal(got.salt, good.salt, sizeof got.salt);
	assert_int_equal(got.batches, 300);
	assert_int_equal(got.path.n, good.path.n);
	assert_memory_equal(got.path.hashes, good.path.hashes,
	    good.path.n * sizeof *good.path.hashes);
	for (size_t n = 0; n < b.len; n++)
		assert_int_not_equal(
		    cs_tlog_turn_parse(&got, cs_view(b.data, n)), CS_OK);
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_int_not_equal(cs_tlog_turn_parse(&got, cs_buf_view(&b)), CS_OK);
	cs_buf_free(&b);
}

/* More hashes than any path has, and half of one. */
static void
test_wire_lengths(void **state)
{
	static const uint8_t hash[CS_HASH_LEN];

	(void)state;
	for (size_t n = CS_TLOG_PROOF_MAX; n <= CS_TLOG_PROOF_MAX + 1; n++) {
		struct cs_tlog_turn got;
		struct cs_buf b = { 0 };
		struct cs_writer w = cs_writer(&b);
		size_t mark;

		cs_write_bytes(&w, cs_view(hash, CS_TLOG_SALT_LEN));
		cs_write_u32(&w, 5);
		mark = cs_write_open(&w);
		for (size_t i = 0; i < n; i++)
			cs_write_bytes(&w, CS_VIEW_OF(hash));
		cs_write_close(&w, mark);
		assert_ok(cs_writer_end(&w));
		assert_err(cs_tlog_turn_parse(&got, cs_buf_view(&b)),
		    n == CS_TLOG_PROOF_MAX ? CS_OK : CS_ERR_FORMAT);
		cs_buf_free(&b);
	}
	for (size_t n = 1; n < CS_HASH_LEN; n++) {
		struct cs_tlog_turn got;
		struct cs_buf b = { 0 };
		struct cs_writer w = cs_writer(&b);
		size_t mark;

		cs_write_bytes(&w, cs_view(hash, CS_TLOG_SALT_LEN));
		cs_write_u32(&w, 5);
		mark = cs_write_open(&w);
		cs_write_bytes(&w, cs_view(hash, n));
		cs_write_close(&w, mark);
		assert_ok(cs_writer_end(&w));
		assert_int_not_equal(
		    cs_tlog_turn_parse(&got, cs_buf_view(&b)), CS_OK);
		cs_buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_turn),
		cmocka_unit_test(test_turn_lies),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_wire_lengths),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
