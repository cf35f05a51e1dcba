/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/letter.h"
#include "crypto/init.h"
#include "support/test.h"

static const uint8_t subject[16] = { 1, 2 }, other_subject[16] = { 1, 3 };

static void
test_letter(void **state)
{
	const struct cs_letter letter = { cs_view_str("en"),
		cs_view_str("I did not write this.") };
	uint8_t reply[32], same[32], zero[32] = { 0 };
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_hpke_key desk, other;
	struct cs_letter got;

	(void)state;
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	assert_ok(cs_hpke_key_new(&other, CS_DHKEM_X25519));
	assert_ok(
	    cs_letter_seal(&sealed, reply, &letter, cs_hpke_key_public(&desk)));
	assert_view_equal(cs_view(sealed.data, 9), cs_view_str("CSLETTER1"));
	assert_int_equal(
	    sealed.len, 9 + 32 + 1 + 1 + 2 + 1 + letter.text.len + 16);
	assert_ok(
	    cs_letter_open(&got, &plain, same, cs_buf_view(&sealed), &desk));
	assert_view_equal(got.language, letter.language);
	assert_view_equal(got.text, letter.text);
	assert_memory_equal(reply, same, 32);
	assert_memory_not_equal(reply, zero, 32);
	/* Somebody else's key, every byte flipped, every length too short. */
	assert_err(
	    cs_letter_open(&got, &plain, same, cs_buf_view(&sealed), &other),
	    CS_ERR_DECRYPT);
	assert_memory_equal(same, zero, 32);
	for (size_t i = 0; i < sealed.len; i++) {
		enum cs_err err;

		sealed.data[i] ^= 1;
		err = cs_letter_open(
		    &got, &plain, same, cs_buf_view(&sealed), &desk);
		assert_err(err, i < 9 ? CS_ERR_FORMAT : CS_ERR_DECRYPT);
		assert_memory_equal(same, zero, 32);
		sealed.data[i] ^= 1;
		err = cs_letter_open(
		    &got, &plain, same, cs_view(sealed.data, i), &desk);
		assert_err(err, i < 9 + 32 ? CS_ERR_FORMAT : CS_ERR_DECRYPT);
	}
	cs_buf_free(&sealed);
	cs_buf_free(&plain);
}

static enum cs_err
parse(const char *bytes, size_t n)
{
	struct cs_letter got;

	return cs_letter_parse(&got, cs_view(bytes, n));
}

static void
test_plain(void **state)
{
	static uint8_t long_text[CS_LETTER_TEXT_MAX + 1];
	struct cs_letter letter = { cs_view_str("en"), { NULL, 0 } };
	struct cs_buf out = { 0 }, plain = { 0 };
	struct cs_hpke_key desk;
	struct cs_letter got;
	uint8_t reply[32];

	(void)state;
	assert_ok(parse("\1\2en\4text", 9));
	assert_ok(parse("\1\0\1t", 4));
	assert_err(parse("\0\2en\4text", 9), CS_ERR_VERSION);
	assert_err(parse("\2\2en\4text", 9), CS_ERR_VERSION);
	assert_err(parse("\1\2en\4text!", 10), CS_ERR_FORMAT);
	assert_err(parse("\1\2en\4tex", 8), CS_ERR_FORMAT);
	assert_err(parse("\1\2en\0", 5), CS_ERR_FORMAT);
	assert_err(parse("\1\2en\1\xff", 6), CS_ERR_FORMAT);
	assert_err(parse("\1\1\xff\1t", 5), CS_ERR_FORMAT);
	assert_err(parse("\1\x11pp-pppppppp-ppppp\1t", 21), CS_ERR_LIMIT);
	assert_err(parse("", 0), CS_ERR_FORMAT);
	/* What could not be read is not written. */
	memset(long_text, 't', sizeof long_text);
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	assert_err(
	    cs_letter_seal(&out, reply, &letter, cs_hpke_key_public(&desk)),
	    CS_ERR_FORMAT);
	letter.text = CS_VIEW_OF(long_text);
	assert_err(
	    cs_letter_seal(&out, reply, &letter, cs_hpke_key_public(&desk)),
	    CS_ERR_LIMIT);
	assert_int_equal(out.len, 0);
	letter.text.len--;
	assert_ok(
	    cs_letter_seal(&out, reply, &letter, cs_hpke_key_public(&desk)));
	assert_ok(
	    cs_letter_open(&got, &plain, reply, cs_buf_view(&out), &desk));
	assert_int_equal(got.text.len, CS_LETTER_TEXT_MAX);
	cs_buf_free(&out);
	cs_buf_free(&plain);
}

