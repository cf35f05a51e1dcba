/* SPDX-License-Identifier: MIT */
#include "hub/talk/time.h"

#include "store/clock.h"

uint64_t
hub_time_step(struct hub_time *t, uint64_t system_ms, uint64_t passed_ms)
{
	uint64_t passed = passed_ms - t->passed_ms;
	uint64_t own = t->ms + passed;

	t->passed_ms = passed_ms;
	if (t->ms == 0 || system_ms <= own || system_ms - own <= HUB_LEAP_MS) {
		t->ahead_ms = 0;
		return t->ms = system_ms;
	}
	t->ms = own + passed < system_ms ? own + passed : system_ms;
	t->ahead_ms = system_ms - t->ms;
	return t->ms;
}

uint64_t
hub_time_now(struct hub_time *t)
{
	return hub_time_step(t, cs_clock_ms(), cs_clock_passed_ms());
}
