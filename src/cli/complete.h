/* SPDX-License-Identifier: MIT */
/*
 * Completion of command lines, from a program's table.
 *
 * A shell asks the program itself: "PROGRAM __complete WORD...", where the last
 * WORD is the one that the cursor is in, perhaps empty.  The script that a
 * shell loads only passes the question on, so it knows no command and never
 * goes stale.
 */
#pragma once

#include <stdbool.h>

#include "cli/command.h"

/* What a shell is told in place of candidates: names of files. */
#define CLI_COMPLETE_FILES ":files"

/*
 * Print what the last of the ${n} words can become: a line for each candidate,
 * a tab behind it, and what it means.  Or one line, CLI_COMPLETE_FILES.  Or
 * nothing, when only the user can know.
 */
void cli_complete(const struct cli_program *p, int n, char *const *words);

/* Print the script for "bash", "zsh" or "fish"; false: no such shell. */
bool cli_completion(const struct cli_program *p, const char *shell);
