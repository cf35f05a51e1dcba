/* SPDX-License-Identifier: MIT */
/* Pixels in memory. */
#pragma once

#include "content/photo_codec.h"

/* CS_ERR_LIMIT before anything is allocated. */
CS_CHECKED enum cs_err cs_pixels_new(
    struct cs_pixels *out, uint32_t width, uint32_t height, unsigned channels);
void cs_pixels_clear(struct cs_pixels *p);
size_t cs_pixels_size(const struct cs_pixels *p);
/* How many times smaller than ${width} by ${height} a photo has to be decoded:
 * 1, 2, 4 or 8.  CS_ERR_LIMIT: it is too large; CS_ERR_FORMAT: nothing. */
CS_CHECKED enum cs_err cs_pixels_scale(
    unsigned *by, uint32_t width, uint32_t height);
/* Turn the way the orientation says; it is 1 then. */
CS_CHECKED enum cs_err cs_pixels_turn(struct cs_pixels *p);
