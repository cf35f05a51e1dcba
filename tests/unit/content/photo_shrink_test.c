/* SPDX-License-Identifier: MIT */
#include "content/photo_shrink.h"

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/photo_jpeg.h"
#include "content/photo_png.h"
#include "content/photo_recode.h"
#include "unit/content/photo_world.h"

/* ---- means -------------------------------------------------------------- */

static void
test_means(void **state)
{
	static const uint8_t rows[3][5] = {
		{ 10, 20, 30, 40, 250 },
		{ 30, 40, 50, 60, 252 },
		{ 7, 9, 100, 102, 5 },
	};
	static const uint8_t wanted[2][3] = { { 25, 45, 251 }, { 8, 101, 5 } };
	const uint32_t size[2] = { 5, 3 };
	struct cs_pixels p = { 0 };
	struct cs_shrink *s;

	(void)state;
	assert_ok(cs_shrink_new(&s, &p, size, 1, 2));
	for (int y = 0; y < 3; y++)
		assert_ok(cs_shrink_row(s, rows[y]));
	assert_err(cs_shrink_row(s, rows[0]), CS_ERR_FORMAT);
	assert_int_equal(p.width, 3);
	assert_int_equal(p.height, 2);
	assert_memory_equal(p.data, wanted, sizeof wanted);
	cs_shrink_free(s);
	cs_pixels_clear(&p);
	/* One to one, and nothing. */
	assert_ok(cs_shrink_new(&s, &p, size, 1, 1));
	for (int y = 0; y < 3; y++)
		assert_ok(cs_shrink_row(s, rows[y]));
	assert_memory_equal(p.data, rows, sizeof rows);
	cs_shrink_free(s);
	cs_pixels_clear(&p);
	cs_shrink_free(NULL);
}

static void
test_scale(void **state)
{
	static const struct {
		uint32_t width, height;
		unsigned by;
	} cases[] = {
		{ 1, 1, 1 },
		{ 8000, 6250, 1 },
		{ 8001, 6250, 2 },
		{ 12000, 9000, 2 },
		{ 16320, 12240, 2 },
		{ CS_PHOTO_SIDE_MAX + 1, 10, 2 },
		{ CS_PHOTO_SOURCE_SIDE_MAX, 3000, 4 },
	};
	unsigned by;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_ok(
		    cs_pixels_scale(&by, cases[i].width, cases[i].height));
		assert_int_equal(by, cases[i].by);
	}
	assert_err(cs_pixels_scale(&by, 20000, 10001), CS_ERR_LIMIT);
	assert_err(cs_pixels_scale(&by, CS_PHOTO_SOURCE_SIDE_MAX + 1, 1),
	    CS_ERR_LIMIT);
	assert_err(cs_pixels_scale(&by, 0, 1), CS_ERR_FORMAT);
	assert_err(cs_pixels_scale(&by, 1, 0), CS_ERR_FORMAT);
}

/* ---- what a phone with 108 megapixels makes ----------------------------- */

#define WIDTH 12000u
#define HEIGHT 9000u

static void
row(uint8_t *to, uint32_t y)
{
	for (uint32_t x = 0; x < WIDTH; x++)
		memcpy(to + 3 * (size_t)x,
		    pw_corners[2 * (y >= HEIGHT / 2) + (x >= WIDTH / 2)], 3);
}

static void
jpeg_of(struct cs_buf *out)
{
	static uint8_t bytes[3 * WIDTH];
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr e;
	unsigned char *made = NULL;
	unsigned long n = 0;
	JSAMPROW rows = bytes;

	j.err = jpeg_std_error(&e);
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &made, &n);
	j.image_width = WIDTH;
	j.image_height = HEIGHT;
	j.input_components = 3;
	j.in_color_space = JCS_RGB;
	jpeg_set_defaults(&j);
	jpeg_start_compress(&j, TRUE);
	while (j.next_scanline < HEIGHT) {
		row(bytes, j.next_scanline);
		jpeg_write_scanlines(&j, &rows, 1);
	}
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	assert_ok(cs_buf_set(out, cs_view(made, n)));
	free(made);
}

static void
png_take(png_structp png, png_bytep bytes, size_t n)
{
	assert_ok(cs_buf_add(png_get_io_ptr(png), cs_view(bytes, n)));
}

static void
png_of(struct cs_buf *out)
{
	static uint8_t bytes[3 * WIDTH];
	png_structp png =
	    png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);

	cs_buf_reset(out);
	png_set_write_fn(png, out, png_take, NULL);
	png_set_compression_level(png, 1);
	png_set_IHDR(png, info, WIDTH, HEIGHT, 8, PNG_COLOR_TYPE_RGB, 0, 0, 0);
	png_write_info(png, info);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		row(bytes, y);
		png_write_row(png, bytes);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
}

static void
test_large(void **state)
{
	void (*const make[])(struct cs_buf *) = { jpeg_of, png_of };
	struct cs_buf file = { 0 };

	(void)state;
	pw_find_child();
	for (size_t i = 0; i < 2; i++) {
		struct cs_photo photo;
		struct cs_pixels p = { 0 };

		make[i](&file);
		assert_ok(cs_photo_clean(&photo, cs_buf_view(&file)));
		assert_int_equal(photo.width, WIDTH / 2);
		assert_int_equal(photo.height, HEIGHT / 2);
		assert_ok(i == 0
			? cs_jpeg_decode(&p, cs_buf_view(&photo.bytes))
			: cs_png_decode(&p, cs_buf_view(&photo.bytes)));
		for (int c = 0; c < 4; c++)
			assert_int_equal(pw_colour_at(&p, c), c);
		cs_pixels_clear(&p);
		cs_photo_clear(&photo);
	}
	cs_buf_free(&file);
}

/* What does not fit into 16 MiB is made smaller until it does. */
static void
test_made_to_fit(void **state)
{
	struct cs_pixels p = pw_noise(4200, 4200, 3);
	struct cs_buf file = { 0 };
	struct cs_photo photo;

	(void)state;
	assert_ok(cs_jpeg_encode(&file, &p, 95));
	cs_pixels_clear(&p);
	assert_true(file.len > CS_PHOTO_FILE_MAX);
	assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
	assert_true(photo.bytes.len <= CS_PHOTO_FILE_MAX);
	cs_photo_clear(&photo);
	cs_buf_free(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_means),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_made_to_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
