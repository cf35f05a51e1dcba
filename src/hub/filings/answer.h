/* SPDX-License-Identifier: MIT */
/*
 * What the desk asks and says about filings.
 *
 * It fetches what is sealed to it, and answers with its signature.  It can
 * answer; it cannot end, change or hide a filing in any other way, and an
 * answer stays.
 */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_desk_filings, hub_desk_filing_piece, hub_desk_filing_taken,
    hub_desk_filing_answer;
