/* SPDX-License-Identifier: MIT */
/* WebP, read and written. */
#pragma once

#include "content/photo_codec.h"

/* Is it more than one picture? */
bool cs_webp_moves(struct cs_view file);
/* Of what moves, the first picture. */
CS_CHECKED enum cs_err cs_webp_decode(
    struct cs_pixels *out, struct cs_view file);
CS_CHECKED enum cs_err cs_webp_encode(
    struct cs_buf *out, const struct cs_pixels *p, int quality);
