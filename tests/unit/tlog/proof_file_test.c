/* SPDX-License-Identifier: MIT */
#include "tlog/proof_file.h"

#include "crypto/init.h"
#include "support/tlog_tree.h"

#define ORIGIN "log.example/1"
#define SIZE 300
#define INDEX 123
#define HASH "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"
#define FIRST "c2sp.org/tlog-proof@v1\n"
#define NOTE "a\n\n\xe2\x80\x94 b AAAA\n"

static struct tlog_tree tree;
static struct cs_sign_key with;
static struct cs_note_key key;

static int
setup(void **state)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 11 };

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_from_seed(&with, seed));
	assert_ok(cs_note_key(&key, ORIGIN, with.public));
	tlog_tree_make(&tree);
	return 0;
}

static void
make(struct cs_buf *out, struct cs_buf *note, const char *extra)
{
	struct cs_tlog_checkpoint c = { .origin = cs_view_str(ORIGIN),
		.size = SIZE };
	struct cs_tlog_proof_file file = { .index = INDEX };

	assert_ok(cs_tlog_root(&c.root, SIZE, tlog_tree_node, &tree));
	assert_ok(cs_tlog_checkpoint_sign(note, &c, &key, &with));
	assert_ok(cs_tlog_inclusion_make(
	    &file.proof, INDEX, SIZE, tlog_tree_node, &tree));
	file.note = cs_buf_view(note);
	if (extra != NULL) {
		file.has_extra = true;
		assert_ok(cs_buf_set(&file.extra, cs_view_str(extra)));
	}
	assert_ok(cs_tlog_proof_file_write(out, &file));
	cs_buf_free(&file.extra);
}

static enum cs_err
verify(struct cs_view text, uint64_t leaf)
{
	struct cs_tlog_proof_file file;
	struct cs_tlog_checkpoint c;
	enum cs_err err = cs_tlog_proof_file_parse(&file, text);

	if (err == CS_OK)
		err = cs_tlog_proof_file_verify(
		    &c, &file, &tree.nodes[0][leaf], &key, cs_view_str(ORIGIN));
	if (err == CS_OK)
		assert_int_equal(c.size, SIZE);
	cs_tlog_proof_file_clear(&file);
	return err;
}

static void
test_round(void **state)
{
	static const char *const extras[] = { NULL, "", "x", "xy", "xyz" };
	struct cs_tlog_proof_file file;
	struct cs_buf again = { 0 };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct cs_buf text = { 0 }, note = { 0 };

		make(&text, &note, extras[i]);
		assert_ok(verify(cs_buf_view(&text), INDEX));
		assert_err(
		    verify(cs_buf_view(&text), INDEX + 1), CS_ERR_MISMATCH);
		assert_ok(cs_tlog_proof_file_parse(&file, cs_buf_view(&text)));
		assert_int_equal(file.has_extra, extras[i] != NULL);
		if (extras[i] != NULL)
			assert_view_equal(
			    cs_buf_view(&file.extra), cs_view_str(extras[i]));
		assert_int_equal(file.index, INDEX);
		assert_view_equal(file.note, cs_buf_view(&note));
		cs_buf_reset(&again);
		assert_ok(cs_tlog_proof_file_write(&again, &file));
		assert_view_equal(cs_buf_view(&again), cs_buf_view(&text));
		cs_tlog_proof_file_clear(&file);
		cs_buf_free(&text);
		cs_buf_free(&note);
	}
	cs_buf_free(&again);
}

static void
test_tampered(void **state)
{
	struct cs_buf text = { 0 }, note = { 0 };

	(void)state;
	make(&text, &note, NULL);
	for (size_t i = 0; i < text.len; i++) {
		text.data[i] ^= 1;
		assert_int_not_equal(verify(cs_buf_view(&text), INDEX), CS_OK);
		text.data[i] ^= 1;
	}
	for (size_t n = 0; n < text.len; n++)
		assert_int_not_equal(
		    verify(cs_view(text.data, n), INDEX), CS_OK);
	cs_buf_free(&text);
	cs_buf_free(&note);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", FIRST, FIRST "\n" NOTE,
		"c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE,
		FIRST "index 00\n\n" NOTE, FIRST "index \n\n" NOTE,
		FIRST "index  0\n\n" NOTE, FIRST "index 0\n" NOTE,
		FIRST "index 0\n\n\n" NOTE "x", FIRST "index 0\n" HASH NOTE,
		FIRST "index 0\nAAAA\n\n" NOTE, FIRST "index 0\n\n",
		FIRST "index 0\n" HASH, FIRST "extra x\nindex 0\n\n" NOTE,
		FIRST "extra ====\nindex 0\n\n" NOTE,
		FIRST "extra eA=\nindex 0\n\n" NOTE,
		FIRST "extra eB==\nindex 0\n\n" NOTE,
		FIRST "extra eA==\nextra eA==\nindex 0\n\n" NOTE,
		FIRST "index 0\nextra eA==\n\n" NOTE, FIRST "extra eA==\n" };
	struct cs_tlog_proof_file file;
	struct cs_buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(cs_tlog_proof_file_parse(&file, cs_view_str(bad[i])),
		    CS_ERR_FORMAT);
	assert_ok(cs_tlog_proof_file_parse(
	    &file, cs_view_str(FIRST "index 0\n\n" NOTE)));
	cs_tlog_proof_file_clear(&file);
	assert_err(cs_tlog_proof_file_parse(&file,
		       cs_view_str(FIRST "index 4611686018427387904\n\n" NOTE)),
	    CS_ERR_LIMIT);
	/* As many hashes as a tree can have, and one more. */
	assert_ok(cs_buf_add(&text, cs_view_str(FIRST "index 0\n")));
	for (int i = 0; i <= CS_TLOG_PROOF_MAX; i++)
		assert_ok(cs_buf_add(&text, cs_view_str(HASH)));
	assert_ok(cs_buf_add(&text, cs_view_str("\n" NOTE)));
	assert_err(
	    cs_tlog_proof_file_parse(&file, cs_buf_view(&text)), CS_ERR_FORMAT);
	cs_buf_free(&text);
}

static void
test_extra_limit(void **state)
{
	struct cs_tlog_proof_file file = { .has_extra = true }, read;
	struct cs_buf text = { 0 };
	uint8_t *at;

	(void)state;
	file.note = cs_view_str(NOTE);
	assert_ok(cs_buf_extend(&file.extra, CS_TLOG_EXTRA_MAX, &at));
	assert_ok(cs_tlog_proof_file_write(&text, &file));
	assert_ok(cs_tlog_proof_file_parse(&read, cs_buf_view(&text)));
	assert_int_equal(read.extra.len, CS_TLOG_EXTRA_MAX);
	cs_tlog_proof_file_clear(&read);
	assert_ok(cs_buf_extend(&file.extra, 1, &at));
	assert_err(cs_tlog_proof_file_write(&text, &file), CS_ERR_LIMIT);
	cs_buf_reset(&text);
	assert_ok(cs_buf_add(&text, cs_view_str(FIRST "extra ")));
	for (int i = 0; i < CS_TLOG_EXTRA_MAX / 3 + 1; i++)
		assert_ok(cs_buf_add(&text, cs_view_str("AAAA")));
	assert_ok(cs_buf_add(&text, cs_view_str("\nindex 0\n\n" NOTE)));
	assert_err(
	    cs_tlog_proof_file_parse(&read, cs_buf_view(&text)), CS_ERR_LIMIT);
	cs_buf_free(&file.extra);
	cs_buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_extra_limit),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
