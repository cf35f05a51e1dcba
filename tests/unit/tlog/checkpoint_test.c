/* SPDX-License-Identifier: MIT */
/* Checkpoints; the text is the example of C2SP tlog-checkpoint. */
#include "tlog/checkpoint.h"

#include <stdio.h>

#include "base/text.h"
#include "crypto/init.h"
#include "support/test.h"

#define ORIGIN "example.com/behind-the-sofa"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define TEXT ORIGIN "\n20852163\n" ROOT "\n"

static struct cs_sign_key with;
static struct cs_note_key key;

static int
setup(void **state)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 7 };

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_from_seed(&with, seed));
	assert_ok(cs_note_key(&key, ORIGIN, with.public));
	return 0;
}

static enum cs_err
parse(const char *text)
{
	struct cs_tlog_checkpoint c;

	return cs_tlog_checkpoint_parse(&c, cs_view_str(text));
}

static void
test_known(void **state)
{
	struct cs_tlog_checkpoint c;
	struct cs_buf again = { 0 };
	char base64[CS_BASE64_SIZE(CS_HASH_LEN)];

	(void)state;
	assert_ok(cs_tlog_checkpoint_parse(&c, cs_view_str(TEXT)));
	assert_view_equal(c.origin, cs_view_str(ORIGIN));
	assert_int_equal(c.size, 20852163);
	cs_base64(base64, CS_VIEW_OF(c.root.bytes));
	assert_string_equal(base64, ROOT);
	assert_int_equal(c.extensions.len, 0);
	assert_ok(cs_tlog_checkpoint_parse(
	    &c, cs_view_str(TEXT "more\n\xc3\xa9 and more\n")));
	assert_view_equal(
	    c.extensions, cs_view_str("more\n\xc3\xa9 and more\n"));
	assert_ok(cs_tlog_checkpoint_write(&again, &c));
	assert_view_equal(
	    cs_buf_view(&again), cs_view_str(TEXT "more\n\xc3\xa9 and more\n"));
	cs_buf_free(&again);
	assert_ok(parse("a\n0\n" EMPTY "\n"));
	assert_ok(parse("a\n4611686018427387904\n" ROOT "\n"));
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", "\n", ORIGIN, ORIGIN "\n",
		ORIGIN "\n1\n", ORIGIN "\n1\n" ROOT, "\n1\n" ROOT "\n",
		ORIGIN "\n\n" ROOT "\n", ORIGIN "\n01\n" ROOT "\n",
		ORIGIN "\n00\n" EMPTY "\n", ORIGIN "\n+1\n" ROOT "\n",
		ORIGIN "\n-1\n" ROOT "\n", ORIGIN "\n1 \n" ROOT "\n",
		ORIGIN "\n 1\n" ROOT "\n", ORIGIN "\n0x1\n" ROOT "\n",
		ORIGIN "\n1\n" ROOT "=\n", ORIGIN "\n1\n=" ROOT "\n",
		ORIGIN "\n1\nAAAA\n", TEXT "\n", TEXT "x", TEXT "x\n\n",
		TEXT "\nx\n", TEXT "x\r\n", "a\tb\n1\n" ROOT "\n",
		"\xff\n1\n" ROOT "\n",
		ORIGIN "\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
		ORIGIN "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n" };
	char too_long[CS_TLOG_TEXT_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(parse(bad[i]), CS_ERR_FORMAT);
	assert_err(parse("a\n4611686018427387905\n" ROOT "\n"), CS_ERR_LIMIT);
	assert_err(parse("a\n18446744073709551616\n" ROOT "\n"), CS_ERR_LIMIT);
	assert_err(
	    parse("a\n99999999999999999999999\n" ROOT "\n"), CS_ERR_LIMIT);
	assert_err(parse("a\n0\n" ROOT "\n"), CS_ERR_MISMATCH);
	memset(too_long, 'a', sizeof too_long);
	too_long[CS_TLOG_TEXT_MAX + 1] = '\0';
	assert_err(parse(too_long), CS_ERR_LIMIT);
}

/* What would not be read is not written. */
static void
test_write_refused(void **state)
{
	struct cs_tlog_checkpoint c = { .size = 1 };
	struct cs_buf out = { 0 };

	(void)state;
	assert_err(cs_tlog_checkpoint_write(&out, &c), CS_ERR_FORMAT);
	c.origin = cs_view_str("a\n5\n" ROOT);
	assert_err(cs_tlog_checkpoint_write(&out, &c), CS_ERR_FORMAT);
	c.origin = cs_view_str("a");
	c.extensions = cs_view_str("no newline");
	assert_err(cs_tlog_checkpoint_write(&out, &c), CS_ERR_FORMAT);
	c.extensions = cs_view_str("");
	c.size = CS_TLOG_SIZE_MAX + 1;
	assert_err(cs_tlog_checkpoint_write(&out, &c), CS_ERR_LIMIT);
	cs_buf_free(&out);
}

static void
test_signed(void **state)
{
	struct cs_tlog_checkpoint c, got;
	struct cs_buf note = { 0 };
	struct cs_note_key other;
	struct cs_view origin = cs_view_str(ORIGIN);

	(void)state;
	assert_ok(cs_tlog_checkpoint_parse(&c, cs_view_str(TEXT)));
	assert_ok(cs_tlog_checkpoint_sign(&note, &c, &key, &with));
	assert_ok(
	    cs_tlog_checkpoint_open(&got, cs_buf_view(&note), &key, origin));
	assert_int_equal(got.size, c.size);
	assert_true(cs_tlog_hash_equal(&got.root, &c.root));
	assert_err(cs_tlog_checkpoint_open(&got, cs_buf_view(&note), &key,
		       cs_view_str("example.com/another")),
	    CS_ERR_MISMATCH);
	assert_ok(cs_note_key(&other, "example.com/another", with.public));
	assert_err(
	    cs_tlog_checkpoint_open(&got, cs_buf_view(&note), &other, origin),
	    CS_ERR_NOT_FOUND);
	for (size_t i = 0; i < note.len; i++) {
		note.data[i] ^= 1;
		assert_int_not_equal(cs_tlog_checkpoint_open(&got,
					 cs_buf_view(&note), &key, origin),
		    CS_OK);
		note.data[i] ^= 1;
	}
	for (size_t n = 0; n < note.len; n++)
		assert_int_not_equal(cs_tlog_checkpoint_open(&got,
					 cs_view(note.data, n), &key, origin),
		    CS_OK);
	cs_buf_free(&note);
}

/* Signed by the log, and no checkpoint. */
static void
test_signed_nonsense(void **state)
{
	static const char text[] = ORIGIN "\n1\nAAAA\n";
	char note[sizeof text + CS_NOTE_LINE_SIZE + 2];
	char line[CS_NOTE_LINE_SIZE];
	struct cs_tlog_checkpoint got;

	(void)state;
	assert_ok(cs_note_sign(line, &key, &with, cs_view_str(text)));
	snprintf(note, sizeof note, "%s\n%s", text, line);
	assert_err(cs_tlog_checkpoint_open(
		       &got, cs_view_str(note), &key, cs_view_str(ORIGIN)),
	    CS_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_write_refused),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_signed_nonsense),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
