/* SPDX-License-Identifier: MIT */
/* Keyed hashes of words, so that no word stands in the clear. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

CS_CHECKED enum cs_err desk_term(
    uint8_t out[static 16], struct cs_desk *d, struct cs_view word);
