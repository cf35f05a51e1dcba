/* SPDX-License-Identifier: MIT */
/* Which hub a command of countersignctl is for. */
#pragma once

#include "base/err.h"
#include "cli/command.h"

/* The value of --hub; NULL: it was not given, and the user was told. */
const char *hub_dir(const struct cli_args *args);
/* Say that there is no hub in ${dir}, or what else ${err} means for it; the
 * exit status. */
int no_hub(enum cs_err err, const char *dir);
