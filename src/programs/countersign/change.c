/* SPDX-License-Identifier: MIT */
#include "programs/countersign/change.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "cli/print.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "programs/countersign/show.h"

#define LONGEST_S (365 * (long long)CS_DAY_S)

static const struct {
	uint32_t s;
	const char *name;
} units[] = { { CS_DAY_S, "day" }, { CS_DAY_S / 24, "hour" }, { 60, "minute" },
	{ 1, "second" } };
#define UNITS (sizeof units / sizeof *units)

int
cli_seconds(uint32_t *out, const char *typed)
{
	long long s;

	if (!cli_duration(&s, typed) || s > LONGEST_S)
		return cli_fail(CLI_USAGE,
		    "That is not a time: say 30m, 12h or 1d, at most 365d.");
	*out = (uint32_t)s;
	return CLI_OK;
}

void
cli_duration_text(char out[static CLI_DURATION_SIZE], uint32_t seconds)
{
	size_t i = 0;
	unsigned n;

	while (i < UNITS - 1 &&
	    (seconds % units[i].s != 0 || seconds < units[i].s))
		i++;
	n = seconds / units[i].s;
	snprintf(out, CLI_DURATION_SIZE, "%u %s%s", n, units[i].name,
	    n == 1 ? "" : "s");
}

/* Say what came of it: the id of what was sent, or why it was not. */
static int
finish(const struct cs_client *c, enum cs_err err, const char *mid)
{
	if (mid[0] != '\0')
		printf("%.*s\n", CLI_MID_DIGITS, mid);
	if (err == CS_ERR_CLOSED && mid[0] != '\0')
		return cli_fail(CLI_UNREACHABLE,
		    "It is kept, and goes out with the next command that "
		    "reaches the hub.");
	return err ? cli_client_fail(c, err) : CLI_OK;
}

int
cli_edit(const struct cli_args *args)
{
	struct cs_client *c;
	char mid[65];
	int status = cli_open(&c, args, CLI_MAYBE);

	if (status != CLI_OK)
		return status;
	status = finish(c,
	    cs_client_edit(
		c, cli_arg(args, 0), cs_view_str(cli_arg(args, 1)), mid),
	    mid);
	cs_client_close(c);
	return status;
}

int
cli_delete(const struct cli_args *args)
{
	bool for_all = cli_flag(args, "for-all");
	struct cs_client *c;
	char mid[65] = "";
	enum cs_err err;
	int status;

	if (for_all == cli_flag(args, "here"))
		return cli_fail(CLI_USAGE,
		    "Say where: --for-all, on everybody's devices, or --here, "
		    "on this one.");
	if ((status = cli_open(&c, args, for_all ? CLI_MAYBE : CLI_OFFLINE)) !=
	    CLI_OK)
		return status;
	err = for_all ? cs_client_delete(c, cli_arg(args, 0), mid)
		      : cs_client_delete_here(c, cli_arg(args, 0));
	status = finish(c, err, mid);
	cs_client_close(c);
	return status;
}

int
cli_react(const struct cli_args *args)
{
	struct cs_view reaction = cs_view_str(cli_arg(args, 1));
	struct cs_client *c;
	char mid[65];
	int status = cli_open(&c, args, CLI_MAYBE);

	if (status != CLI_OK)
		return status;
	status = finish(c,
	    cli_flag(args, "remove")
		? cs_client_react_remove(c, cli_arg(args, 0), reaction, mid)
		: cs_client_react(c, cli_arg(args, 0), reaction, mid),
	    mid);
	cs_client_close(c);
	return status;
}

int
cli_timer(const struct cli_args *args)
{
	uint32_t seconds = 0;
	struct cs_client *c;
	char mid[65];
	int status = CLI_OK;

	if (strcmp(cli_arg(args, 1), "off") != 0)
		status = cli_seconds(&seconds, cli_arg(args, 1));
	if (status != CLI_OK ||
	    (status = cli_open(&c, args, CLI_MAYBE)) != CLI_OK)
		return status;
	status = finish(
	    c, cs_client_timer_set(c, cli_arg(args, 0), seconds, mid), mid);
	cs_client_close(c);
	return status;
}
