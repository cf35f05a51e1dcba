/* SPDX-License-Identifier: MIT */
/* Photos to begin with, and what is seen in those that come out. */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "content/photo_codec.h"
#include "content/photo_pixels.h"
#include "support/test.h"

#define PW_WIDTH 24
#define PW_HEIGHT 16

/* Four corners, each of another colour, so that a turn is seen. */
static const uint8_t pw_corners[4][3] = {
	{ 250, 0, 0 },
	{ 0, 250, 0 },
	{ 0, 0, 250 },
	{ 250, 250, 250 },
};

static inline void
pw_paint(struct cs_pixels *p, unsigned channels)
{
	memset(p, 0, sizeof *p);
	assert_ok(cs_pixels_new(p, PW_WIDTH, PW_HEIGHT, channels));
	p->orientation = 1;
	for (uint32_t y = 0; y < PW_HEIGHT; y++)
		for (uint32_t x = 0; x < PW_WIDTH; x++) {
			uint8_t *at = p->data + (y * PW_WIDTH + x) * channels;
			int corner =
			    2 * (y >= PW_HEIGHT / 2) + (x >= PW_WIDTH / 2);

			for (unsigned c = 0; c < channels; c++)
				at[c] = c == 3 ? 128 : pw_corners[corner][c];
		}
}

/* Which of the four colours is in corner ${corner}? */
static inline int
pw_colour_at(const struct cs_pixels *p, int corner)
{
	uint32_t x = corner % 2 != 0 ? p->width - 2 : 1;
	uint32_t y = corner / 2 != 0 ? p->height - 2 : 1;
	const uint8_t *at = p->data + (y * p->width + x) * p->channels;

	for (int i = 0; i < 4; i++) {
		int far = 0;

		for (int c = 0; c < 3; c++)
			far |= abs(at[c] - pw_corners[i][c]) > 60;
		if (!far)
			return i;
	}
	return -1;
}

static inline bool
pw_contains(struct cs_view v, const char *what)
{
	return memmem(v.data, v.len, what, strlen(what)) != NULL;
}

/* Pixels that nothing shrinks, so many that allocators ask the kernel. */
static inline struct cs_pixels
pw_noise(uint32_t width, uint32_t height, unsigned channels)
{
	struct cs_pixels p = { 0 };
	uint32_t x = 12345;

	assert_ok(cs_pixels_new(&p, width, height, channels));
	p.orientation = 1;
	for (size_t i = 0; i < cs_pixels_size(&p); i++) {
		x = x * 1664525u + 1013904223u;
		p.data[i] = (uint8_t)(x >> 24);
	}
	return p;
}

/* The program that is built beside the tests. */
static inline void
pw_find_child(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 40);
	char *slash;

	assert_true(n > 0);
	path[n] = '\0';
	slash = strrchr(path, '/');
	assert_non_null(slash);
	strcpy(slash, "/../countersign-photo");
	assert_int_equal(setenv("COUNTERSIGN_PHOTO", path, 1), 0);
}
