/* SPDX-License-Identifier: MIT */
/*
 * make-photo WIDTH HEIGHT FILE.jpg|FILE.png [--gps | --turn N]: a picture for
 * tests, with enough in it that it does not shrink to nothing.  --gps puts an
 * EXIF block with a place and an orientation into a JPEG.  --turn: the same
 * picture turned by N % 4 right angles, mirrored before if N is 4 or more.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

static unsigned turn, turned_width, turned_height; /* of what is written */

/* A point of the picture before it is turned. */
static uint8_t
point(unsigned x, unsigned y, unsigned c)
{
	uint32_t h =
	    x / 3 * 2654435761u ^ y / 3 * 2246822519u ^ c * 3266489917u;

	h ^= h >> 13;
	return (uint8_t)((x + y * 2 + c * 80) / 4 + (h & 31));
}

static uint8_t
pixel(unsigned x, unsigned y, unsigned c)
{
	unsigned right = turned_width - 1 - x, below = turned_height - 1 - y;
	unsigned from[4][2] = { { x, y }, { y, right }, { right, below },
		{ below, x } };
	unsigned *at = from[turn % 4];
	unsigned width = turn % 2 == 0 ? turned_width : turned_height;

	return point(turn >= 4 ? width - 1 - at[0] : at[0], at[1], c);
}

/* EXIF: one IFD with an orientation, one with a place (52 N, 13 E). */
static const uint8_t exif[] = { 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0,
	0, 8,
	/* IFD0 at 8: orientation 6, GPS IFD at 38 */
	0, 2, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0x88, 0x25, 0, 4, 0, 0,
	0, 1, 0, 0, 0, 38, 0, 0, 0, 0,
	/* GPS IFD at 38: latitude reference and latitude */
	0, 2, 0, 1, 0, 2, 0, 0, 0, 2, 'N', 0, 0, 0, 0, 2, 0, 5, 0, 0, 0, 3, 0,
	0, 0, 68, 0, 0, 0, 0,
	/* three rationals at 68 */
	0, 0, 0, 52, 0, 0, 0, 1, 0, 0, 0, 30, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
	1 };

static int
write_jpeg(FILE *f, unsigned width, unsigned height, int gps)
{
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr e;
	uint8_t *row = malloc((size_t)width * 3);

	if (row == NULL)
		return 1;
	j.err = jpeg_std_error(&e);
	jpeg_create_compress(&j);
	jpeg_stdio_dest(&j, f);
	j.image_width = width;
	j.image_height = height;
	j.input_components = 3;
	j.in_color_space = JCS_RGB;
	jpeg_set_defaults(&j);
	jpeg_set_quality(&j, 90, TRUE);
	jpeg_start_compress(&j, TRUE);
	if (gps)
		jpeg_write_marker(&j, JPEG_APP0 + 1, exif, sizeof exif);
	while (j.next_scanline < height) {
		for (unsigned x = 0; x < width; x++)
			for (unsigned c = 0; c < 3; c++)
				row[3 * x + c] = pixel(x, j.next_scanline, c);
		jpeg_write_scanlines(&j, &row, 1);
	}
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	free(row);
	return 0;
}

static int
write_png(const char *path, unsigned width, unsigned height)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
		.width = width,
		.height = height,
		.format = PNG_FORMAT_RGB };
	uint8_t *all = malloc((size_t)width * height * 3);
	int ok;

	if (all == NULL)
		return 1;
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			for (unsigned c = 0; c < 3; c++)
				all[3 * ((size_t)y * width + x) + c] =
				    pixel(x, y, c);
	ok = png_image_write_to_file(&image, path, 0, all, 0, NULL);
	free(all);
	return !ok;
}

int
main(int argc, char **argv)
{
	unsigned width, height;
	size_t n;
	FILE *f;
	int status;

	if (argc < 4)
		return 64;
	width = (unsigned)atoi(argv[1]);
	height = (unsigned)atoi(argv[2]);
	if (argc > 5 && strcmp(argv[4], "--turn") == 0)
		turn = (unsigned)atoi(argv[5]) % 8;
	if (turn % 2 != 0) {
		unsigned swap = width;

		width = height;
		height = swap;
	}
	turned_width = width;
	turned_height = height;
	n = strlen(argv[3]);
	if (n > 4 && strcmp(argv[3] + n - 4, ".png") == 0)
		return write_png(argv[3], width, height);
	if ((f = fopen(argv[3], "wb")) == NULL)
		return 1;
	status = write_jpeg(
	    f, width, height, argc > 4 && strcmp(argv[4], "--gps") == 0);
	return fclose(f) != 0 || status;
}
