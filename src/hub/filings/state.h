/* SPDX-License-Identifier: MIT */
/* What has become of a filing, for who filed it; and what everybody is told of
 * those that were not answered. */
#pragma once

#include "hub/core/hub.h"

/* CS_WIRE_FILING_STATE, CS_WIRE_FILINGS_OPEN */
hub_handler hub_filing_state, hub_filings_open;
