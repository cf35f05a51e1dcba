/* SPDX-License-Identifier: MIT */
#include "client/joining/group_link.h"

#include "client/home/client.h"
#include "crypto/init.h"
#include "support/client_world.h"

/* 32 bytes: zeroes and a one; zeroes and a nine, which is X25519's base
 * point when it comes first. */
#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"
#define KEY "CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define ZERO "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void
bad(const char *text)
{
	struct client_group_link link;

	if (client_group_link_parse(&link, text) != CS_ERR_FORMAT)
		fail_msg("taken: %s", text);
}

static void
test_link(void **state)
{
	char text[CS_CLIENT_CODE_SIZE], long_one[CS_CLIENT_CODE_SIZE + 1];
	struct client_group_link link, again;

	(void)state;
	assert_ok(client_group_link_parse(
	    &link, "https://hub.example:8443/g#" ROOT "." KEY "." ROOT));
	assert_string_equal(link.host, "hub.example");
	assert_int_equal(link.port, 8443);
	assert_int_equal(link.to.root[31], 1);
	assert_int_equal(link.to.key[0], 9);
	assert_int_equal(link.to.ref[31], 1);
	client_group_link_write(text, &link);
	assert_ok(client_group_link_parse(&again, text));
	assert_memory_equal(&link, &again, sizeof link);
	assert_ok(client_group_link_parse(
	    &link, "https://hub.example/g#" ROOT "." KEY "." ROOT));
	assert_int_equal(link.port, 443);
	bad("");
	bad("http://hub.example/g#" ROOT "." KEY "." ROOT);
	bad("https://hub.example/d#" ROOT "." KEY "." ROOT);
	bad("https://hub.example/g" ROOT "." KEY "." ROOT);
	bad("https:///g#" ROOT "." KEY "." ROOT);
	bad("https://hub.example:0/g#" ROOT "." KEY "." ROOT);
	bad("https://hub.example/g#" ROOT KEY ROOT);
	bad("https://hub.example/g#" ROOT "." KEY);
	bad("https://hub.example/g#" ROOT "." KEY "." ROOT "A");
	bad("https://hub.example/g#" ROOT "." KEY "-" ROOT);
	bad("https://hub.example/g#" ROOT ".+QAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAA." ROOT);
	/* Nothing could be sealed to it. */
	bad("https://hub.example/g#" ROOT "." ZERO "." ROOT);
	memset(long_one, 'a', sizeof long_one - 1);
	long_one[sizeof long_one - 1] = '\0';
	assert_err(client_group_link_parse(&link, long_one), CS_ERR_LIMIT);
	/* The longest there can be. */
	assert_ok(client_group_link_parse(
	    &link, "https://hub.example/g#" ROOT "." KEY "." ROOT));
	memset(link.host, 'h', 255);
	link.port = 65535;
	client_group_link_write(text, &link);
	assert_ok(client_group_link_parse(&again, text));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link),
	};

	return cs_crypto_init() == CS_OK
	    ? cmocka_run_group_tests(tests, NULL, NULL)
	    : 1;
}
