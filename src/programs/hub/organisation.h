/* SPDX-License-Identifier: MIT */
/* countersignctl organisation: those who file notices by a key. */
#pragma once

#include "cli/command.h"

int run_organisation_add(const struct cli_args *args);
int run_organisation_end(const struct cli_args *args);
int run_organisation_list(const struct cli_args *args);