static void
test_reply(void **state)
{
	static uint8_t long_text[CS_LETTER_TEXT_MAX + 1];
	const struct cs_view text = cs_view_str("Who is the other one?");
	uint8_t key[32] = { 7 }, other[32] = { 8 };
	struct cs_buf sealed = { 0 }, out = { 0 };

	(void)state;
	assert_ok(cs_reply_seal(&sealed, key, subject, text));
	assert_ok(cs_reply_open(&out, key, subject, cs_buf_view(&sealed)));
	assert_view_equal(cs_buf_view(&out), text);
	cs_buf_reset(&out);
	assert_err(cs_reply_open(&out, other, subject, cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	/* The hub passes it off as being about something else. */
	assert_err(
	    cs_reply_open(&out, key, other_subject, cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	for (size_t i = 1; i < sealed.len; i++) {
		sealed.data[i] ^= 0x80;
		assert_err(
		    cs_reply_open(&out, key, subject, cs_buf_view(&sealed)),
		    CS_ERR_DECRYPT);
		sealed.data[i] ^= 0x80;
	}
	sealed.data[0] ^= 3;
	assert_err(cs_reply_open(&out, key, subject, cs_buf_view(&sealed)),
	    CS_ERR_VERSION);
	assert_err(cs_reply_open(&out, key, subject, cs_view(sealed.data, 20)),
	    CS_ERR_FORMAT);
	assert_int_equal(out.len, 0);
	memset(long_text, 't', sizeof long_text);
	cs_buf_reset(&sealed);
	assert_err(cs_reply_seal(&sealed, key, subject, CS_VIEW_OF(long_text)),
	    CS_ERR_LIMIT);
	assert_err(cs_reply_seal(&sealed, key, subject, cs_view_str("\xc0")),
	    CS_ERR_FORMAT);
	assert_int_equal(sealed.len, 0);
	cs_buf_free(&sealed);
	cs_buf_free(&out);
}

/* A report's reply key; and a report is no letter. */
static void
test_evidence(void **state)
{
	const struct cs_view bundle = cs_view_str("CSEV and so on");
	uint8_t reply[32], same[32], again[32];
	struct cs_buf sealed = { 0 }, out = { 0 };
	struct cs_hpke_key desk;
	struct cs_letter got;

	(void)state;
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	assert_ok(cs_evidence_seal_reply(
	    &sealed, reply, bundle, cs_hpke_key_public(&desk)));
	assert_ok(
	    cs_evidence_open_reply(&out, same, cs_buf_view(&sealed), &desk));
	assert_view_equal(cs_buf_view(&out), bundle);
	assert_memory_equal(reply, same, 32);
	/* Who wants no key opens it, too. */
	cs_buf_reset(&out);
	assert_ok(cs_evidence_open(&out, cs_buf_view(&sealed), &desk));
	assert_view_equal(cs_buf_view(&out), bundle);
	assert_err(
	    cs_letter_open(&got, &out, same, cs_buf_view(&sealed), &desk),
	    CS_ERR_FORMAT);
	/* The info is in the keys: another magic does not help. */
	memcpy(sealed.data, "CSLETTER1", 9);
	assert_err(
	    cs_letter_open(&got, &out, same, cs_buf_view(&sealed), &desk),
	    CS_ERR_DECRYPT);
	/* No two have the same. */
	cs_buf_reset(&sealed);
	assert_ok(cs_evidence_seal_reply(
	    &sealed, again, bundle, cs_hpke_key_public(&desk)));
	assert_memory_not_equal(reply, again, 32);
	cs_buf_free(&sealed);
	cs_buf_free(&out);
}

static enum cs_err
try_all(void *arg)
{
	const struct cs_letter letter = { cs_view_str(""), cs_view_str("t") };
	const struct cs_hpke_key *desk = arg;
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_letter got;
	uint8_t reply[32];
	enum cs_err err;

	if ((err = cs_letter_seal(
		 &sealed, reply, &letter, cs_hpke_key_public(desk))) == CS_OK &&
	    (err = cs_letter_open(
		 &got, &plain, reply, cs_buf_view(&sealed), desk)) == CS_OK) {
		cs_buf_reset(&sealed);
		err = cs_reply_seal(&sealed, reply, subject, got.text);
	}
	if (err == CS_OK)
		err =
		    cs_reply_open(&plain, reply, subject, cs_buf_view(&sealed));
	cs_buf_free(&sealed);
	cs_buf_free(&plain);
	return err;
}

static void
test_allocations(void **state)
{
	struct cs_hpke_key desk;

	(void)state;
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	cs_test_allocations(try_all, &desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letter),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
