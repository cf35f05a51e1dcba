/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/letter.h"
#include "crypto/init.h"
#include "support/operator.h"
#include "support/test.h"

#define NOW_S 1700000000u

static const uint8_t subject[16] = { 1, 2 }, other_subject[16] = { 1, 3 };
static const uint8_t report_key[32] = { 9 };
static const struct cs_letter_about about = {
	.id = { 5 }, .kind = 1, .subject = { 1, 2 }, .account = { 6 }
};

/* Whoever the letter is about. */
struct writer {
	struct test_operator operator;
	struct cs_sign_key account, device;
	struct cs_buf credential;
	struct cs_letter_author author;
};

static void
writer_init(struct writer *w)
{
	struct cs_device_cert cert = { .handle = cs_view_str("alma"),
		.device = { 7 },
		.not_before = NOW_S - 1000,
		.not_after = NOW_S + 1000 };

	memset(w, 0, sizeof *w);
	test_operator_init(&w->operator, NOW_S);
	assert_ok(cs_sign_key_new(&w->account));
	assert_ok(cs_sign_key_new(&w->device));
	memcpy(cert.account, about.account, 16);
	memcpy(cert.public, w->device.public, 32);
	test_credential(&w->credential, &w->operator, & cert, &w->account);
	w->author.credential = cs_buf_view(&w->credential);
	w->author.device_key = &w->device;
}

static void
writer_clear(struct writer *w)
{
	cs_buf_free(&w->credential);
	test_operator_clear(&w->operator);
}

static void
test_letter(void **state)
{
	const struct cs_letter letter = { .language = cs_view_str("en"),
		.text = cs_view_str("I did not write this.") };
	struct writer w;
	uint8_t reply[32], same[32], zero[32] = { 0 };
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_hpke_key desk, other;
	struct cs_letter got;

	(void)state;
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	assert_ok(cs_hpke_key_new(&other, CS_DHKEM_X25519));
	writer_init(&w);
	assert_ok(cs_letter_seal(&sealed, reply, &letter, &about, &w.author,
	    cs_hpke_key_public(&desk)));
	assert_view_equal(cs_view(sealed.data, 9), cs_view_str("CSLETTER1"));
	assert_int_equal(sealed.len,
	    9 + 32 + 1 + 1 + 2 + 1 + letter.text.len + 2 + w.credential.len +
		2 + CS_SIGNATURE_LEN + 16);
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
	writer_clear(&w);
}

/* What was written is about one thing, by one writer, under one number. */
static void
test_author(void **state)
{
	const struct cs_letter letter = { .language = cs_view_str("en"),
		.text = cs_view_str("I did not write this.") };
	struct cs_letter_about lie;
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_hpke_key desk;
	struct cs_letter got;
	struct writer w;
	uint8_t reply[32], *root;

	(void)state;
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	writer_init(&w);
	root = w.operator.root.public;
	assert_ok(cs_letter_seal(&sealed, reply, &letter, &about, &w.author,
	    cs_hpke_key_public(&desk)));
	assert_ok(
	    cs_letter_open(&got, &plain, reply, cs_buf_view(&sealed), &desk));
	assert_ok(cs_letter_check(&got, &about, root, NOW_S));
	/* Moved, replayed under another number, of another kind. */
	lie = about;
	lie.subject[15] ^= 1;
	assert_err(cs_letter_check(&got, &lie, root, NOW_S), CS_ERR_SIGNATURE);
	lie = about;
	lie.id[0] ^= 1;
	assert_err(cs_letter_check(&got, &lie, root, NOW_S), CS_ERR_SIGNATURE);
	lie = about;
	lie.kind++;
	assert_err(cs_letter_check(&got, &lie, root, NOW_S), CS_ERR_SIGNATURE);
	lie = about;
	lie.account[0] ^= 1;
	assert_err(cs_letter_check(&got, &lie, root, NOW_S), CS_ERR_MISMATCH);
	/* Other words, another operator, after the device's time. */
	got.text.len--;
	assert_err(
	    cs_letter_check(&got, &about, root, NOW_S), CS_ERR_SIGNATURE);
	got.text.len++;
	assert_err(
	    cs_letter_check(&got, &about, w.operator.registrar.public, NOW_S),
	    CS_ERR_CERT);
	assert_err(
	    cs_letter_check(&got, &about, root, NOW_S + 1001), CS_ERR_EXPIRED);
	assert_err(
	    cs_letter_check_unnamed(&got, &about, report_key), CS_ERR_MISMATCH);
	cs_buf_free(&sealed);
	cs_buf_free(&plain);
	writer_clear(&w);
}

