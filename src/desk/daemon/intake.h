/* SPDX-License-Identifier: MIT */
/* Taking sealed reports in. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_wire_desk_report;
struct cs_wire_report_status;

#define DESK_ANSWER_SIZE 256

/* Open, verify and store ${sealed}; once, however often it comes.  ${status}
 * is what the hub is to be told; it points into ${answer}. */
CS_CHECKED enum cs_err desk_report_take(struct cs_wire_report_status *status,
    char answer[static DESK_ANSWER_SIZE], struct cs_desk *d,
    const struct cs_wire_desk_report *sealed);
