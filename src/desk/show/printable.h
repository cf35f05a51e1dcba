/* SPDX-License-Identifier: MIT */
/* A case on paper: HTML of one file, without a script or a link. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

/* With photos or without; those are small, and each is written down and counted
 * as seen. */
enum cs_desk_print_photos { CS_DESK_PRINT_NO_PHOTOS, CS_DESK_PRINT_PHOTOS };

/* Append a printable report of a case: its working copies, or the originals. */
CS_CHECKED enum cs_err cs_desk_case_print(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id,
    enum cs_desk_print_photos photos);
