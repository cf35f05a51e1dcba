/* SPDX-License-Identifier: MIT */
/* Deadlines that pass.  Nobody is asked, and nobody can keep it from being
 * said. */
#pragma once

#include "hub/core/hub.h"

/* Let the log say which filings were not answered in time, when a turn of it
 * ends. */
CS_CHECKED enum cs_err hub_filings_turn(struct cs_hub *hub);

/* The same of one whose day has come; CS_OK if it has not. */
CS_CHECKED enum cs_err hub_filing_due(struct cs_hub *hub, uint64_t number);

/* How many are not answered in time, and how many more have to be within
 * HUB_FILINGS_SOON_MS. */
#define HUB_FILINGS_SOON_MS (6 * CS_HOUR_MS)
struct hub_filings_owed {
	uint64_t overdue, soon;
};
CS_CHECKED enum cs_err hub_filings_owed(
    struct hub_filings_owed *out, struct cs_hub *hub);
