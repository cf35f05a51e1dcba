/* SPDX-License-Identifier: MIT */
#include "tlog/cosign.h"

#include <stdio.h>

#include "crypto/init.h"
#include "support/test.h"

#define TEXT                                                                   \
	"example.com/behind-the-sofa\n20852163\n"                              \
	"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define NAME "witness.example.com/w1"
/* C2SP tlog-cosignature's own example, of a key that it does not tell. */
#define OTHERS                                                                 \
	"\xe2\x80\x94 witness.example.com/w1 "                                 \
	"jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b"  \
	"2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
#define TIME_S 1679315147

static struct cs_sign_key with;
static struct cs_tlog_cosigner who;

static int
setup(void **state)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 9 };

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_from_seed(&with, seed));
	assert_ok(cs_tlog_cosigner(&who, NAME, with.public));
	return 0;
}

static enum cs_err
cosigned(uint64_t *time_s, const char *text, const char *lines)
{
	char note[4096];

	snprintf(note, sizeof note, "%s\n%s", text, lines);
	return cs_tlog_cosigned(time_s, cs_view_str(note), &who);
}

static void
test_known(void **state)
{
	char line[CS_TLOG_COSIGN_LINE_SIZE], twice[4096];
	uint64_t at = 5;

	(void)state;
	assert_ok(cs_tlog_cosign(line, &who, &with, cs_view_str(TEXT), TIME_S));
	assert_int_equal(strlen(line), strlen(OTHERS));
	assert_ok(cosigned(&at, TEXT, line));
	assert_int_equal(at, TIME_S);
	/* Beside those of others, of the same name too; the last time counts.
	 */
	snprintf(twice, sizeof twice, OTHERS "%s" OTHERS, line);
	assert_ok(
	    cs_tlog_cosign(line, &who, &with, cs_view_str(TEXT), TIME_S - 1));
	strncat(twice, line, sizeof twice - strlen(twice) - 1);
	assert_ok(cosigned(&at, TEXT, twice));
	assert_int_equal(at, TIME_S);
	assert_err(cosigned(&at, TEXT, OTHERS), CS_ERR_NOT_FOUND);
	assert_err(cosigned(&at, TEXT, ""), CS_ERR_NOT_FOUND);
	assert_ok(cs_tlog_cosign(
	    line, &who, &with, cs_view_str(TEXT), CS_TLOG_COSIGN_TIME_MAX));
	assert_ok(cosigned(&at, TEXT, line));
	assert_int_equal(at, CS_TLOG_COSIGN_TIME_MAX);
}

static void
test_tampered(void **state)
{
	char line[CS_TLOG_COSIGN_LINE_SIZE], many[4096] = "";
	uint64_t at;

	(void)state;
	assert_ok(cs_tlog_cosign(line, &who, &with, cs_view_str(TEXT), TIME_S));
	for (size_t i = 0; line[i] != '\0'; i++) {
		line[i] ^= 1;
		assert_int_not_equal(cosigned(&at, TEXT, line), CS_OK);
		line[i] ^= 1;
	}
	/* Of another text, with an extension line, or none of a checkpoint. */
	assert_err(cosigned(&at, TEXT "more\n", line), CS_ERR_SIGNATURE);
	assert_err(cosigned(&at, "text\n", line), CS_ERR_FORMAT);
	snprintf(many, sizeof many, "%s\xe2\x80\x94 a\x01z AAAA\n", line);
	assert_err(cosigned(&at, TEXT, many), CS_ERR_FORMAT);
	many[0] = '\0';
	for (int i = 0; i < 17; i++)
		strncat(many, OTHERS, sizeof many - strlen(many) - 1);
	assert_err(cosigned(&at, TEXT, many), CS_ERR_FORMAT);
	assert_err(
	    cs_tlog_cosign(line, &who, &with, cs_view_str("text\n"), TIME_S),
	    CS_ERR_FORMAT);
	assert_err(cs_tlog_cosign(line, &who, &with, cs_view_str(TEXT),
		       CS_TLOG_COSIGN_TIME_MAX + 1),
	    CS_ERR_LIMIT);
}

/* A signature of the text alone is none of these, and the other way round. */
static void
test_types(void **state)
{
	char line[CS_NOTE_LINE_SIZE], cosign[CS_TLOG_COSIGN_LINE_SIZE];
	char text[CS_NOTE_KEY_SIZE], note[4096];
	struct cs_tlog_cosigner read;
	struct cs_note_key plain;
	struct cs_view got;
	uint64_t at;

	(void)state;
	assert_ok(cs_note_key(&plain, NAME, with.public));
	assert_int_not_equal(memcmp(plain.id, who.key.id, sizeof plain.id), 0);
	assert_ok(cs_note_sign(line, &plain, &with, cs_view_str(TEXT)));
	assert_err(cosigned(&at, TEXT, line), CS_ERR_NOT_FOUND);
	assert_ok(
	    cs_tlog_cosign(cosign, &who, &with, cs_view_str(TEXT), TIME_S));
	snprintf(note, sizeof note, "%s\n%s", TEXT, cosign);
	assert_err(
	    cs_note_verify(&got, cs_view_str(note), &plain), CS_ERR_NOT_FOUND);
	cs_tlog_cosigner_text(text, &who);
	assert_ok(cs_tlog_cosigner_read(&read, cs_view_str(text)));
	assert_string_equal(read.key.name, who.key.name);
	assert_memory_equal(read.key.id, who.key.id, sizeof who.key.id);
	assert_memory_equal(
	    read.key.public, who.key.public, sizeof who.key.public);
	assert_err(
	    cs_note_key_read(&plain, cs_view_str(text)), CS_ERR_UNSUPPORTED);
	cs_note_key_text(text, &plain);
	assert_err(cs_tlog_cosigner_read(&read, cs_view_str(text)),
	    CS_ERR_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
