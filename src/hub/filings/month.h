/* SPDX-License-Identifier: MIT */
/* What was filed in each month, and what became of it: numbers for everybody.
 * Filings go; numbers stay. */
#pragma once

#include "hub/core/hub.h"

/* What is counted beside the outcomes of franking/filing.h. */
enum hub_filing_count {
	HUB_FILING_FILED = 0,
	HUB_FILING_LATE = 255,
};

struct hub_filing_kind {
	uint64_t received_ms;
	uint8_t what, category;
};

/* One more of ${count}, in the month (UTC) in which it was filed. */
CS_CHECKED enum cs_err hub_filing_count(
    struct cs_hub *hub, const struct hub_filing_kind *kind, uint8_t count);

/* CS_WIRE_FILINGS_MONTHS */
hub_handler hub_filings_months;
