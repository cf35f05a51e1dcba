/* SPDX-License-Identifier: MIT */
#include "client/home/client.h"
#include "client/joining/letters.h"
#include "crypto/init.h"
#include "support/client_world.h"

/* 32 bytes and 16 bytes: zeroes and a one. */
#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"
#define SECRET "AAAAAAAAAAAAAAAAAAAAAQ"

static void
bad(const char *text)
{
	struct client_code code;

	if (client_code_parse(&code, text) != CS_ERR_FORMAT)
		fail_msg("taken: %s", text);
}

static void
test_code(void **state)
{
	char text[CS_CLIENT_CODE_SIZE], long_one[CS_CLIENT_CODE_SIZE + 1];
	struct client_code code, again;

	(void)state;
	assert_ok(client_code_parse(
	    &code, "https://hub.example:8443/d#" ROOT "." SECRET));
	assert_string_equal(code.host, "hub.example");
	assert_int_equal(code.port, 8443);
	assert_int_equal(code.root[31], 1);
	assert_int_equal(code.secret[15], 1);
	client_code_write(text, &code);
	assert_ok(client_code_parse(&again, text));
	assert_memory_equal(&code, &again, sizeof code);
	assert_ok(
	    client_code_parse(&code, "https://hub.example/d#" ROOT "." SECRET));
	assert_int_equal(code.port, 443);
	bad("");
	bad("http://hub.example/d#" ROOT "." SECRET);
	bad("https://hub.example/i/d#" ROOT "." SECRET);
	bad("https://hub.example/d" ROOT "." SECRET);
	bad("https:///d#" ROOT "." SECRET);
	bad("https://hub.example:0/d#" ROOT "." SECRET);
	bad("https://hub.example/d#" ROOT SECRET);
	bad("https://hub.example/d#" ROOT "." SECRET "A");
	bad("https://hub.example/d#" ROOT ".AAAAAAAAAAAAAAAAAAAAA");
	bad("https://hub.example/d#" ROOT ".AAAAAAAAAAAAAAAAAAAAAR");
	bad("https://hub.example/d#" ROOT ".AAAAAAAAAAAAAAAAAAAA+Q");
	memset(long_one, 'a', sizeof long_one - 1);
	long_one[sizeof long_one - 1] = '\0';
	assert_err(client_code_parse(&code, long_one), CS_ERR_LIMIT);
}

struct letters {
	struct client_link_keys keys, other;
	struct cs_hpke_key seal_key;
	struct client_link_ask ask;
	struct client_code code;
	struct client_link_opening opening;
	struct cs_buf sealed;
};

static void
letters_init(struct letters *l)
{
	struct client_code code = { .port = 1 };
	struct cs_sign_key device_key;

	memset(l, 0, sizeof *l);
	assert_ok(client_link_commit(&l->opening, &code));
	l->code = code;
	assert_ok(client_link_keys_derive(&l->keys, &code));
	code.secret[0] ^= 1;
	assert_ok(client_link_keys_derive(&l->other, &code));
	assert_ok(cs_hpke_key_new(&l->seal_key, CS_DHKEM_X25519));
	assert_ok(cs_sign_key_new(&device_key));
	cs_random(l->ask.device, 16);
	memcpy(l->ask.device_key, device_key.public, 32);
	memcpy(l->ask.seal_key, l->seal_key.public, 32);
	strcpy(l->ask.name, "laptop");
	l->ask.history = true;
	assert_ok(client_link_ask_seal(&l->sealed, &l->keys, &l->ask));
}

static void
test_keys(void **state)
{
	struct client_code code = { .port = 1 };
	struct client_link_keys a, b;

	(void)state;
	assert_ok(client_link_keys_derive(&a, &code));
	assert_memory_not_equal(a.ask.b, a.answer.b, 32);
	/* Keys of another secret or another operator have nothing in common. */
	code.secret[15] ^= 1;
	assert_ok(client_link_keys_derive(&b, &code));
	assert_memory_not_equal(a.rendezvous, b.rendezvous, 32);
	code.secret[15] ^= 1;
	code.root[0] ^= 1;
	assert_ok(client_link_keys_derive(&b, &code));
	assert_memory_not_equal(a.rendezvous, b.rendezvous, 32);
	/* The hub's address plays no part. */
	code.root[0] ^= 1;
	code.port = 2;
	assert_ok(client_link_keys_derive(&b, &code));
	assert_memory_equal(&a, &b, sizeof a);
}

