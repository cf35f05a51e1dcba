/* SPDX-License-Identifier: MIT */
/* What reporters are told of their case. */
#pragma once

#include "base/bytes.h"
#include "desk/reports/report.h"

struct cs_desk;
struct desk_case;
struct desk_decision;

/* Tell the reporters of its case what became of ${dec}, which is done:
 * nobody is told of a decision that may still fail.  In a transaction. */
CS_CHECKED enum cs_err desk_decision_tell(
    struct cs_desk *d, const struct desk_decision *dec);
/* How to answer a new report of something that was decided already.
 * ${*sentence} is static.  CS_ERR_NOT_FOUND if nothing was decided since the
 * case was last opened. */
CS_CHECKED enum cs_err desk_case_answer(enum cs_desk_report_state *state,
    const char **sentence, struct cs_desk *d, const struct desk_case *c);
