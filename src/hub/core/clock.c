/* SPDX-License-Identifier: MIT */
#include "hub/core/clock.h"

void
hub_clock(struct cs_hub *hub)
{
	hub->now_ms = hub_time_now(&hub->time);
}
