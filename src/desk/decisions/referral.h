/* SPDX-License-Identifier: MIT */
/* Sealing evidence to those to whom a case is referred. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct desk_decision;

/* Seal the evidence of the decision's case to the key that it names, into
 * files; in a transaction. */
CS_CHECKED enum cs_err desk_decision_refer(
    struct cs_desk *d, const struct desk_decision *dec);
