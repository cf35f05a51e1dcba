/* SPDX-License-Identifier: MIT */
#include "crypto/web_push.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/ecdsa.h"
#include "crypto/init.h"
#include "support/test.h"

/* Of the example in RFC 8291, section 5: keys, salt, and the message. */
#define UA_PUBLIC                                                              \
	"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7V" \
	"d8pZGH6SRpkNtoIAiw4"
#define AUTH "BTBZMqHH6r4Tts7J_aSIgg"
#define AS_PRIVATE "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
#define SALT "DGv6ra1nlYgDCS1FRnbzlw"
#define PLAIN "When I grow up, I want to be a watermelon"
#define MESSAGE                                                                \
	"DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMo" \
	"ZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf" \
	"1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"

static void
read_text(uint8_t *out, size_t n, const char *text)
{
	assert_ok(cs_unbase64url(out, n, text, strlen(text)));
}

static struct cs_web_push_receiver
receiver(void)
{
	struct cs_web_push_receiver to;

	read_text(to.public, sizeof to.public, UA_PUBLIC);
	read_text(to.auth, sizeof to.auth, AUTH);
	return to;
}

static void
test_rfc8291(void **state)
{
	struct cs_web_push_receiver to = receiver();
	struct cs_web_push_key once;
	uint8_t private[32], salt[16];
	struct cs_buf out = { 0 };
	char text[512];

	(void)state;
	read_text(private, sizeof private, AS_PRIVATE);
	read_text(salt, sizeof salt, SALT);
	assert_ok(cs_web_push_key_from(&once, private));
	assert_ok(
	    cs_web_push_seal_by(&out, cs_view_str(PLAIN), &to, &once, salt));
	assert_int_equal(out.len, strlen(PLAIN) + CS_WEB_PUSH_OVERHEAD);
	cs_base64url(text, cs_buf_view(&out));
	assert_string_equal(text, MESSAGE);
	cs_buf_free(&out);
}

/* No two are alike, and all are equally long. */
static void
test_fresh(void **state)
{
	struct cs_web_push_receiver to = receiver();
	struct cs_buf a = { 0 }, b = { 0 };
	static uint8_t zeroes[CS_WEB_PUSH_PLAIN_MAX + 1];

	(void)state;
	assert_ok(cs_web_push_seal(&a, cs_view(zeroes, 64), &to));
	assert_ok(cs_web_push_seal(&b, cs_view(zeroes, 64), &to));
	assert_int_equal(a.len, 64 + CS_WEB_PUSH_OVERHEAD);
	assert_int_equal(a.len, b.len);
	assert_memory_not_equal(a.data, b.data, 16);
	assert_memory_not_equal(a.data + 21, b.data + 21, 65);
	assert_err(cs_web_push_seal(&a, CS_VIEW_OF(zeroes), &to), CS_ERR_LIMIT);
	/* A point that is none. */
	to.public[64] ^= 1;
	assert_false(cs_web_push_public_valid(to.public));
	cs_buf_reset(&a);
	assert_err(cs_web_push_seal(&a, cs_view(zeroes, 64), &to), CS_ERR_KEY);
	cs_buf_free(&a);
	cs_buf_free(&b);
}

/* The length of a DER integer of ${raw}, written to ${out}. */
static size_t
der_integer(uint8_t *out, const uint8_t raw[static 32])
{
	size_t skip = 0, n;

	while (skip < 31 && raw[skip] == 0)
		skip++;
	n = 32 - skip;
	out[0] = 2;
	out[2] = 0;
	memcpy(out + 2 + (raw[skip] >> 7), raw + skip, n);
	n += raw[skip] >> 7;
	out[1] = (uint8_t)n;
	return n + 2;
}

static void
test_vapid(void **state)
{
	static const char claims[] =
	    "{\"aud\":\"https://push.example.net\",\"exp\":1453523768,"
	    "\"sub\":\"https://chat.example.org\"}";
	struct cs_web_push_key key;
	struct cs_buf out = { 0 };
	char want[512], public[128], *dot, *comma;
	uint8_t raw[64], der[80];
	size_t n;

	(void)state;
	assert_ok(cs_web_push_key_new(&key));
	assert_ok(cs_web_push_vapid(&out, &key, "https://push.example.net",
	    "https://chat.example.org", 1453523768));
	assert_ok(cs_buf_add(&out, cs_view("", 1)));
	/* {"typ":"JWT","alg":"ES256"} is what it is in RFC 8292, section 2.4.
	 */
	snprintf(
	    want, sizeof want, "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.");
	cs_base64url(want + strlen(want), cs_view_str(claims));
	assert_memory_equal(out.data, want, strlen(want));
	dot = (char *)out.data + strlen(want);
	assert_int_equal(*dot, '.');
	comma = strchr(dot, ',');
	assert_non_null(comma);
	cs_base64url(public, CS_VIEW_OF(key.public));
	assert_memory_equal(comma, ",k=", 3);
	assert_string_equal(comma + 3, public);
	assert_ok(cs_unbase64url(
	    raw, sizeof raw, dot + 1, (size_t)(comma - dot - 1)));
	der[0] = 0x30;
	n = der_integer(der + 2, raw);
	n += der_integer(der + 2 + n, raw + 32);
	der[1] = (uint8_t)n;
	assert_ok(cs_ecdsa_verify(CS_P256, CS_VIEW_OF(key.public),
	    cs_view(out.data + 8, (size_t)(dot - (char *)out.data) - 8),
	    cs_view(der, n + 2)));
	/* What would need an escape. */
	assert_err(cs_web_push_vapid(&out, &key, "https://a\"", "x", 1),
	    CS_ERR_FORMAT);
	assert_err(
	    cs_web_push_vapid(&out, &key, "https://a", "", 1), CS_ERR_FORMAT);
	cs_buf_free(&out);
}

static void
test_keys(void **state)
{
	static const uint8_t zero[CS_WEB_PUSH_PRIVATE_LEN];
	struct cs_web_push_key a, b;

	(void)state;
	assert_ok(cs_web_push_key_new(&a));
	assert_ok(cs_web_push_key_from(&b, a.private));
	assert_memory_equal(a.public, b.public, sizeof a.public);
	assert_true(cs_web_push_public_valid(a.public));
	assert_err(cs_web_push_key_from(&b, zero), CS_ERR_KEY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc8291),
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_vapid),
		cmocka_unit_test(test_keys),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
