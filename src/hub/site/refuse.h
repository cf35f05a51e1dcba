/* SPDX-License-Identifier: MIT */
/* What a request is told that is not answered. */
#pragma once

#include "hub/site/visit.h"

/* An error, as the request wants it: JSON or a page.  ${code} is stable, and
 * "error.CODE" is its word; ${seconds}: try again then; or 0. */
void site_refuse(
    struct site_visit *v, int status, const char *code, uint64_t seconds);
/* The same for what was handed in and could not be read, as ${err} says: its
 * length, its form, or a failure of ours. */
void site_refuse_err(struct site_visit *v, enum cs_err err);
/* The same for what the database answered; NULL: nothing. */
void site_refuse_frame(
    struct site_visit *v, const struct cs_wire_frame *answer);
/* Parse what the database answered; false: it is no such answer, and the visit
 * was told. */
bool site_answered(void *out, const struct cs_wire_shape *shape,
    struct site_visit *v, const struct cs_wire_frame *answer);
