/* SPDX-License-Identifier: MIT */
/* countersign-verify --log: is a log whole, and has it only grown? */
#pragma once

#include "cli/command.h"

/* Audit the log that --log names; the exit status: 0 whole, 1 not, 2 no log of
 * that key. */
int verify_log(const struct cli_args *args);
