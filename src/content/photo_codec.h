/* SPDX-License-Identifier: MIT */
/*
 * What the parts of photo.h share: pixels, one
 * decoder and one encoder for each type, and the sandbox around them.
 */
#pragma once

#include "content/photo_look.h"

/* Rows from the top, without padding; 1 (grey), 3 (RGB) or 4 (RGBA) bytes a
 * pixel. */
struct cs_pixels {
	uint32_t width, height;
	unsigned channels;
	uint8_t *data;
	unsigned orientation; /* EXIF, 1 to 8: how it has to be turned */
	bool lossless;        /* as a WebP */
	struct cs_buf icc;    /* what the colours mean; empty: sRGB */
};
