/* SPDX-License-Identifier: MIT */
/* A case for printing: one HTML file without scripts or links. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

/* With or without photos, which are small; each is logged and counted as
 * seen. */
enum cs_desk_print_photos { CS_DESK_PRINT_NO_PHOTOS, CS_DESK_PRINT_PHOTOS };

/* Append a printable report of a case: its working copies, or the originals. */
CS_CHECKED enum cs_err cs_desk_case_print(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id,
    enum cs_desk_print_photos photos);
