/* SPDX-License-Identifier: MIT */
/* countersignctl root: a root key that is kept offline. */
#pragma once

#include "cli/command.h"

/* The commands "root move", "root request", "root sign" and "root install";
 * each returns the program's exit status. */
int run_root_move(const struct cli_args *args);
int run_root_request(const struct cli_args *args);
int run_root_sign(const struct cli_args *args);
int run_root_install(const struct cli_args *args);
