/* SPDX-License-Identifier: MIT */
/* countersignd: the hub. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/report_error.h"
#include "crypto/suite.h"
#include "hub/admin.h"
#include "hub/hub.h"

/* Letters, digits, dots and hyphens; at most 255: it stands in links. */
static bool
name_valid(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= 255 && s[0] != '.' && s[0] != '-' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n;
}

static int
run_init(const struct cli_args *args)
{
	const char *dir = cli_arg(args, 0);
	const char *name = cli_value(args, "name");
	const char *listen = cli_value(args, "listen");
	char host[CLI_HOST_SIZE], root[CS_HUB_ROOT_TEXT_SIZE];
	int port;
	enum cs_err err;

	if (name == NULL)
		name = "localhost";
	if (listen == NULL)
		listen = "127.0.0.1:7443";
	if (!name_valid(name))
		return cli_fail(
		    CLI_USAGE, "--name takes a host name in small letters.");
	if (!cli_listen(host, &port, listen, 1))
		return cli_fail(CLI_USAGE,
		    "--listen takes an address and a port, such as "
		    "127.0.0.1:7443.");
	err = cs_hub_init(dir, name, host, port);
	if (err == CS_ERR_EXISTS)
		return cli_fail(
		    CLI_NOT_DONE, "There is a hub in %s already.", dir);
	if (err == CS_OK)
		err = cs_hub_root(root, dir);
	if (err)
		return report_error(
		    err, "The hub could not be made in %s", dir);
	printf("Hub \"%s\" is made in %s.\n"
	       "Operator key: %s\n"
	       "Keep %s/keys/root.key offline: it is needed only to renew keys "
	       "and to join a desk.\n"
	       "Next: countersignd run %s\n",
	    name, dir, root, dir, dir);
	return CLI_OK;
}

static void
tell(const char *sentence)
{
	fprintf(stderr, "countersignd: %s\n", sentence);
}

static void
ready(const struct cs_hub_ready *at)
{
	if (at->connections < at->wanted)
		fprintf(stderr,
		    "countersignd: this system allows so few open files that "
		    "only %llu connections are taken, of %llu; raise the limit "
		    "(ulimit -Hn, or LimitNOFILE).\n",
		    (unsigned long long)at->connections,
		    (unsigned long long)at->wanted);
	printf("countersignd: hub \"%s\" listens on %s:%d\n", at->name,
	    at->host, at->port);
	if (at->web_port != 0)
		printf("countersignd: pages come in on %s:%d%s\n", at->web_host,
		    at->web_port,
		    at->web_plain ? ", without TLS: a proxy has to be before it"
				  : "");
	fflush(stdout);
}

static int
run_run(const struct cli_args *args)
{
	const char *dir = cli_arg(args, 0);
	enum cs_err err;

	signal(SIGPIPE, SIG_IGN);
	err = cs_hub_run(dir, ready, tell);
	switch (err) {
	case CS_OK:
		return CLI_OK;
	case CS_ERR_BUSY:
		return cli_fail(CLI_TRY_LATER,
		    "The hub in %s runs already, or its port is taken.", dir);
	case CS_ERR_EXPIRED:
		return cli_fail(CLI_STATE,
		    "The hub's keys have run out; \"countersignctl --hub %s "
		    "renew\" makes new ones.",
		    dir);
	case CS_ERR_NOT_FOUND:
		return cli_fail(CLI_STATE,
		    "There is no hub in %s; \"countersignd init %s\" makes "
		    "one.",
		    dir, dir);
	default:
		return report_error(err, "The hub in %s cannot run", dir);
	}
}

static const struct cli_option init_options[] = {
	{ "name", 0, "NAME", "host name of the hub (localhost)" },
	{ "listen", 0, "ADDRESS:PORT", "where to listen (127.0.0.1:7443)" },
	{ 0 },
};

static const struct cli_command commands[] = {
	{ "init", "DIR [--name NAME] [--listen ADDRESS:PORT]",
	    "make a hub in a new folder",
	    "Makes the operator root key, the keys that it certifies, and an "
	    "empty database. The root key lies in DIR/keys/root.key; it is "
	    "needed again only to renew keys and to join a desk, so it belongs "
	    "on a medium that is kept offline.",
	    1, 1, init_options, run_init },
	{ "run", "DIR", "run the hub until it is told to stop",
	    "Prints one line once it takes connections. SIGINT or SIGTERM ends "
	    "it. It logs no message, no name and no address. It is a family of "
	    "processes, seen by ps as \"countersignd part NAME\": what reads "
	    "the network has no key and no file. A process that ends is "
	    "started anew; new keys are taken up by themselves.",
	    1, 1, NULL, run_run },
	{ 0 },
};

static const struct cli_program program = {
	.name = "countersignd",
	.summary = "the hub of an end-to-end-encrypted messenger",
	.details = "The hub passes on what it cannot read: it keeps accounts, "
		   "the public half of each group and logs of ciphertext, and "
		   "stamps each message that it accepts, so that whoever "
		   "receives it can report it with proof.",
	.commands = commands,
	.exits = report_exits,
	.see_also = "countersign(1), countersignctl(1), countersign-desk(1), "
		    "countersign-verify(1)",
};

int
main(int argc, char **argv)
{
	/* One of its own processes (hub/hub.h). */
	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return cs_hub_part(argv[2]);
	return cli_main(&program, argc, argv);
}
