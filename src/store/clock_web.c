/* SPDX-License-Identifier: MIT */
#include "store/clock.h"

#include <time.h>

static uint64_t
now_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t
cs_clock_ms(void)
{
	return now_us(CLOCK_REALTIME) / 1000;
}

uint64_t
cs_clock_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

/* Browsers tell no other time; some of theirs stand still while a machine
 * sleeps. */
uint64_t
cs_clock_passed_ms(void)
{
	return now_us(CLOCK_MONOTONIC) / 1000;
}

__attribute__((import_module("hub"), import_name("sleep"))) void host_sleep(
    int ms);

void
cs_clock_sleep_ms(int ms)
{
	host_sleep(ms);
}
