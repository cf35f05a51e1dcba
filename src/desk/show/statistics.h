/* SPDX-License-Identifier: MIT */
/* Numbers about the work; none about the people reported. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;

/* Set, for today (UTC) and the ${days} before it: reports by reason and
 * severity, times to the first look and to the decision, appeals, load,
 * quality, notices. */
CS_CHECKED enum cs_err cs_desk_statistics(
    json_t *out, struct cs_desk *d, unsigned days);
