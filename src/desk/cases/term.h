/* SPDX-License-Identifier: MIT */
/* The words by which a case is found, kept as keyed hashes. */
#pragma once

#include "base/bytes.h"
#include "desk/core/term.h"

struct cs_desk;

/* From now on, let the words of ${text} find the case ${case_id}. */
CS_CHECKED enum cs_err desk_terms_add(
    struct cs_desk *d, uint64_t case_id, struct cs_view text);
/* The same for ${handle}, which is also found by its beginnings. */
CS_CHECKED enum cs_err desk_terms_add_handle(
    struct cs_desk *d, uint64_t case_id, struct cs_view handle);
/* The term of the first word of ${text}: what somebody searches for. */
CS_CHECKED enum cs_err desk_term_first(
    uint8_t out[static DESK_TERM_LEN], struct cs_desk *d, struct cs_view text);
