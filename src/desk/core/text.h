/* SPDX-License-Identifier: MIT */
/* Numbers and texts as people give them. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/* "12" as 12; 0 if it is no number of 1 to 15 digits. */
uint64_t desk_id_parse(const char *s);
/* CS_ERR_FORMAT if ${text} is empty, CS_ERR_LIMIT if it has more than ${max}
 * bytes or is no UTF-8. */
CS_CHECKED enum cs_err desk_text_check(
    struct cs_desk *d, const char *text, size_t max);
