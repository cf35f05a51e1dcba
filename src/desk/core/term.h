/* SPDX-License-Identifier: MIT */
/* Keyed hashes of words, so that no word stands in the clear. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

#define DESK_TERM_LEN 16

/* Hash ${word} with a key that only this desk has; equal words give equal
 * terms. */
CS_CHECKED enum cs_err desk_term(
    uint8_t out[static DESK_TERM_LEN], struct cs_desk *d, struct cs_view word);
