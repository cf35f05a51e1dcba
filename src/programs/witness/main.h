/* SPDX-License-Identifier: MIT */
/* The commands of countersign-witness that have a file of their own. */
#pragma once

#include "cli/command.h"

typedef int witness_command(const struct cli_args *args);

witness_command run_log_add, run_log_list, run_log_remove, run_run, run_ask;
