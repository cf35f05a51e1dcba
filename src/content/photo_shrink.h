/* SPDX-License-Identifier: MIT */
/* Rows made smaller as they come: means of squares of pixels. */
#pragma once

#include "content/photo_codec.h"

struct cs_shrink;
/*
 * Into new pixels ${out} of a photo of ${width} by ${height}, which come as
 * rows of ${channels} bytes a pixel from the top; each side ${by} times smaller
 * and rounded up.  ${out} is the caller's and outlives the shrinker.
 */
CS_CHECKED enum cs_err cs_shrink_new(struct cs_shrink **s,
    struct cs_pixels *out, const uint32_t size[static 2], unsigned channels,
    unsigned by);
/* The next row; one more than there are is CS_ERR_FORMAT. */
CS_CHECKED enum cs_err cs_shrink_row(struct cs_shrink *s, const uint8_t *row);
void cs_shrink_free(struct cs_shrink *s);
/* Pixels in memory, ${by} times smaller. */
CS_CHECKED enum cs_err cs_pixels_shrink(struct cs_pixels *p, unsigned by);
