/* SPDX-License-Identifier: MIT */
/* Text of others on a terminal, and JSON for programs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/bytes.h"

/* Text of others, with everything escaped that moves a cursor or turns the
 * direction of writing around; ${indent} spaces after each newline. */
void cli_print_text(FILE *to, struct cs_view text, int indent);
/* Local time, to the minute. */
void cli_print_time(FILE *to, uint64_t ms);
/* The date, UTC. */
void cli_print_day(FILE *to, uint64_t ms);
/* A JSON string, quotes included. */
void cli_print_json(FILE *to, struct cs_view text);
/* "12 of 20 MiB" on standard error if it is a terminal. */
void cli_progress(uint64_t done, uint64_t total);
