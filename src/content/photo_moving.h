/* SPDX-License-Identifier: MIT */
/* Pictures that move: GIF and WebP, written anew as WebP. */
#pragma once

#include "content/photo_codec.h"

#define CS_MOVING_FRAMES_MAX 1000u
#define CS_MOVING_MS_MAX 300000u /* five minutes: what is longer is a film */
/* Of all frames together: what is encoded in some seconds. */
#define CS_MOVING_PIXELS_MAX 100000000u

/* Is there more than one picture in it? */
bool cs_moving_is(struct cs_view file);
/* Appended to ${out}: frames, how long each is shown and how often all are,
 * and nothing else.  CS_ERR_LIMIT: too much of it. */
CS_CHECKED enum cs_err cs_moving_recode(
    struct cs_buf *out, uint32_t size[static 2], struct cs_view file);
