/* SPDX-License-Identifier: MIT */
/* Taking in what somebody outside filed with the operator. */
#pragma once

#include "base/bytes.h"
#include "wire/filings.h"

struct cs_desk;

/* Fetch what the hub offers, store it, and tell the hub that it is here; ${*n}
 * says of how many the hub took note. */
CS_CHECKED enum cs_err desk_filings_fetch(struct cs_desk *d, uint32_t *n);
/*
 * Open, check and store ${sealed}, which the hub offers as ${item}; once,
 * however often it comes.  What does not open, is not what its commitment says,
 * or is something else than the hub says is kept as such, and the desk answers
 * so by itself; and it takes up hashes of an organisation.
 */
CS_CHECKED enum cs_err desk_filing_take(struct cs_desk *d,
    const struct cs_wire_desk_filing *item, struct cs_view sealed);
