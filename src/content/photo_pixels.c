/* SPDX-License-Identifier: MIT */
#include "content/photo_pixels.h"

#include <string.h>

#include "base/alloc.h"
#include "content/photo.h"
#include "content/photo_codec.h"

#define SCALE_MAX 8 /* what a JPEG can be decoded at */

enum cs_err
cs_pixels_new(
    struct cs_pixels *out, uint32_t width, uint32_t height, unsigned channels)
{
	if (width == 0 || height == 0)
		return CS_ERR_FORMAT;
	if (width > CS_PHOTO_SIDE_MAX || height > CS_PHOTO_SIDE_MAX ||
	    (uint64_t)width * height > CS_PHOTO_PIXELS_MAX)
		return CS_ERR_LIMIT;
	out->width = width;
	out->height = height;
	out->channels = channels;
	out->data = cs_calloc((size_t)width * height, channels);
	return out->data != NULL ? CS_OK : CS_ERR_NOMEM;
}

enum cs_err
cs_pixels_scale(unsigned *by, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0)
		return CS_ERR_FORMAT;
	if (width > CS_PHOTO_SOURCE_SIDE_MAX ||
	    height > CS_PHOTO_SOURCE_SIDE_MAX ||
	    (uint64_t)width * height > CS_PHOTO_SOURCE_PIXELS_MAX)
		return CS_ERR_LIMIT;
	for (*by = 1; *by < SCALE_MAX; *by *= 2) {
		uint64_t w = (width + *by - 1) / *by;
		uint64_t h = (height + *by - 1) / *by;

		if (w <= CS_PHOTO_SIDE_MAX && h <= CS_PHOTO_SIDE_MAX &&
		    w * h <= CS_PHOTO_PIXELS_MAX)
			break;
	}
	return CS_OK;
}

size_t
cs_pixels_size(const struct cs_pixels *p)
{
	return (size_t)p->width * p->height * p->channels;
}

void
cs_pixels_clear(struct cs_pixels *p)
{
	cs_free(p->data, p->data != NULL ? cs_pixels_size(p) : 0);
	cs_buf_free(&p->icc);
	memset(p, 0, sizeof *p);
}

/* Where a pixel of the turned photo comes from (EXIF 2.3, 4.6.4). */
static void
source(const struct cs_pixels *from, uint32_t x, uint32_t y, uint32_t *sx,
    uint32_t *sy)
{
	uint32_t right = from->width - 1, bottom = from->height - 1;

	switch (from->orientation) {
	case 2:
		*sx = right - x, *sy = y;
		break;
	case 3:
		*sx = right - x, *sy = bottom - y;
		break;
	case 4:
		*sx = x, *sy = bottom - y;
		break;
	case 5:
		*sx = y, *sy = x;
		break;
	case 6:
		*sx = y, *sy = bottom - x;
		break;
	case 7:
		*sx = right - y, *sy = bottom - x;
		break;
	case 8:
		*sx = right - y, *sy = x;
		break;
	default:
		*sx = x, *sy = y;
	}
}

enum cs_err
cs_pixels_turn(struct cs_pixels *p)
{
	struct cs_pixels out = { .orientation = 1, .lossless = p->lossless };
	bool aside = p->orientation >= 5 && p->orientation <= 8;
	uint8_t *to;
	enum cs_err err;

	if (p->orientation < 2 || p->orientation > 8) {
		p->orientation = 1;
		return CS_OK;
	}
	err = cs_pixels_new(&out, aside ? p->height : p->width,
	    aside ? p->width : p->height, p->channels);
	if (err)
		return err;
	to = out.data;
	for (uint32_t y = 0; y < out.height; y++)
		for (uint32_t x = 0; x < out.width; x++) {
			uint32_t sx, sy;

			source(p, x, y, &sx, &sy);
			memcpy(to,
			    p->data +
				((size_t)sy * p->width + sx) * p->channels,
			    p->channels);
			to += p->channels;
		}
	cs_buf_move(&out.icc, &p->icc);
	cs_pixels_clear(p);
	*p = out;
	return CS_OK;
}
