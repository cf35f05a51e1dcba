/* SPDX-License-Identifier: MIT */
/* Help and man page from a program's table. */
#pragma once

#include "cli/command.h"

/* What every program knows; ends with a NULL name. */
extern const struct cli_option cli_standard_options[];

/* The help of a program, or of one command when ${c} is given. */
void cli_help(const struct cli_program *p, const struct cli_command *c);

/* A man page, section 1, in roff. */
void cli_man(const struct cli_program *p);
