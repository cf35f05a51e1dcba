/* SPDX-License-Identifier: MIT */
#include "content/photo_heif.h"

#include <libheif/heif.h>

#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/photo_jpeg.h"
#include "content/photo_look.h"
#include "content/photo_recode.h"
#include "content/photo_webp.h"
#include "support/library_leaks.h"
#include "unit/content/photo_world.h"

static const enum heif_compression_format formats[] = { heif_compression_HEVC,
	heif_compression_AV1 };
#define FORMATS 2

/* What is put into a file, beside the pixels. */
struct scene {
	struct cs_view exif, icc;
	enum heif_orientation orientation;
	const struct cs_pixels
	    *first; /* another picture, not the primary one */
};

static void
fine(struct heif_error e)
{
	if (e.code != heif_error_Ok)
		fail_msg("libheif: %s", e.message);
}

static struct heif_image *
image_of(const struct cs_pixels *p)
{
	struct heif_image *image;
	uint8_t *to;
	int stride;

	fine(heif_image_create((int)p->width, (int)p->height,
	    heif_colorspace_RGB,
	    p->channels == 4 ? heif_chroma_interleaved_RGBA
			     : heif_chroma_interleaved_RGB,
	    &image));
	fine(heif_image_add_plane(
	    image, heif_channel_interleaved, (int)p->width, (int)p->height, 8));
	to = heif_image_get_plane(image, heif_channel_interleaved, &stride);
	for (uint32_t y = 0; y < p->height; y++)
		memcpy(to + y * (size_t)stride,
		    p->data + (size_t)y * p->width * p->channels,
		    (size_t)p->width * p->channels);
	return image;
}

static struct heif_image_handle *
add(struct heif_context *context, struct heif_encoder *encoder,
    const struct cs_pixels *p, const struct scene *scene)
{
	struct heif_encoding_options *options = heif_encoding_options_alloc();
	struct heif_image *image = image_of(p);
	struct heif_image_handle *handle;

	if (scene->icc.len != 0)
		fine(heif_image_set_raw_color_profile(
		    image, "prof", scene->icc.data, scene->icc.len));
	if (scene->orientation != 0)
		options->image_orientation = scene->orientation;
	fine(heif_context_encode_image(
	    context, image, encoder, options, &handle));
	if (scene->exif.len != 0) {
		fine(heif_context_add_exif_metadata(
		    context, handle, scene->exif.data, (int)scene->exif.len));
		fine(heif_context_add_XMP_metadata(
		    context, handle, scene->exif.data, (int)scene->exif.len));
	}
	heif_encoding_options_free(options);
	heif_image_release(image);
	return handle;
}

static struct heif_error
take(struct heif_context *context, const void *data, size_t n, void *arg)
{
	(void)context;
	assert_ok(cs_buf_add(arg, cs_view(data, n)));
	return (struct heif_error){ heif_error_Ok, 0, "" };
}

static void
make(struct cs_buf *out, enum heif_compression_format format,
    const struct cs_pixels *p, const struct scene *scene)
{
	static const struct scene plain;
	struct heif_writer writer = { 1, take };
	struct heif_context *context = heif_context_alloc();
	struct heif_encoder *encoder;
	struct heif_image_handle *handle;

	fine(heif_context_get_encoder_for_format(context, format, &encoder));
	fine(heif_encoder_set_lossy_quality(encoder, 95));
	if (scene->first != NULL)
		heif_image_handle_release(
		    add(context, encoder, scene->first, &plain));
	handle = add(context, encoder, p, scene);
	fine(heif_context_set_primary_image(context, handle));
	heif_image_handle_release(handle);
	fine(heif_context_write(context, &writer, out));
	heif_encoder_release(encoder);
	heif_context_free(context);
}

static bool
can_make(void)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (!heif_have_encoder_for_format(formats[i]))
			return false;
	return true;
}

static void
shoot(struct cs_buf *out, size_t format, unsigned channels,
    const struct scene *scene)
{
	struct cs_pixels p;

	if (!can_make())
		skip(); /* a libheif that reads only */
	pw_paint(&p, channels);
	cs_buf_reset(out);
	make(out, formats[format], &p, scene);
	cs_pixels_clear(&p);
}

