/* SPDX-License-Identifier: MIT */
/*
 * flood HOME TO FROM N: the member of HOME writes N short messages to TO,
 * "message 00000" and so on, counted from FROM, over one connection.  In one
 * process, because a program a message would take many times as long.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client/home/client.h"
#include "crypto/init.h"
#include "crypto/suite.h"

static void
must(enum cs_err err, const char *what, const struct cs_client *c)
{
	if (err == CS_OK)
		return;
	fprintf(stderr, "flood: %s: %s %s\n", what, cs_err_text(err),
	    c != NULL ? cs_client_problem(c) : "");
	exit(1);
}

int
main(int argc, char **argv)
{
	struct cs_client_outgoing out = { 0 };
	struct cs_client *c = NULL;
	char text[128], mid[65];
	unsigned long from, n;

	if (argc != 5) {
		fprintf(stderr, "usage: flood HOME TO FROM N\n");
		return 64;
	}
	must(cs_crypto_init(), "the libraries of cryptography", NULL);
	must(cs_client_open(&c, argv[1], cs_view_str("")), argv[1], NULL);
	must(cs_client_connect(c), "connecting", c);
	out.to = argv[2];
	from = strtoul(argv[3], NULL, 10);
	n = strtoul(argv[4], NULL, 10);
	for (unsigned long i = from; i < from + n; i++) {
		snprintf(text, sizeof text,
		    "message %05lu, as long as people write on a telephone", i);
		out.text = cs_view_str(text);
		must(cs_client_send(c, &out, mid), text, c);
	}
	cs_client_close(c);
	return 0;
}
