/* SPDX-License-Identifier: MIT */
/*
 * The time of a hub's processes.
 *
 * It is the system's, unless that leaps ahead while they run: a clock that
 * somebody set to next year would have the hub forget what it has to keep and
 * stamp what nobody can verify.  So a leap of more than HUB_LEAP_MS is followed
 * at twice the speed of time, and whoever operates the hub is told; a clock
 * that is put right again is followed at once.  A process that starts takes the
 * system's word.
 */
#pragma once

#include "base/units.h"

#define HUB_LEAP_MS (60 * CS_SECOND_MS)

/* All zero before the first look. */
struct hub_time {
	uint64_t ms;        /* the hub's time, since 1970 */
	uint64_t passed_ms; /* since the system began, asleep or not */
	uint64_t
	    ahead_ms; /* the system leapt ahead by so much; 0: it did not */
};

/* Look at the system's clocks; returns t->ms. */
uint64_t hub_time_now(struct hub_time *t);
/* The same, when they show this. */
uint64_t hub_time_step(
    struct hub_time *t, uint64_t system_ms, uint64_t passed_ms);
