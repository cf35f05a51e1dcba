/* SPDX-License-Identifier: MIT */
/*
 * Saying what is waited for: on standard error, if that is a terminal, and only
 * once somebody could have noticed.  One thing at a time.
 */
#pragma once

#include <stdint.h>

/* From now on ${what} is waited for, a constant string; NULL: for nothing any
 * more. */
void cli_waits(const char *what);
/* The same with how far it is: "${what}: 1,200 of 10,000". */
void cli_waits_count(const char *what, uint64_t done, uint64_t total);
