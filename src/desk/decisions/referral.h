/* SPDX-License-Identifier: MIT */
/* Evidence is sealed to whom a case is referred. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct desk_decision;

/* Seal the evidence of the case to whom it is referred, into files; in a
 * transaction. */
CS_CHECKED enum cs_err desk_decision_refer(
    struct cs_desk *d, const struct desk_decision *dec);
