/* SPDX-License-Identifier: MIT */
/*
 * The statement of reasons to the holder of an account (Regulation (EU)
 * 2022/2065, article 17).  It says what a person wrote as facts, never the
 * message nor who reported it.
 */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_reason;
struct desk_decision;

#define DESK_EXPLANATION_SIZE 600

/* Why the facts fall under ${reason}, as one sentence. */
void desk_explanation(char out[static DESK_EXPLANATION_SIZE],
    const struct cs_desk_reason *reason);
/* Append the encoded statement on ${dec}. */
CS_CHECKED enum cs_err desk_statement_write(
    struct cs_buf *out, struct cs_desk *d, const struct desk_decision *dec);
