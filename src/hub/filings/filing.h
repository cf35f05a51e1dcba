/* SPDX-License-Identifier: MIT */
/*
 * What somebody outside files (franking/filing.h): taken in, numbered,
 * promised.
 *
 * The receipt is signed, the entry of the log is queued and all of it is on
 * disk before the answer leaves.  There is no way to take a filing back, for
 * anybody.
 */
#pragma once

#include "hub/core/hub.h"

#define HUB_FILING_PIECES_MS CS_HOUR_MS /* for the filing to come */
#define HUB_FILING_ABOUT_MAX 15         /* filings about one notice */

/* CS_WIRE_FILING_PIECE, CS_WIRE_FILING */
hub_handler hub_filing_piece, hub_filing;

/* Drop pieces that nobody claimed, at most some; returns how many. */
CS_CHECKED enum cs_err hub_filing_pieces_sweep(int64_t *n, struct cs_hub *hub);
