/* SPDX-License-Identifier: MIT */
/* The counts of cases by the day on which they were opened (schema.h). */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/* Are the counts those of the cases?  Walks all of them. */
CS_CHECKED enum cs_err desk_case_day_check(bool *right, struct cs_desk *d);
/* Count anew, and make the triggers anew that keep the counts, whatever has
 * become of them; in a transaction. */
CS_CHECKED enum cs_err desk_case_day_again(struct cs_desk *d);
