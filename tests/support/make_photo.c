/* SPDX-License-Identifier: MIT */
/*
 * make-photo WIDTH HEIGHT FILE [--gps | --turn N]: a picture for tests, with
 * enough in it that it does not shrink to nothing.  The end of FILE says what
 * it becomes: .jpg, .png, .webp, .heic, .avif, or .gif, which moves.  --gps
 * puts a place, an orientation and the word LEAKED where cameras put such
 * things, in a GIF into a comment.  --turn: the same picture turned by N % 4
 * right angles, mirrored before if N is 4 or more.  Exit status 77: it cannot
 * be written here.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gif_lib.h>
#include <jpeglib.h>
#include <libheif/heif.h>
#include <png.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "support/library_leaks.h"

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
	1, 'L', 'E', 'A', 'K', 'E', 'D' };
#define EXIF_BEGIN 6 /* what only a JPEG has in front */

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

/* All pixels, RGB. */
static uint8_t *
paint(unsigned width, unsigned height)
{
	uint8_t *all = malloc((size_t)width * height * 3);

	if (all == NULL)
		exit(1);
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			for (unsigned c = 0; c < 3; c++)
				all[3 * ((size_t)y * width + x) + c] =
				    pixel(x, y, c);
	return all;
}

static int
write_png(FILE *f, unsigned width, unsigned height, int gps)
{
	uint8_t *all = paint(width, height), copy[sizeof exif];
	png_structp png =
	    png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);

	memcpy(copy, exif, sizeof exif);
	png_init_io(png, f);
	png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, 0, 0, 0);
	if (gps)
		png_set_eXIf_1(
		    png, info, sizeof exif - EXIF_BEGIN, copy + EXIF_BEGIN);
	png_write_info(png, info);
	for (unsigned y = 0; y < height; y++)
		png_write_row(png, all + (size_t)y * width * 3);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(all);
	return 0;
}

static int
write_webp(FILE *f, unsigned width, unsigned height, int gps)
{
	uint8_t *all = paint(width, height), *bytes;
	const WebPData place = { exif + EXIF_BEGIN, sizeof exif - EXIF_BEGIN };
	WebPData data, out;
	WebPMux *mux;
	size_t n;

	n = WebPEncodeRGB(
	    all, (int)width, (int)height, (int)width * 3, 90, &bytes);
	data = (WebPData){ bytes, n };
	mux = WebPMuxCreate(&data, 1);
	if (gps)
		(void)WebPMuxSetChunk(mux, "EXIF", &place, 1);
	if (WebPMuxAssemble(mux, &out) != WEBP_MUX_OK)
		return 1;
	n = fwrite(out.bytes, 1, out.size, f) == out.size;
	WebPDataClear(&out);
	WebPMuxDelete(mux);
	WebPFree(bytes);
	free(all);
	return !n;
}

static struct heif_error
take_heif(struct heif_context *c, const void *bytes, size_t n, void *f)
{
	(void)c;
	return (struct heif_error){ fwrite(bytes, 1, n, f) == n
		    ? heif_error_Ok
		    : heif_error_Encoding_error,
		0, "" };
}

static int
write_heif(FILE *f, unsigned width, unsigned height, int gps,
    enum heif_compression_format format)
{
	uint8_t *all = paint(width, height), *to;
	struct heif_writer writer = { 1, take_heif };
	struct heif_context *c = heif_context_alloc();
	struct heif_encoder *encoder;
	struct heif_image_handle *handle = NULL;
	struct heif_image *image;
	int stride, failed;

	if (heif_context_get_encoder_for_format(c, format, &encoder).code) {
		heif_context_free(c);
		free(all);
		return 77;
	}
	(void)heif_image_create((int)width, (int)height, heif_colorspace_RGB,
	    heif_chroma_interleaved_RGB, &image);
	(void)heif_image_add_plane(
	    image, heif_channel_interleaved, (int)width, (int)height, 8);
	to = heif_image_get_plane(image, heif_channel_interleaved, &stride);
	for (unsigned y = 0; y < height; y++)
		memcpy(to + y * (size_t)stride, all + (size_t)y * width * 3,
		    (size_t)width * 3);
	failed =
	    heif_context_encode_image(c, image, encoder, NULL, &handle).code !=
	    0;
	if (!failed && gps)
		failed = heif_context_add_exif_metadata(c, handle,
			     exif + EXIF_BEGIN, sizeof exif - EXIF_BEGIN)
			     .code != 0;
	failed = failed || heif_context_write(c, &writer, f).code != 0;
	heif_image_handle_release(handle);
	heif_image_release(image);
	heif_encoder_release(encoder);
	heif_context_free(c);
	free(all);
	return failed;
}

static int
take_gif(GifFileType *gif, const GifByteType *bytes, int n)
{
	return (int)fwrite(bytes, 1, (size_t)n, gif->UserData);
}

/* Three pictures of 256 greys, each a little to the right of the last. */
static int
write_gif(FILE *f, unsigned width, unsigned height, int gps)
{
	static const GifByteType delay[] = { 0, 10, 0, 0 };
	GifColorType greys[256];
	ColorMapObject *map;
	GifByteType *row = malloc(width);
	GifFileType *gif;
	int code;

	for (int i = 0; i < 256; i++)
		greys[i] = (GifColorType){ (GifByteType)i, (GifByteType)i,
			(GifByteType)i };
	map = GifMakeMapObject(256, greys);
	gif = EGifOpen(f, take_gif, &code);
	if (gif == NULL || row == NULL || map == NULL)
		return 1;
	EGifSetGifVersion(gif, true);
	EGifPutScreenDesc(gif, (int)width, (int)height, 8, 0, map);
	if (gps)
		EGifPutComment(gif, "52 N 13 E LEAKED");
	for (unsigned i = 0; i < 3; i++) {
		EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, delay);
		EGifPutImageDesc(
		    gif, 0, 0, (int)width, (int)height, false, NULL);
		for (unsigned y = 0; y < height; y++) {
			for (unsigned x = 0; x < width; x++)
				row[x] = pixel(x + 20 * i, y, 0);
			EGifPutLine(gif, row, (int)width);
		}
	}
	free(row);
	GifFreeMapObject(map);
	return EGifCloseFile(gif, &code) != GIF_OK;
}

static int
write_kind(FILE *f, const char *end, unsigned width, unsigned height, int gps)
{
	if (strcmp(end, ".png") == 0)
		return write_png(f, width, height, gps);
	if (strcmp(end, ".webp") == 0)
		return write_webp(f, width, height, gps);
	if (strcmp(end, ".heic") == 0)
		return write_heif(f, width, height, gps, heif_compression_HEVC);
	if (strcmp(end, ".avif") == 0)
		return write_heif(f, width, height, gps, heif_compression_AV1);
	if (strcmp(end, ".gif") == 0)
		return write_gif(f, width, height, gps);
	return write_jpeg(f, width, height, gps);
}

int
main(int argc, char **argv)
{
	unsigned width, height;
	const char *end;
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
	end = strrchr(argv[3], '.');
	if ((f = fopen(argv[3], "wb")) == NULL)
		return 1;
	status = write_kind(f, end != NULL ? end : "", width, height,
	    argc > 4 && strcmp(argv[4], "--gps") == 0);
	return fclose(f) != 0 ? 1 : status;
}
