/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "content/photo_codec.h"
#include "content/photo_gif.h"
#include "content/photo_jpeg.h"
#include "content/photo_look.h"
#include "content/photo_pixels.h"
#include "content/photo_png.h"
#include "support/test.h"

#define SIDE 256

/* Something to see: waves of two lengths. */
static struct cs_pixels
picture(uint32_t w, uint32_t h, unsigned channels)
{
	struct cs_pixels p = { 0 };

	assert_ok(cs_pixels_new(&p, w, h, channels));
	for (uint32_t y = 0; y < h; y++)
		for (uint32_t x = 0; x < w; x++)
			for (unsigned k = 0; k < channels; k++)
				p.data[((size_t)y * w + x) * channels + k] =
				    k == 3
				    ? 255
				    : (uint8_t)((x * 7 / (h / 32 + 1) ^
						    y * 3 / (w / 64 + 1)) *
					      5 +
					  x * y / 90);
	p.orientation = 1;
	return p;
}

static struct cs_buf
png(uint32_t w, uint32_t h, unsigned channels)
{
	struct cs_pixels p = picture(w, h, channels);
	struct cs_buf out = { 0 };

	assert_ok(cs_png_encode(&out, &p, 0));
	cs_pixels_clear(&p);
	return out;
}

static void
test_levels(void **state)
{
	static const uint32_t sides[] = { 0, CS_PHOTO_BLUR_SIDE,
		CS_PHOTO_SMALL_SIDE, CS_PHOTO_FULL_SIDE };
	struct cs_buf file = png(2400, 1200, 3);

	(void)state;
	for (int level = CS_PHOTO_LEVEL_BLUR; level <= CS_PHOTO_LEVEL_FULL;
	     level++) {
		struct cs_pixels shown = { 0 };
		struct cs_photo_look l;

		assert_ok(cs_photo_look_here(
		    &l, cs_buf_view(&file), (enum cs_photo_level)level));
		assert_int_equal(l.width, 2400);
		if (level == CS_PHOTO_LEVEL_BLUR)
			assert_ok(
			    cs_png_decode(&shown, cs_buf_view(&l.picture)));
		else
			assert_ok(
			    cs_jpeg_decode(&shown, cs_buf_view(&l.picture)));
		assert_int_equal(shown.width, sides[level]);
		assert_int_equal(shown.height, sides[level] / 2);
		assert_int_equal(
		    shown.channels, level == CS_PHOTO_LEVEL_BLUR ? 1 : 3);
		cs_pixels_clear(&shown);
		cs_photo_look_clear(&l);
	}
	cs_buf_free(&file);
}

/* The hash is that of the pixels, whatever the file; see-through or not. */
static void
test_hash(void **state)
{
	struct cs_buf plain = png(SIDE, SIDE, 3), alpha = png(SIDE, SIDE, 4);
	struct cs_pixels p = picture(SIDE, SIDE, 3);
	struct cs_photo_look a, b;
	struct cs_pdq want;

	(void)state;
	assert_ok(cs_pdq_hash(
	    &want, &(struct cs_pdq_picture){ p.data, p.width, p.height, 3 }));
	assert_ok(
	    cs_photo_look_here(&a, cs_buf_view(&plain), CS_PHOTO_LEVEL_HASH));
	assert_ok(
	    cs_photo_look_here(&b, cs_buf_view(&alpha), CS_PHOTO_LEVEL_HASH));
	assert_memory_equal(a.hashes[0], want.hash, CS_PDQ_LEN);
	assert_memory_equal(b.hashes[0], want.hash, CS_PDQ_LEN);
	assert_int_equal(a.quality, want.quality);
	assert_null(a.media_type);
	cs_photo_look_clear(&a);
	cs_photo_look_clear(&b);
	cs_pixels_clear(&p);
	cs_buf_free(&plain);
	cs_buf_free(&alpha);
}

/* 2 by 2 points of four colours, and what would move after it. */
static const uint8_t gif[] = { 'G', 'I', 'F', '8', '9', 'a', 2, 0, 2, 0, 0x91,
	0, 0, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0x21, 0xfe, 3, 'h', 'e',
	'y', 0, 0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x44, 0x34, 0x05, 0,
	0x3b };