static void
test_ask(void **state)
{
	struct client_link_ask got;
	struct letters l;

	(void)state;
	letters_init(&l);
	assert_true(l.sealed.len <= CS_WIRE_LINK_ASK_MAX);
	assert_ok(client_link_ask_open(&got, &l.keys, cs_buf_view(&l.sealed)));
	assert_memory_equal(&got, &l.ask, sizeof got);
	assert_err(client_link_ask_open(&got, &l.other, cs_buf_view(&l.sealed)),
	    CS_ERR_DECRYPT);
	for (size_t i = 0; i < l.sealed.len; i++) {
		l.sealed.data[i] ^= 1;
		assert_int_not_equal(
		    client_link_ask_open(&got, &l.keys, cs_buf_view(&l.sealed)),
		    CS_OK);
		l.sealed.data[i] ^= 1;
		assert_int_not_equal(client_link_ask_open(&got, &l.keys,
					 cs_view(l.sealed.data, i)),
		    CS_OK);
	}
	cs_buf_free(&l.sealed);
}

/* A holder of the code could write invalid keys and odd names. */
static void
test_ask_contents(void **state)
{
	static const char *const names[] = { "", "two\nlines", "\x7f",
		"\xff\xfe" };
	struct client_link_ask got, ask;
	struct cs_buf sealed = { 0 };
	struct letters l;

	(void)state;
	letters_init(&l);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		ask = l.ask;
		strcpy(ask.name, names[i]);
		cs_buf_reset(&sealed);
		assert_ok(client_link_ask_seal(&sealed, &l.keys, &ask));
		assert_err(
		    client_link_ask_open(&got, &l.keys, cs_buf_view(&sealed)),
		    CS_ERR_FORMAT);
	}
	ask = l.ask;
	memset(ask.device_key, 0, 32);
	cs_buf_reset(&sealed);
	assert_ok(client_link_ask_seal(&sealed, &l.keys, &ask));
	assert_err(client_link_ask_open(&got, &l.keys, cs_buf_view(&sealed)),
	    CS_ERR_KEY);
	ask = l.ask;
	memset(ask.seal_key, 0, 32);
	cs_buf_reset(&sealed);
	assert_ok(client_link_ask_seal(&sealed, &l.keys, &ask));
	assert_err(client_link_ask_open(&got, &l.keys, cs_buf_view(&sealed)),
	    CS_ERR_KEY);
	cs_buf_free(&sealed);
	cs_buf_free(&l.sealed);
}

static void
test_number(void **state)
{
	char a[CS_CLIENT_CHECK_DIGITS + 1], b[CS_CLIENT_CHECK_DIGITS + 1];
	struct letters l;

	(void)state;
	cs_test_fixed_random(5);
	letters_init(&l);
	assert_ok(client_link_number(a, &l.opening, cs_buf_view(&l.sealed)));
	assert_int_equal(strspn(a, "0123456789"), CS_CLIENT_CHECK_DIGITS);
	assert_int_equal(strlen(a), CS_CLIENT_CHECK_DIGITS);
	assert_ok(client_link_number(b, &l.opening, cs_buf_view(&l.sealed)));
	assert_string_equal(a, b);
	/* Another letter or another code gives another number. */
	l.sealed.data[l.sealed.len - 1] ^= 1;
	assert_ok(client_link_number(b, &l.opening, cs_buf_view(&l.sealed)));
	assert_string_not_equal(a, b);
	l.sealed.data[l.sealed.len - 1] ^= 1;
	l.opening.b[31] ^= 1;
	assert_ok(client_link_number(b, &l.opening, cs_buf_view(&l.sealed)));
	assert_string_not_equal(a, b);
	cs_buf_free(&l.sealed);
	cs_test_real_random();
}

