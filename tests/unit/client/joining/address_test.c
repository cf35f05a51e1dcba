/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "client/home/client.h"
#include "support/test.h"

/* 32 bytes: zeroes and a one. */
#define KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"

static void
good(const char *text, const char *host, int port, const char *code)
{
	struct cs_client_invite link;

	assert_ok(cs_client_invite_parse(&link, text));
	assert_string_equal(link.host, host);
	assert_int_equal(link.port, port);
	assert_string_equal(link.code, code);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(link.root[i], i == 31);
}

static void
bad(const char *text)
{
	struct cs_client_invite link;

	if (cs_client_invite_parse(&link, text) != CS_ERR_FORMAT)
		fail_msg("taken: %s", text);
}

/* Build "https://", ${n} times ${c}, and ${rest}; lives until the next call. */
static const char *
repeated(const char *before, char c, size_t n, const char *rest)
{
	static char out[4096];
	size_t at = strlen(before);

	assert_true(at + n + strlen(rest) < sizeof out);
	strcpy(out, before);
	memset(out + at, c, n);
	strcpy(out + at + n, rest);
	return out;
}

static void
test_good(void **state)
{
	(void)state;
	good("https://hub.example/i/abc#" KEY, "hub.example", 443, "abc");
	good("https://hub.example:8443/i/a_B-9#" KEY, "hub.example", 8443,
	    "a_B-9");
	good("https://127.0.0.1:1/i/x#" KEY, "127.0.0.1", 1, "x");
	good("https://H-1:65535/i/x#" KEY, "H-1", 65535, "x");
}

static void
test_scheme(void **state)
{
	(void)state;
	bad("");
	bad("https://");
	bad("http://hub.example/i/abc#" KEY);
	bad("HTTPS://hub.example/i/abc#" KEY);
	bad("hub.example/i/abc#" KEY);
	bad(" https://hub.example/i/abc#" KEY);
	bad("countersign://hub.example/i/abc#" KEY);
	bad("https:/hub.example/i/abc#" KEY);
}

static void
test_host(void **state)
{
	struct cs_client_invite link;

	(void)state;
	bad("https:///i/abc#" KEY);
	bad("https://:443/i/abc#" KEY);
	bad("https://hub example/i/abc#" KEY);
	bad("https://hub\n/i/abc#" KEY);
	bad("https://hub\x1b[2J/i/abc#" KEY);
	bad("https://h\xc3\xbc.example/i/abc#" KEY);
	bad("https://user@hub.example/i/abc#" KEY);
	bad("https://hub?x/i/abc#" KEY);
	assert_ok(cs_client_invite_parse(
	    &link, repeated("https://", 'h', 255, "/i/abc#" KEY)));
	assert_int_equal(strlen(link.host), 255);
	bad(repeated("https://", 'h', 256, "/i/abc#" KEY));
}

static void
test_port(void **state)
{
	(void)state;
	bad("https://hub.example:/i/abc#" KEY);
	bad("https://hub.example:0/i/abc#" KEY);
	bad("https://hub.example:65536/i/abc#" KEY);
	bad("https://hub.example:100000/i/abc#" KEY);
	bad("https://hub.example:+443/i/abc#" KEY);
	bad("https://hub.example:-1/i/abc#" KEY);
	bad("https://hub.example: 443/i/abc#" KEY);
	bad("https://hub.example:\t443/i/abc#" KEY);
	bad("https://hub.example:443 /i/abc#" KEY);
	bad("https://hub.example:0x1b/i/abc#" KEY);
	bad("https://hub.example:44a/i/abc#" KEY);
	bad("https://hub.example:443:443/i/abc#" KEY);
}

static void
test_code(void **state)
{
	struct cs_client_invite link;

	(void)state;
	bad("https://hub.example#" KEY);
	bad("https://hub.example/#" KEY);
	bad("https://hub.example/i#" KEY);
	bad("https://hub.example/i/#" KEY);
	bad("https://hub.example/j/abc#" KEY);
	bad("https://hub.example/x/i/abc#" KEY);
	bad("https://hub.example/i/a/b#" KEY);
	bad("https://hub.example/i/a b#" KEY);
	bad("https://hub.example/i/a\x07#" KEY);
	bad("https://hub.example/i/a%62#" KEY);
	bad("https://hub.example/i/a\xc3\xa9#" KEY);
	assert_ok(cs_client_invite_parse(
	    &link, repeated("https://hub.example/i/", 'c', 64, "#" KEY)));
	assert_int_equal(strlen(link.code), 64);
	bad(repeated("https://hub.example/i/", 'c', 65, "#" KEY));
}

static void
test_key(void **state)
{
	static const char before[] = "https://hub.example/i/abc#";

	(void)state;
	bad("https://hub.example/i/abc");
	bad("https://hub.example/i/abc#");
	bad(repeated(before, 'A', 42, ""));
	bad(repeated(before, 'A', 44, ""));
	bad(repeated(before, 'A', 43, "="));
	/* Two stray bits at the end. */
	bad(repeated(before, 'A', 42, "F"));
	bad(repeated(before, 'A', 42, "B"));
	bad(repeated(before, 'A', 42, "+"));
	bad(repeated(before, 'A', 42, "/"));
	bad(repeated(before, 'A', 42, "\n"));
	bad(repeated(before, 'A', 42, "#"));
	bad("https://hub.example/i/abc##" KEY);
	bad("https://hub.example/i/abc#" KEY "\n");
}

/* A text longer than any link is another error. */
static void
test_limit(void **state)
{
	struct cs_client_invite link;

	(void)state;
	bad(repeated("https://", 'h', 1016, ""));
	assert_err(
	    cs_client_invite_parse(&link, repeated("https://", 'h', 1017, "")),
	    CS_ERR_LIMIT);
	assert_err(cs_client_invite_parse(
		       &link, repeated("https://", 'h', 3000, "/i/a#" KEY)),
	    CS_ERR_LIMIT);
}

/* Refused before a folder is made. */
static void
test_join_refused(void **state)
{
	const struct cs_view none = { NULL, 0 };
	char problem[256];

	(void)state;
	assert_err(cs_client_join(
		       "/nowhere/at/all", "nonsense", "alma", none, problem),
	    CS_ERR_FORMAT);
	assert_non_null(strstr(problem, "not an invite link"));
	assert_err(
	    cs_client_join("/nowhere/at/all", "https://hub.example/i/abc#" KEY,
		"Alma!", none, problem),
	    CS_ERR_FORMAT);
	assert_non_null(strstr(problem, "A name has"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_scheme),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_join_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
