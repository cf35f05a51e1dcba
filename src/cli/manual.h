/* SPDX-License-Identifier: MIT */
/* Help, man page and completion from a program's table. */
#pragma once

#include "cli/command.h"

/* The help of a program, or of one command when ${c} is given. */
void cli_help(const struct cli_program *p, const struct cli_command *c);

/* A man page, section 1, in roff. */
void cli_man(const struct cli_program *p);

/* A completion script for "bash", "zsh" or "fish"; false: no such shell. */
bool cli_completion(const struct cli_program *p, const char *shell);
