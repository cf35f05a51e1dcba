/* SPDX-License-Identifier: MIT */
/* Words by which a case is found, without a word in the clear. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/* Words of ${text} from now on find the case ${case_id}; a handle by its
 * beginnings, too. */
CS_CHECKED enum cs_err desk_terms_add(
    struct cs_desk *d, uint64_t case_id, struct cs_view text, bool beginnings);
/* Of the first word of ${text}: what somebody searches for. */
CS_CHECKED enum cs_err desk_term_first(
    uint8_t out[static 16], struct cs_desk *d, struct cs_view text);
