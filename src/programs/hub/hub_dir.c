/* SPDX-License-Identifier: MIT */
#include "programs/hub/hub_dir.h"

#include <stddef.h>

#include "cli/report_error.h"

const char *
hub_dir(const struct cli_args *args)
{
	const char *dir = cli_value(args, "hub");

	if (dir == NULL)
		cli_fail(CLI_USAGE, "Say which hub: --hub DIR.");
	return dir;
}

int
no_hub(enum cs_err err, const char *dir)
{
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_STATE, "There is no hub in %s.", dir);
	return report_error(err, "The hub in %s", dir);
}
