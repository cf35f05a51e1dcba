/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.  The result has to be the reference's to the bit, so
 * the order of additions is part of the algorithm: sums are single-precision
 * and run along each line, the pixel that comes in before the one that leaves.
 * What is free is which lines run side by side: the columns do, for the
 * vector units.
 */
#include "phash/shrink.h"

#include <string.h>

#include "base/alloc.h"
#include "phash/phash_internal.h"

#define SIDE_MIN 5
/* The filters cost time for each pixel, and see no more in a larger picture. */
#define SIDE_FULL 512
/* Two box filters make a tent: the published number. */
#define PASSES 2

static enum cs_err
check(const struct cs_pdq_picture *p)
{
	if (p->channels != 1 && p->channels != 3 && p->channels != 4)
		return CS_ERR_MISUSE;
	if (p->width == 0 || p->height == 0)
		return CS_ERR_FORMAT;
	if (p->width > CS_PDQ_SIDE_MAX || p->height > CS_PDQ_SIDE_MAX ||
	    (uint64_t)p->width * p->height > CS_PDQ_PIXELS_MAX)
		return CS_ERR_LIMIT;
	return p->pixels != NULL ? CS_OK : CS_ERR_MISUSE;
}

static float
brightness(const uint8_t *pixel, unsigned channels)
{
	if (channels == 1)
		return pixel[0];
	return 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
}

/* The brightness of ${width} by ${height} pixels of ${p}. */
static void
take(float *out, size_t width, size_t height, const struct cs_pdq_picture *p)
{
	for (size_t y = 0; y < height; y++) {
		const uint8_t *row =
		    p->pixels + y * p->height / height * p->width * p->channels;

		for (size_t x = 0; x < width; x++)
			*out++ =
			    brightness(row + x * p->width / width * p->channels,
				p->channels);
	}
}

/*
 * Box filter over ${n} things, ${step} apart, in ${lanes} lines side by side:
 * each becomes the mean of the ${window} things around it (one more ahead than
 * behind where that is even), of fewer at the ends.
 */
static inline void
box(float *out, const float *in, size_t n, size_t step, size_t lanes,
    size_t window)
{
	size_t ahead = window / 2, in_window = 0;
	float sums[SIDE_FULL] = { 0 };

	for (size_t i = 0; i < n + ahead; i++) {
		if (i < n) {
			for (size_t k = 0; k < lanes; k++)
				sums[k] += in[i * step + k];
			in_window++;
		}
		if (i >= window) {
			for (size_t k = 0; k < lanes; k++)
				sums[k] -= in[(i - window) * step + k];
			in_window--;
		}
		if (i >= ahead)
			for (size_t k = 0; k < lanes; k++)
				out[(i - ahead) * step + k] =
				    sums[k] / (float)in_window;
	}
}

/* A 128th, rounded up: two of them reach over the distance of two points. */
static size_t
window_of(size_t side)
{
	return (side + 2 * PDQ_SIDE - 1) / (2 * PDQ_SIDE);
}

static void
blur(float *a, float *spare, size_t width, size_t height)
{
	for (int pass = 0; pass < PASSES; pass++) {
		for (size_t y = 0; y < height; y++)
			box(spare + y * width, a + y * width, width, 1, 1,
			    window_of(width));
		box(a, spare, height, width, width, window_of(height));
	}
}

/* The pixel at the middle of each of 64 by 64 fields. */
static void
decimate(float out[static PDQ_SIDE][PDQ_SIDE], const float *in, size_t width,
    size_t height)
{
	for (size_t i = 0; i < PDQ_SIDE; i++)
		for (size_t j = 0; j < PDQ_SIDE; j++)
			out[i][j] =
			    in[(2 * i + 1) * height / (2 * PDQ_SIDE) * width +
				(2 * j + 1) * width / (2 * PDQ_SIDE)];
}

enum cs_err
cs_pdq_shrink(
    float out[static PDQ_SIDE][PDQ_SIDE], const struct cs_pdq_picture *picture)
{
	size_t width = picture->width, height = picture->height, size;
	enum cs_err err = check(picture);
	float *a;

	if (err)
		return err;
	if (width > SIDE_FULL || height > SIDE_FULL)
		width = height = SIDE_FULL;
	if (width < SIDE_MIN || height < SIDE_MIN)
		return CS_ERR_UNSUPPORTED;
	size = width * height;
	if ((a = cs_calloc(2 * size, sizeof *a)) == NULL)
		return CS_ERR_NOMEM;
	take(a, width, height, picture);
	/* The reference leaves a frame of a video that is small already. */
	if (width != PDQ_SIDE || height != PDQ_SIDE)
		blur(a, a + size, width, height);
	decimate(out, a, width, height);
	cs_free(a, 2 * size * sizeof *a);
	return CS_OK;
}