/* The number depends on what the code committed to, which nobody learns before
 * the request is made; and another opening does not fit the code. */
static void
test_opening(void **state)
{
	struct client_link_opening got, other;
	struct cs_buf sealed = { 0 };
	struct client_code code;
	struct letters l;

	(void)state;
	letters_init(&l);
	code = l.code;
	assert_ok(client_link_opening_seal(&sealed, &l.keys, &l.opening));
	assert_ok(client_link_opening_open(
	    &got, &l.keys, &code, cs_buf_view(&sealed)));
	assert_memory_equal(&got, &l.opening, sizeof got);
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.data[i] ^= 1;
		assert_int_not_equal(client_link_opening_open(&got, &l.keys,
					 &code, cs_buf_view(&sealed)),
		    CS_OK);
		sealed.data[i] ^= 1;
		assert_int_not_equal(client_link_opening_open(&got, &l.keys,
					 &code, cs_view(sealed.data, i)),
		    CS_OK);
	}
	/* Whoever has the code can seal one, but not one that fits. */
	other = l.opening;
	other.b[0] ^= 1;
	cs_buf_reset(&sealed);
	assert_ok(client_link_opening_seal(&sealed, &l.keys, &other));
	assert_err(client_link_opening_open(
		       &got, &l.keys, &code, cs_buf_view(&sealed)),
	    CS_ERR_MISMATCH);
	/* The answer is another letter. */
	cs_buf_reset(&sealed);
	assert_ok(client_link_answer_seal(&sealed, &l.keys, l.ask.seal_key,
	    cs_buf_view(&l.sealed), cs_view_str("an answer")));
	assert_err(client_link_opening_open(
		       &got, &l.keys, &code, cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	cs_buf_free(&sealed);
	cs_buf_free(&l.sealed);
}

static void
test_answer(void **state)
{
	struct cs_view plain = cs_view_str("what a device has to know");
	struct cs_buf sealed = { 0 }, got = { 0 };
	struct cs_hpke_key thief;
	struct letters l;

	(void)state;
	letters_init(&l);
	assert_ok(client_link_answer_seal(
	    &sealed, &l.keys, l.ask.seal_key, cs_buf_view(&l.sealed), plain));
	assert_ok(client_link_answer_open(&got, &l.keys, &l.seal_key,
	    cs_buf_view(&l.sealed), cs_buf_view(&sealed)));
	assert_view_equal(cs_buf_view(&got), plain);
	/* A holder of the code without the confirmed key cannot open it. */
	assert_ok(cs_hpke_key_new(&thief, CS_DHKEM_X25519));
	assert_err(client_link_answer_open(&got, &l.keys, &thief,
		       cs_buf_view(&l.sealed), cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	/* Nor can a holder of the key without the code, or with another letter.
	 */
	assert_err(client_link_answer_open(&got, &l.other, &l.seal_key,
		       cs_buf_view(&l.sealed), cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	assert_err(client_link_answer_open(&got, &l.keys, &l.seal_key,
		       cs_view_str("x"), cs_buf_view(&sealed)),
	    CS_ERR_DECRYPT);
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.data[i] ^= 1;
		assert_int_not_equal(
		    client_link_answer_open(&got, &l.keys, &l.seal_key,
			cs_buf_view(&l.sealed), cs_buf_view(&sealed)),
		    CS_OK);
		sealed.data[i] ^= 1;
	}
	cs_buf_free(&sealed);
	cs_buf_free(&got);
	cs_buf_free(&l.sealed);
}

static enum cs_err
try_ask(void *arg)
{
	struct letters *l = arg;
	struct cs_buf out = { 0 };
	enum cs_err err = client_link_ask_seal(&out, &l->keys, &l->ask);

	cs_buf_free(&out);
	return err;
}

static void
test_allocations(void **state)
{
	struct letters l;

	(void)state;
	letters_init(&l);
	cs_test_allocations(try_ask, &l);
	cs_buf_free(&l.sealed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_ask_contents),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_opening),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
