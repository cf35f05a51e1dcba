/* SPDX-License-Identifier: MIT */
/* Filing: one notice, a table of them, more about one, an appeal. */
#pragma once

#include "cli/command.h"

int notice_run_file(const struct cli_args *args);
int notice_run_table(const struct cli_args *args);
int notice_run_more(const struct cli_args *args);
int notice_run_appeal(const struct cli_args *args);
int notice_run_resend(const struct cli_args *args);
