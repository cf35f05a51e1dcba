/* SPDX-License-Identifier: MIT */
/* The audit log as pages show it. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;

/* Append up to ${limit} lines before number ${before}, the newest first; of one
 * case unless ${case_id} is 0. */
CS_CHECKED enum cs_err desk_show_audit(json_t *items, struct cs_desk *d,
    uint64_t before, uint64_t case_id, unsigned limit);
/* Append what happened to a case, with what each line changed. */
CS_CHECKED enum cs_err desk_show_events(
    json_t *items, struct cs_desk *d, uint64_t case_id);
