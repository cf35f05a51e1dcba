/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"

/* Write the user's own data to a file, as JSON. */
int cli_export_account(const struct cli_args *args);
