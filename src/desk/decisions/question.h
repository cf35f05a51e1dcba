/* SPDX-License-Identifier: MIT */
/* Questions to reporters and their answers, which the hub cannot read. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct cs_desk;
struct cs_desk_edit;
struct cs_letter;
struct cs_wire_desk_letter;

/* Ask the reporter of ${report}, a report in the case. */
CS_CHECKED enum cs_err cs_desk_case_ask(const struct cs_desk_edit *e,
    const uint8_t report[static CS_ID_LEN], const char *text);
/* Store that ${letter}, which says ${text}, answers the last question about its
 * report, which is in ${case_id}.  In a transaction. */
CS_CHECKED enum cs_err desk_question_answered(struct cs_desk *d,
    const struct cs_wire_desk_letter *letter, const struct cs_letter *text,
    uint64_t case_id);
