/* SPDX-License-Identifier: MIT */
/* Text of others on a terminal, and JSON for programs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/json_writer.h"

/* Print text of others: escape what moves a cursor, stays unseen or turns the
 * direction of writing around; put ${indent} spaces after each newline. */
void cli_print_text(FILE *to, struct cs_view text, int indent);
/* Local time, to the minute. */
void cli_print_time(FILE *to, uint64_t ms);
/* The date, UTC. */
void cli_print_day(FILE *to, uint64_t ms);
/* Print what ${j} has written, and a newline, on standard output, and free its
 * buffer.  The first failure of ${j}, or CS_ERR_IO. */
CS_CHECKED enum cs_err cli_json_print(struct cs_json_writer *j);
/* How far a file is, how fast it moves and how long it will take, on standard
 * error if that is a terminal. */
void cli_progress(uint64_t done, uint64_t total);
