/* SPDX-License-Identifier: MIT */
/* The time of the database's process. */
#pragma once

#include "hub/core/hub.h"

/* Set hub->now_ms; each event begins with it. */
void hub_clock(struct cs_hub *hub);
