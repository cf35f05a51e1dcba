/* SPDX-License-Identifier: MIT */
/* A sealed report comes in. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_wire_report_status;

/* Take a sealed report: open, verify, store.  Its state is for the hub. */
CS_CHECKED enum cs_err desk_report_take(struct cs_desk *d,
    const uint8_t id[static 16], uint64_t received_ms, struct cs_view sealed,
    struct cs_wire_report_status *status);
/* Reports without a case, from before there were any. */
CS_CHECKED enum cs_err desk_cases_catch_up(struct cs_desk *d);
