/* SPDX-License-Identifier: MIT */
/* edit, delete, react, timer; and times as people write them. */
#pragma once

#include <stdint.h>

/* "30m", "12h", "1d" as seconds, at most a year.  If the status is not 0,
 * the user was told. */
int cli_seconds(uint32_t *out, const char *typed);
/* "1 day", "90 minutes". */
#define CLI_DURATION_SIZE 32
void cli_duration_text(char out[static CLI_DURATION_SIZE], uint32_t seconds);
