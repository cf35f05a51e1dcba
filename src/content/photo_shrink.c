/* SPDX-License-Identifier: MIT */
#include "content/photo_shrink.h"

#include <string.h>

#include "base/alloc.h"
#include "content/photo_codec.h"
#include "content/photo_pixels.h"

struct cs_shrink {
	struct cs_pixels *out;
	uint32_t width, height, y; /* of what comes */
	unsigned by;
	uint32_t *sums; /* of the row that is being made */
};

enum cs_err
cs_shrink_new(struct cs_shrink **s, struct cs_pixels *out,
    const uint32_t size[static 2], unsigned channels, unsigned by)
{
	struct cs_shrink *n;
	enum cs_err err = cs_pixels_new(
	    out, (size[0] + by - 1) / by, (size[1] + by - 1) / by, channels);

	*s = NULL;
	if (err)
		return err;
	if ((n = cs_calloc(1, sizeof *n)) == NULL)
		return CS_ERR_NOMEM;
	*n = (struct cs_shrink){ out, size[0], size[1], 0, by, NULL };
	n->sums = cs_calloc((size_t)out->width * channels, sizeof *n->sums);
	if (n->sums == NULL) {
		cs_free_plain(n);
		return CS_ERR_NOMEM;
	}
	*s = n;
	return CS_OK;
}

void
cs_shrink_free(struct cs_shrink *s)
{
	if (s == NULL)
		return;
	cs_free(s->sums,
	    (size_t)s->out->width * s->out->channels * sizeof *s->sums);
	cs_free_plain(s);
}

static void
add(struct cs_shrink *s, const uint8_t *row)
{
	unsigned channels = s->out->channels;

	for (uint32_t x = 0; x < s->width; x++)
		for (unsigned c = 0; c < channels; c++)
			s->sums[(size_t)(x / s->by) * channels + c] += *row++;
}

/* The last row and column are of as many pixels as there are. */
static void
put(struct cs_shrink *s)
{
	struct cs_pixels *out = s->out;
	size_t stride = (size_t)out->width * out->channels;
	uint8_t *to = out->data + (s->y / s->by) * stride;
	uint32_t rows = s->y % s->by + 1;

	for (uint32_t x = 0; x < out->width; x++) {
		uint32_t left = s->width - x * s->by;
		uint32_t n = rows * (left < s->by ? left : s->by);

		for (unsigned c = 0; c < out->channels; c++) {
			size_t at = (size_t)x * out->channels + c;

			to[at] = (uint8_t)((s->sums[at] + n / 2) / n);
		}
	}
	memset(s->sums, 0, stride * sizeof *s->sums);
}

enum cs_err
cs_shrink_row(struct cs_shrink *s, const uint8_t *row)
{
	if (s->y >= s->height)
		return CS_ERR_FORMAT;
	if (s->by == 1) {
		size_t stride = (size_t)s->width * s->out->channels;

		memcpy(s->out->data + s->y * stride, row, stride);
	} else {
		add(s, row);
		if ((s->y + 1) % s->by == 0 || s->y + 1 == s->height)
			put(s);
	}
	s->y++;
	return CS_OK;
}

enum cs_err
cs_pixels_shrink(struct cs_pixels *p, unsigned by)
{
	struct cs_pixels out = { .orientation = p->orientation,
		.lossless = p->lossless };
	const uint32_t size[2] = { p->width, p->height };
	size_t stride = (size_t)p->width * p->channels;
	struct cs_shrink *s;
	enum cs_err err = cs_shrink_new(&s, &out, size, p->channels, by);

	for (uint32_t y = 0; y < p->height && err == CS_OK; y++)
		err = cs_shrink_row(s, p->data + y * stride);
	cs_shrink_free(s);
	if (err) {
		cs_pixels_clear(&out);
		return err;
	}
	cs_buf_move(&out.icc, &p->icc);
	cs_pixels_clear(p);
	*p = out;
	return CS_OK;
}