static void
test_becomes_jpeg(void **state)
{
	static const uint8_t exif[] = "MM 48 deg 8' N";
	const struct scene scene = { .exif = CS_VIEW_OF(exif) };
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t f = 0; f < FORMATS; f++) {
		struct cs_photo photo;
		struct cs_pixels p = { 0 };

		shoot(&file, f, 3, &scene);
		assert_true(pw_contains(cs_buf_view(&file), "48 deg"));
		assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
		assert_string_equal(photo.media_type, "image/jpeg");
		assert_false(pw_contains(cs_buf_view(&photo.bytes), "48 deg"));
		assert_ok(cs_jpeg_decode(&p, cs_buf_view(&photo.bytes)));
		for (int c = 0; c < 4; c++)
			assert_int_equal(pw_colour_at(&p, c), c);
		cs_pixels_clear(&p);
		cs_photo_clear(&photo);
	}
	cs_buf_free(&file);
}

/* A quarter to the right, as a phone that is held upright writes it. */
static void
test_turned(void **state)
{
	static const int turned[] = { 2, 0, 3, 1 };
	const struct scene scene = { .orientation =
					 heif_orientation_rotate_90_cw };
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t f = 0; f < FORMATS; f++) {
		struct cs_pixels p = { 0 };

		shoot(&file, f, 3, &scene);
		assert_ok(cs_heif_decode(&p, cs_buf_view(&file)));
		assert_int_equal(p.width, PW_HEIGHT);
		assert_int_equal(p.orientation, 1);
		for (int c = 0; c < 4; c++)
			assert_int_equal(pw_colour_at(&p, c), turned[c]);
		cs_pixels_clear(&p);
	}
	cs_buf_free(&file);
}

static void
test_transparent(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t f = 0; f < FORMATS; f++) {
		struct cs_photo photo;
		struct cs_pixels p = { 0 };

		shoot(&file, f, 4, &(struct scene){ 0 });
		assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
		assert_string_equal(photo.media_type, "image/webp");
		assert_ok(cs_webp_decode(&p, cs_buf_view(&photo.bytes)));
		assert_int_equal(p.channels, 4);
		assert_in_range(p.data[3], 120, 136);
		cs_pixels_clear(&p);
		cs_photo_clear(&photo);
	}
	cs_buf_free(&file);
}

/* Of several pictures, the one that the file calls its own. */
static void
test_primary(void **state)
{
	struct cs_pixels grey = { 0 };
	struct cs_buf file = { 0 };

	(void)state;
	assert_ok(cs_pixels_new(&grey, 64, 64, 3));
	for (size_t f = 0; f < FORMATS; f++) {
		struct cs_pixels p = { 0 };

		shoot(&file, f, 3, &(struct scene){ .first = &grey });
		assert_ok(cs_heif_decode(&p, cs_buf_view(&file)));
		assert_int_equal(p.width, PW_WIDTH);
		for (int c = 0; c < 4; c++)
			assert_int_equal(pw_colour_at(&p, c), c);
		cs_pixels_clear(&p);
	}
	cs_pixels_clear(&grey);
	cs_buf_free(&file);
}

static void
test_profile_is_read(void **state)
{
	static const uint8_t icc[] = "not one, but brought along";
	struct cs_buf file = { 0 };
	struct cs_pixels p = { 0 };

	(void)state;
	shoot(&file, 0, 3, &(struct scene){ .icc = CS_VIEW_OF(icc) });
	assert_ok(cs_heif_decode(&p, cs_buf_view(&file)));
	assert_view_equal(cs_buf_view(&p.icc), CS_VIEW_OF(icc));
	cs_pixels_clear(&p);
	cs_buf_free(&file);
}

/* Display P3, named by a number: one colour of it, and what it is in sRGB.
 * libheif writes that box for AVIF only, and says in it that it does not know.
 */
static void
test_named_colours(void **state)
{
	struct cs_pixels p = { 0 }, got = { 0 };
	struct cs_buf file = { 0 };
	struct cs_photo photo;
	uint8_t *at;

	(void)state;
	if (!can_make())
		skip();
	assert_ok(cs_pixels_new(&p, 64, 64, 3));
	for (size_t i = 0; i < 64 * 64; i++)
		memcpy(p.data + 3 * i, (const uint8_t[]){ 200, 120, 90 }, 3);
	make(&file, heif_compression_AV1, &p, &(struct scene){ 0 });
	at = memmem(file.data, file.len, "nclx\0\2\0\2", 8);
	assert_non_null(at);
	memcpy(at + 4, "\0\x0c\0\x0d", 4);
	assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
	assert_ok(cs_jpeg_decode(&got, cs_buf_view(&photo.bytes)));
	at = got.data + 3 * (64 * 32 + 32);
	assert_in_range(at[0], 213 - 5, 213 + 5);
	assert_in_range(at[1], 115 - 5, 115 + 5);
	assert_in_range(at[2], 83 - 5, 83 + 5);
	cs_pixels_clear(&got);
	cs_photo_clear(&photo);
	/* A curve of HDR is left alone. */
	at = memmem(file.data, file.len, "nclx\0\x0c\0\x0d", 8);
	assert_non_null(at);
	memcpy(at + 4, "\0\x0c\0\x10", 4);
	assert_ok(cs_heif_decode(&got, cs_buf_view(&file)));
	assert_int_equal(got.icc.len, 0);
	cs_pixels_clear(&got);
	cs_pixels_clear(&p);
	cs_buf_free(&file);
}

