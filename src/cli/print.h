/* SPDX-License-Identifier: MIT */
/* Text of others on a terminal, and JSON for programs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/json_writer.h"

/*
 * What others wrote never looks like the program's own words.  Both functions
 * escape what moves a cursor, stays unseen or turns the direction of writing
 * around.
 *
 * cli_print_text() keeps a margin: it breaks lines so that none is wider than
 * the screen, or than $COLUMNS or 80 columns where there is none, and puts
 * ${margin} blanks before each but the first, before which ${label} stands, as
 * it is; the cursor is at the left edge when it is called.
 */
void cli_print_text(
    FILE *to, const char *label, struct cs_view text, int margin);
/* One field of a line, a name of whatever: on one line, each run of blanks as
 * one. */
void cli_print_name(FILE *to, const char *name);
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
