/* SPDX-License-Identifier: MIT */
/* A case on paper. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

/* Append a printable report of a case (HTML, nothing in it is fetched): its
 * working copies, or the originals; with ${photos}, small ones, each of which
 * is written down and counted as seen. */
CS_CHECKED enum cs_err cs_desk_case_print(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id, bool photos);