/* What a file says of its size is not believed, nor allocated. */
static void
test_bombs(void **state)
{
	/* As large as coders make it, so that nothing is cut off. */
	struct cs_pixels square = pw_noise(64, 64, 3);
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t f = 0; f < FORMATS && can_make(); f++) {
		struct cs_pixels p = { 0 };
		uint8_t *at;

		cs_buf_reset(&file);
		make(&file, formats[f], &square, &(struct scene){ 0 });
		at = memmem(file.data, file.len, "ispe", 4);
		assert_non_null(at);
		/* 60,000 points a side, behind version and flags. */
		memcpy(at + 8, "\0\0\xea\x60\0\0\xea\x60", 8);
		assert_err(
		    cs_heif_decode(&p, cs_buf_view(&file)), CS_ERR_LIMIT);
		assert_null(p.data);
		cs_pixels_clear(&p);
	}
	cs_pixels_clear(&square);
	cs_buf_free(&file);
}

static void
test_damaged(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t f = 0; f < FORMATS; f++) {
		shoot(&file, f, 3, &(struct scene){ 0 });
		for (size_t i = 0; i < file.len; i++) {
			struct cs_pixels p = { 0 };

			if (cs_heif_decode(&p, cs_view(file.data, i)) == CS_OK)
				fail_msg("%zu of %zu bytes are a photo", i,
				    file.len);
			cs_pixels_clear(&p);
			file.data[i] ^= 0x55;
			(void)!cs_heif_decode(&p, cs_buf_view(&file));
			cs_pixels_clear(&p);
			file.data[i] ^= 0x55;
		}
	}
	cs_buf_free(&file);
}

/* In the sandbox there are no threads, and nothing asks for one; large enough
 * that a decoder would. */
static void
test_child(void **state)
{
	struct cs_pixels p = pw_noise(1000, 700, 3);

	(void)state;
	pw_find_child();
	for (size_t f = 0; f < FORMATS && can_make(); f++) {
		struct cs_buf file = { 0 };
		struct cs_photo photo;
		struct cs_photo_look look;

		make(&file, formats[f], &p, &(struct scene){ 0 });
		assert_ok(cs_photo_clean(&photo, cs_buf_view(&file)));
		assert_int_equal(photo.width, 1000);
		assert_string_equal(photo.media_type, "image/jpeg");
		assert_ok(cs_photo_look(
		    &look, cs_buf_view(&file), CS_PHOTO_LEVEL_HASH));
		assert_int_equal(look.height, 700);
		cs_photo_look_clear(&look);
		cs_photo_clear(&photo);
		cs_buf_free(&file);
	}
	cs_pixels_clear(&p);
}

/* Whatever a decoder has to say about damage, it is not stopped for it. */
static void
test_child_damaged(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	pw_find_child();
	for (size_t f = 0; f < FORMATS; f++) {
		shoot(&file, f, 3, &(struct scene){ 0 });
		for (size_t i = 12; i < file.len; i += 5) {
			struct cs_photo_look look;
			enum cs_err err;

			file.data[i] ^= 0x55;
			err = cs_photo_look(
			    &look, cs_buf_view(&file), CS_PHOTO_LEVEL_HASH);
			if (err == CS_ERR_CLOSED)
				fail_msg("it was stopped at byte %zu", i);
			cs_photo_look_clear(&look);
			file.data[i] ^= 0x55;
		}
	}
	cs_buf_free(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_becomes_jpeg),
		cmocka_unit_test(test_turned),
		cmocka_unit_test(test_transparent),
		cmocka_unit_test(test_primary),
		cmocka_unit_test(test_profile_is_read),
		cmocka_unit_test(test_named_colours),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_child_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
