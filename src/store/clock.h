/* SPDX-License-Identifier: MIT */
/* The time of day, for those who may ask; and waiting. */
#pragma once

#include <stdint.h>

/* Milliseconds since 1970, UTC. */
uint64_t cs_clock_ms(void);
/* Microseconds since some moment; never goes back. */
uint64_t cs_clock_us(void);
/* Milliseconds since the system began, also while it slept; never goes back. */
uint64_t cs_clock_passed_ms(void);
/* Let so many milliseconds pass. */
void cs_clock_sleep_ms(int ms);
