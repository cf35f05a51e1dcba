/* SPDX-License-Identifier: MIT */
/* countersignctl log: the hub's log, and who cosigns it. */
#pragma once

#include "cli/command.h"

int run_log_show(const struct cli_args *args);
int run_log_key(const struct cli_args *args);
int run_log_witnesses(const struct cli_args *args);
int run_log_release(const struct cli_args *args);
int run_log_restored(const struct cli_args *args);
