/* SPDX-License-Identifier: MIT */
/*
 * Dropping what is too old (DESIGN, "What is kept"): a few rows between two
 * rounds of the loop, so that nobody waits for it.
 */
#pragma once

#include "hub/core/hub.h"

/* Is there more to drop now? */
bool hub_retention_due(const struct cs_hub *hub);
/* Drop some, if it is time; a failure is tried again next time. */
void hub_retention_work(struct cs_hub *hub);
