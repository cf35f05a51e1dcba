/* SPDX-License-Identifier: MIT */
/*
 * crowd DIR LINK FROM N TO: N members join a hub by its link, as m0000 and so
 * on, counted from FROM, each with a home of that name in DIR; and each writes
 * one message to TO.  In one process, because a program a member would take
 * many times as long.
 */

#include <stdio.h>
#include <stdlib.h>

#include "client/home/client.h"
#include "crypto/init.h"
#include "crypto/suite.h"

static void
must(enum cs_err err, const char *what, const char *problem)
{
	if (err == CS_OK)
		return;
	fprintf(stderr, "crowd: %s: %s %s\n", what, cs_err_text(err), problem);
	exit(1);
}

static void
one(const char *dir, const char *link, unsigned long number, const char *to)
{
	const struct cs_view none = cs_view_str("");
	const struct cs_client_outgoing out = { .to = to,
		.begin = cs_client_begin_with_anybody,
		.text = cs_view_str("come and buy") };
	char name[16], home[4096], problem[256] = "", mid[65];
	struct cs_client *c = NULL;

	snprintf(name, sizeof name, "m%04lu", number);
	snprintf(home, sizeof home, "%s/%s", dir, name);
	must(cs_client_join(home, link, name, none, problem), name, problem);
	must(cs_client_open(&c, home, none), name, "");
	must(cs_client_connect(c), name, "");
	must(cs_client_send(c, &out, mid), name, "");
	cs_client_close(c);
}

int
main(int argc, char **argv)
{
	unsigned long from, n;

	if (argc != 6)
		return 64;
	from = strtoul(argv[3], NULL, 10);
	n = strtoul(argv[4], NULL, 10);
	must(cs_crypto_init(), "start", "");
	for (unsigned long i = from; i < from + n; i++)
		one(argv[1], argv[2], i, argv[5]);
	return 0;
}
