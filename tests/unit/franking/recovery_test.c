/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>

#include "crypto/init.h"
#include "franking/recovery.h"
#include "support/test.h"

static enum cs_err
read_words(struct cs_recovery *out, int *word, const char *text)
{
	memset(out, 0xff, sizeof *out);
	return cs_recovery_read(out, word, text);
}

/* Bits, words, checksum and key, as computed with Python's hmac and hashlib. */
static void
test_known(void **state)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 0x35, 0x61, 0xf4, 0xdb,
		0x5a, 0xe2, 0xc5, 0x07, 0x01, 0xce, 0x93, 0x1e, 0xf5, 0xc6,
		0xb3, 0x51, 0x48, 0x73, 0x4b, 0x4a, 0xef, 0xdc, 0x18, 0xd7,
		0x9b, 0x1f, 0x3a, 0x93, 0xaa, 0x9d, 0x8e, 0x67 };
	struct cs_recovery zero = { { 0 } }, got;
	char text[CS_RECOVERY_TEXT_SIZE];
	struct cs_sign_key key;
	int word;

	(void)state;
	assert_ok(cs_recovery_write(text, &zero));
	assert_string_equal(text,
	    "abandon abandon abandon abandon abandon abandon abandon abandon "
	    "abandon abandon abandon abhor");
	assert_ok(read_words(&got, &word, text));
	assert_memory_equal(&got, &zero, sizeof got);
	assert_ok(cs_recovery_key(&key, &zero));
	assert_memory_equal(key.seed, seed, sizeof seed);
}

static void
test_there_and_back(void **state)
{
	char text[CS_RECOVERY_TEXT_SIZE], loud[2 * CS_RECOVERY_TEXT_SIZE];
	struct cs_recovery r, got;
	int word;

	(void)state;
	for (int i = 0; i < 500; i++) {
		size_t n = 0;

		cs_recovery_new(&r);
		assert_ok(cs_recovery_write(text, &r));
		assert_true(strlen(text) < sizeof text);
		assert_ok(read_words(&got, &word, text));
		assert_memory_equal(&got, &r, sizeof r);
		/* In capitals, with commas, and four letters of each. */
		for (const char *p = text; *p != '\0';) {
			for (int k = 0; *p != '\0' && *p != ' '; k++, p++)
				if (k < 4)
					loud[n++] = (char)toupper(*p);
			loud[n++] = ',';
			loud[n++] = '\n';
			p += *p == ' ';
		}
		loud[n] = '\0';
		assert_ok(read_words(&got, &word, loud));
		assert_memory_equal(&got, &r, sizeof r);
	}
}

/* A wrong word is named; two in the wrong order are mostly noticed. */
static void
test_wrong(void **state)
{
	char text[CS_RECOVERY_TEXT_SIZE], bad[2 * CS_RECOVERY_TEXT_SIZE];
	struct cs_recovery r, got, zero = { { 0 } };
	int word, missed = 0;
	char *second;

	(void)state;
	cs_recovery_new(&r);
	assert_ok(cs_recovery_write(text, &r));
	second = strchr(text, ' ') + 1;
	snprintf(bad, sizeof bad, "%.*szzzz %s", (int)(second - text), text,
	    strchr(second, ' ') + 1);
	assert_err(read_words(&got, &word, bad), CS_ERR_FORMAT);
	assert_int_equal(word, 2);
	assert_memory_equal(&got, &zero, sizeof got);
	assert_err(read_words(&got, &word, second), CS_ERR_FORMAT);
	assert_int_equal(word, 0);
	snprintf(bad, sizeof bad, "%s %.4s", text, text);
	assert_err(read_words(&got, &word, bad), CS_ERR_FORMAT);
	assert_int_equal(word, 0);
	assert_err(read_words(&got, &word, ""), CS_ERR_FORMAT);
	/* Three letters say nothing, and neither does a longer word. */
	snprintf(bad, sizeof bad, "%.3s %s", text, second);
	assert_err(read_words(&got, &word, bad), CS_ERR_FORMAT);
	assert_int_equal(word, 1);
	snprintf(bad, sizeof bad, "%.*sxxxxxxxx %s", (int)(second - text) - 1,
	    text, second);
	assert_err(read_words(&got, &word, bad), CS_ERR_FORMAT);
	assert_int_equal(word, 1);
	for (int i = 0; i < 200; i++) {
		enum cs_err err;

		cs_recovery_new(&r);
		assert_ok(cs_recovery_write(text, &r));
		second = strchr(text, ' ') + 1;
		snprintf(bad, sizeof bad, "%.*s %.*s %s",
		    (int)(strchr(second, ' ') - second), second,
		    (int)(second - text) - 1, text, strchr(second, ' ') + 1);
		err = read_words(&got, &word, bad);
		if (err == CS_OK)
			missed++;
		else
			assert_err(err, CS_ERR_MISMATCH);
	}
	/* One in 16 has the same four bits. */
	assert_true(missed < 50);
}

/* Whoever writes a word down badly has written no other word of the list. */
static void
test_list(void **state)
{
	struct cs_recovery r = { { 0 } };
	static char words[2048][8];
	char text[CS_RECOVERY_TEXT_SIZE];

	(void)state;
	/* The first eleven bits are the first word. */
	for (unsigned i = 0; i < 2048; i++) {
		r.b[0] = (uint8_t)(i >> 3);
		r.b[1] = (uint8_t)(i << 5);
		assert_ok(cs_recovery_write(text, &r));
		assert_int_equal(sscanf(text, "%7s", words[i]), 1);
		assert_true(strlen(words[i]) >= 4);
		for (const char *p = words[i]; *p != '\0'; p++)
			assert_true(*p >= 'a' && *p <= 'z');
		if (i != 0) {
			assert_true(strcmp(words[i - 1], words[i]) < 0);
			assert_true(strncmp(words[i - 1], words[i], 4) != 0);
		}
	}
	for (unsigned i = 0; i < 2048; i++)
		for (unsigned k = 0; k < i; k++) {
			unsigned differ = 0;

			for (unsigned l = 0; l < 8; l++)
				differ += words[i][l] != words[k][l];
			assert_true(differ > 1);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_list),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
