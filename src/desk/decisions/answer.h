/* SPDX-License-Identifier: MIT */
/* What reporters are told of their case. */
#pragma once

#include "base/bytes.h"
#include "desk/reports/report.h"

struct cs_desk;
struct desk_case;
struct desk_decision;

/* Tell the reporters of its case what became of ${dec}, now that it is done:
 * nobody is told of what may still fail.  In a transaction. */
CS_CHECKED enum cs_err desk_decision_tell(
    struct cs_desk *d, const struct desk_decision *dec);
/* How a decided case is answered: for a report of what was decided already.
 * ${*sentence} is static.  CS_ERR_NOT_FOUND: nothing was decided since it was
 * last opened. */
CS_CHECKED enum cs_err desk_case_answer(enum cs_desk_report_state *state,
    const char **sentence, struct cs_desk *d, const struct desk_case *c);
