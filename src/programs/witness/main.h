/* SPDX-License-Identifier: MIT */
/* The commands of countersign-witness that have a file of their own. */
#pragma once

#include "cli/command.h"

typedef int witness_command(const struct cli_args *args);

witness_command witness_log_add, witness_log_list, witness_log_remove,
    witness_run, witness_ask, witness_timestamp;
