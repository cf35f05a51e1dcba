/* SPDX-License-Identifier: MIT */
/* Questions to reporters, sealed: the hub cannot read them. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct cs_letter;
struct cs_wire_desk_letter;

/* Ask the reporter of ${report}, sealed: the hub cannot read it. */
CS_CHECKED enum cs_err cs_desk_case_ask(struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id, uint64_t version,
    const uint8_t report[static 16], const char *text);
/* The letter ${letter}, which says ${text}, answers the last question about its
 * report, which is in ${case_id}.  In a transaction. */
CS_CHECKED enum cs_err desk_question_answered(struct cs_desk *d,
    const struct cs_wire_desk_letter *letter, const struct cs_letter *text,
    uint64_t case_id);
