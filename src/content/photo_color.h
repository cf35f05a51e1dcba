/* SPDX-License-Identifier: MIT */
/*
 * Colours as a screen shows them: from what a profile of the ICC says to sRGB.
 * A profile that is damaged, too long (CS_PHOTO_PROFILE_MAX) or for other
 * colours than there are is as good as none.
 */
#pragma once

#include "content/photo_codec.h"

/* What comes; grey stays grey, all else becomes RGB, or RGBA. */
enum cs_color_kind {
	CS_COLOR_GREY,
	CS_COLOR_RGB,
	CS_COLOR_RGBA,
	CS_COLOR_CMYK,
	CS_COLOR_CMYK_INVERTED, /* no ink is 255 */
};

struct cs_color;
/* NULL: leave the colours as they are. */
struct cs_color *cs_color_new(struct cs_view icc, enum cs_color_kind kind);
/* ${n} pixels; ${to} and ${from} may be the same. */
void cs_color_row(
    struct cs_color *c, uint8_t *to, const uint8_t *from, uint32_t n);
void cs_color_free(struct cs_color *c);

/* A profile for colours of these corners, red, green, blue (CIE 1931 xy), the
 * white of a screen (D65) and the curve of sRGB; appended to ${out}. */
CS_CHECKED enum cs_err cs_color_profile(
    struct cs_buf *out, const double corners[static 6]);
/* Apply the profile that the pixels came with, and forget it. */
void cs_color_convert(struct cs_pixels *p);