/* Who reported without a name proves to be the one who reported. */
static void
test_unnamed(void **state)
{
	const struct cs_letter letter = { .text = cs_view_str("Look again.") };
	const struct cs_letter_author author = { .report_key = report_key };
	struct cs_letter_about lie = about;
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_hpke_key desk;
	struct cs_letter got;
	uint8_t reply[32], other[32] = { 1 };

	(void)state;
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	assert_ok(cs_letter_seal(&sealed, reply, &letter, &about, &author,
	    cs_hpke_key_public(&desk)));
	assert_ok(
	    cs_letter_open(&got, &plain, reply, cs_buf_view(&sealed), &desk));
	assert_int_equal(got.credential.len, 0);
	assert_ok(cs_letter_check_unnamed(&got, &about, report_key));
	/* Whose account it is, the desk is not told. */
	lie.account[0] ^= 1;
	assert_ok(cs_letter_check_unnamed(&got, &lie, report_key));
	lie = about;
	lie.subject[0] ^= 1;
	assert_err(
	    cs_letter_check_unnamed(&got, &lie, report_key), CS_ERR_SIGNATURE);
	assert_err(
	    cs_letter_check_unnamed(&got, &about, other), CS_ERR_SIGNATURE);
	got.proof.len--;
	assert_err(cs_letter_check_unnamed(&got, &about, report_key),
	    CS_ERR_SIGNATURE);
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
	struct cs_letter letter = { .language = cs_view_str("en") };
	const struct cs_letter_author author = { .report_key = report_key };
	struct cs_buf out = { 0 }, plain = { 0 };
	struct cs_hpke_key desk;
	struct cs_letter got;
	uint8_t reply[32];

	(void)state;
	assert_ok(parse("\1\2en\4text\0\1p", 12));
	assert_ok(parse("\1\0\1t\0\0", 6));
	assert_err(parse("\0\2en\4text\0\1p", 12), CS_ERR_VERSION);
	assert_err(parse("\2\2en\4text\0\1p", 12), CS_ERR_VERSION);
	assert_err(parse("\1\2en\4text\0\1p!", 13), CS_ERR_FORMAT);
	assert_err(parse("\1\2en\4text\0\1", 11), CS_ERR_FORMAT);
	assert_err(parse("\1\2en\0\0\0", 7), CS_ERR_FORMAT);
	assert_err(parse("\1\2en\1\xff\0\0", 8), CS_ERR_FORMAT);
	assert_err(parse("\1\1\xff\1t\0\0", 7), CS_ERR_FORMAT);
	assert_err(parse("\1\x11pp-pppppppp-ppppp\1t", 21), CS_ERR_LIMIT);
	assert_err(parse("", 0), CS_ERR_FORMAT);
	/* What could not be read is not written. */
	memset(long_text, 't', sizeof long_text);
	assert_ok(cs_hpke_key_new(&desk, CS_DHKEM_X25519));
	assert_err(cs_letter_seal(&out, reply, &letter, &about, &author,
		       cs_hpke_key_public(&desk)),
	    CS_ERR_FORMAT);
	letter.text = CS_VIEW_OF(long_text);
	assert_err(cs_letter_seal(&out, reply, &letter, &about, &author,
		       cs_hpke_key_public(&desk)),
	    CS_ERR_LIMIT);
	assert_int_equal(out.len, 0);
	letter.text.len--;
	assert_ok(cs_letter_seal(
	    &out, reply, &letter, &about, &author, cs_hpke_key_public(&desk)));
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
	const struct cs_letter letter = { .text = cs_view_str("t") };
	const struct cs_letter_author author = { .report_key = report_key };
	const struct cs_hpke_key *desk = arg;
	struct cs_buf sealed = { 0 }, plain = { 0 };
	struct cs_letter got;
	uint8_t reply[32];
	enum cs_err err;

	if ((err = cs_letter_seal(&sealed, reply, &letter, &about, &author,
		 cs_hpke_key_public(desk))) == CS_OK &&
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
		cmocka_unit_test(test_author),
		cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
