/* SPDX-License-Identifier: MIT */
/* Signed notes; the first is the example of Go's golang.org/x/mod/sumdb/note.
 */
#include "crypto/note.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/init.h"
#include "support/test.h"

#define PUBLIC                                                                 \
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define SEED "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define TEXT                                                                   \
	"If you think cryptography is the answer to your problem,\n"           \
	"then you don't know what your problem is.\n"
#define LINE                                                                   \
	"\xe2\x80\x94 PeterNeumann "                                           \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf" \
	"qdngotpRZb6KE6RyyBwJnAM=\n"
#define WRONG                                                                  \
	"\xe2\x80\x94 PeterNeumann "                                           \
	"x08go/YJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf" \
	"qdngotpRZb6KE6RyyBwJnAM=\n"
#define OTHERS "\xe2\x80\x94 somebody.else AAAA\n"

static struct cs_note_key key;
static struct cs_sign_key with;

static int
setup(void **state)
{
	uint8_t typed[33];

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_note_key_read(&key, cs_view_str(PUBLIC)));
	assert_ok(cs_unbase64(typed, sizeof typed, cs_view_str(SEED)));
	assert_ok(cs_sign_key_from_seed(&with, typed + 1));
	return 0;
}

static enum cs_err
verify(const char *note)
{
	struct cs_view text;
	enum cs_err err = cs_note_verify(&text, cs_view_str(note), &key);

	if (err == CS_OK)
		assert_view_equal(text, cs_view_str(TEXT));
	return err;
}

static void
test_known(void **state)
{
	char text[CS_NOTE_KEY_SIZE], line[CS_NOTE_LINE_SIZE];
	struct cs_note_key made;

	(void)state;
	assert_string_equal(key.name, "PeterNeumann");
	cs_note_key_text(text, &key);
	assert_string_equal(text, PUBLIC);
	assert_memory_equal(with.public, key.public, sizeof key.public);
	assert_ok(cs_note_key(&made, "PeterNeumann", with.public));
	assert_memory_equal(made.id, key.id, sizeof key.id);
	assert_ok(cs_note_sign(line, &key, &with, cs_view_str(TEXT)));
	assert_string_equal(line, LINE);
	assert_ok(verify(TEXT "\n" LINE));
	/* Beside others, of which nothing is known. */
	assert_ok(verify(TEXT "\n" OTHERS LINE OTHERS));
}

static void
test_tampered(void **state)
{
	static const char note[] = TEXT "\n" LINE;
	static const char *const bad[] = { "", "\n", TEXT, TEXT "\n", LINE,
		TEXT LINE, TEXT "\n" OTHERS, TEXT "\n" LINE "\n",
		TEXT "\n" LINE "more\n", TEXT "\n- PeterNeumann AAAA\n",
		TEXT "\n" LINE "\xe2\x80\x94 \n" };
	char twin[sizeof note];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_not_equal(verify(bad[i]), CS_OK);
	for (size_t i = 0; i < sizeof note - 1; i++) {
		memcpy(twin, note, sizeof note);
		twin[i] ^= 1;
		assert_int_not_equal(verify(twin), CS_OK);
	}
	/* One of ours that is wrong, beside one that is right. */
	assert_err(verify(TEXT "\n" LINE WRONG), CS_ERR_SIGNATURE);
}

static void
test_keys(void **state)
{
	static const char *const bad[] = { "", "+", "a+b", "PeterNeumann",
		"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a4+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+C74F20A3+"
		"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		PUBLIC "=", PUBLIC "A", "x" PUBLIC };
	struct cs_note_key read;
	char longest[CS_NOTE_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(cs_note_key_read(&read, cs_view_str(bad[i])),
		    CS_ERR_FORMAT);
	/* An algorithm that is not ours. */
	assert_err(cs_note_key_read(&read,
		       cs_view_str("PeterNeumann+c74f20a3+"
				   "Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/"
				   "LDE4izWy10TW")),
	    CS_ERR_UNSUPPORTED);
	memset(longest, 'a', sizeof longest);
	longest[CS_NOTE_NAME_MAX + 1] = '\0';
	assert_err(cs_note_key(&read, longest, key.public), CS_ERR_FORMAT);
	longest[CS_NOTE_NAME_MAX] = '\0';
	assert_ok(cs_note_key(&read, longest, key.public));
	assert_err(cs_note_key(&read, "a b", key.public), CS_ERR_FORMAT);
	assert_err(cs_note_key(&read, "", key.public), CS_ERR_FORMAT);
}

static void
test_base64(void **state)
{
	/* RFC 4648, section 10. */
	static const char *const plain[] = { "f", "fo", "foo", "foob", "fooba",
		"foobar" };
	static const char *const coded[] = { "Zg==", "Zm8=", "Zm9v",
		"Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	static const char *const bad[] = { "", "Zg",
		"Zg=", "Zh==", "Z===", "====", "Zg=A", "Zm9=", "Z-==", "Zg==\n",
		"Zg==Zg==" };
	uint8_t out[8];

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		assert_ok(cs_unbase64(out, i + 1, cs_view_str(coded[i])));
		assert_memory_equal(out, plain[i], i + 1);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(
		    cs_unbase64(out, 1, cs_view_str(bad[i])), CS_ERR_FORMAT);
	assert_ok(cs_unbase64(out, 3, cs_view_str("+/+/")));
	assert_err(cs_unbase64(out, 3, cs_view_str("-_-_")), CS_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