static void
test_gif(void **state)
{
	struct cs_pixels p = { 0 };
	struct cs_photo_look l;

	(void)state;
	assert_ok(cs_gif_decode(&p, CS_VIEW_OF(gif)));
	assert_int_equal(p.width, 2);
	assert_int_equal(p.height, 2);
	assert_int_equal(p.channels, 3);
	cs_pixels_clear(&p);
	/* Too small to have a hash that says something. */
	assert_ok(cs_photo_look_here(&l, CS_VIEW_OF(gif), CS_PHOTO_LEVEL_HASH));
	assert_int_equal(l.quality, 0);
	cs_photo_look_clear(&l);
	for (size_t n = 0; n < sizeof gif - 4; n++) {
		enum cs_err err = cs_photo_look_here(
		    &l, cs_view(gif, n), CS_PHOTO_LEVEL_FULL);

		if (err == CS_OK)
			fail_msg("%zu bytes of it are a picture", n);
		cs_photo_look_clear(&l);
	}
}

static void
test_hostile(void **state)
{
	struct cs_buf file = png(64, 64, 3);
	uint8_t bomb[sizeof gif];
	struct cs_photo_look l;

	(void)state;
	assert_err(cs_photo_look_here(
		       &l, cs_view_str("no photo"), CS_PHOTO_LEVEL_HASH),
	    CS_ERR_TYPE);
	assert_err(
	    cs_photo_look_here(&l, cs_view(NULL, 0), CS_PHOTO_LEVEL_HASH),
	    CS_ERR_TYPE);
	/* 65,535 points a side, in some bytes. */
	memcpy(bomb, gif, sizeof gif);
	memset(bomb + 37, 0xff, 4);
	assert_err(
	    cs_photo_look_here(&l, CS_VIEW_OF(bomb), CS_PHOTO_LEVEL_HASH),
	    CS_ERR_LIMIT);
	for (size_t i = 0; i < file.len; i += 3) {
		file.data[i] ^= 0x55;
		(void)!cs_photo_look_here(
		    &l, cs_buf_view(&file), CS_PHOTO_LEVEL_SMALL);
		cs_photo_look_clear(&l);
		file.data[i] ^= 0x55;
	}
	cs_buf_free(&file);
}

/* What the child says is believed as far as it can be. */
static void
test_answer(void **state)
{
	struct cs_photo_look l = { .width = 10, .height = 10, .quality = 50 },
			     got;
	struct cs_buf bytes = { 0 };

	(void)state;
	assert_ok(cs_photo_look_write(&bytes, &l, CS_OK));
	assert_ok(cs_photo_look_read(&got, cs_buf_view(&bytes)));
	assert_int_equal(got.quality, 50);
	bytes.data[0] ^= 1;
	assert_err(
	    cs_photo_look_read(&got, cs_buf_view(&bytes)), CS_ERR_FORMAT);
	bytes.data[0] ^= 1;
	for (size_t n = 0; n < bytes.len; n++)
		assert_err(cs_photo_look_read(&got, cs_view(bytes.data, n)),
		    CS_ERR_FORMAT);
	/* A picture that is none. */
	assert_ok(cs_buf_add(&bytes, cs_view_str("<html>")));
	assert_err(
	    cs_photo_look_read(&got, cs_buf_view(&bytes)), CS_ERR_FORMAT);
	cs_buf_reset(&bytes);
	l.quality = 200;
	assert_ok(cs_photo_look_write(&bytes, &l, CS_OK));
	assert_err(
	    cs_photo_look_read(&got, cs_buf_view(&bytes)), CS_ERR_FORMAT);
	cs_buf_reset(&bytes);
	/* Its memory is bounded: to want more is to be stopped. */
	assert_ok(cs_photo_look_write(&bytes, &l, CS_ERR_NOMEM));
	assert_err(
	    cs_photo_look_read(&got, cs_buf_view(&bytes)), CS_ERR_CLOSED);
	cs_buf_reset(&bytes);
	assert_ok(cs_photo_look_write(&bytes, &l, CS_ERR_IO));
	assert_err(
	    cs_photo_look_read(&got, cs_buf_view(&bytes)), CS_ERR_FORMAT);
	cs_buf_free(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_gif),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
