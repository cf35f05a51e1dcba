/* SPDX-License-Identifier: MIT */

#include "base/writer.h"
#include "content/media.h"
#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/photo_codec.h"
#include "content/photo_exif.h"
#include "content/photo_jpeg.h"
#include "content/photo_pixels.h"
#include "content/photo_png.h"
#include "content/photo_recode.h"
#include "content/photo_webp.h"
#include "content/sniff.h"
#include "support/test.h"
#include "unit/content/photo_world.h"

enum kind { JPEG, PNG, WEBP, KINDS };

static const char *const types[] = { "image/jpeg", "image/png", "image/webp" };

/* ---- photos to begin with ----------------------------------------------- */

/* TIFF with an orientation and, in a directory of its own, a place. */
static void
write_exif(struct cs_buf *out, unsigned orientation, bool big)
{
	static const uint8_t rest[] = "48 deg 8' N, 11 deg 34' E";
	struct cs_writer w = cs_writer(out);

	if (big) {
		cs_write_bytes(&w, cs_view_str("MM"));
		cs_write_u16(&w, 42);
		cs_write_u32(&w, 8);
		cs_write_u16(&w, 1);
		cs_write_u16(&w, 0x0112);
		cs_write_u16(&w, 3);
		cs_write_u32(&w, 1);
		cs_write_u16(&w, (uint16_t)orientation);
		cs_write_u16(&w, 0);
		cs_write_u32(&w, 0);
	} else {
		uint8_t little[] = { 'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1,
			3, 0, 1, 0, 0, 0, (uint8_t)orientation, 0, 0, 0, 0, 0,
			0, 0 };

		cs_write_bytes(&w, CS_VIEW_OF(little));
	}
	cs_write_bytes(&w, CS_VIEW_OF(rest));
	assert_ok(cs_writer_end(&w));
}

static uint32_t
crc32_of(struct cs_view v)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < v.len; i++) {
		crc ^= v.data[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void
png_chunk(struct cs_buf *out, const char *type, struct cs_view data)
{
	struct cs_writer w = cs_writer(out);
	size_t from;

	cs_write_u32(&w, (uint32_t)data.len);
	from = out->len;
	cs_write_bytes(&w, cs_view_str(type));
	cs_write_bytes(&w, data);
	cs_write_u32(&w, crc32_of(cs_view(out->data + from, out->len - from)));
	assert_ok(cs_writer_end(&w));
}

/* Put ${exif} where a camera puts it. */
static void
add_exif(struct cs_buf *file, enum kind kind, struct cs_view exif)
{
	struct cs_buf out = { 0 };
	struct cs_writer w = cs_writer(&out);
	struct cs_view in = cs_buf_view(file);
	size_t n;

	switch (kind) {
	case JPEG:
		cs_write_bytes(&w, cs_view(in.data, 2));
		cs_write_u16(&w, 0xffe1);
		cs_write_u16(&w, (uint16_t)(2 + 6 + exif.len));
		cs_write_bytes(&w, cs_view("Exif\0\0", 6));
		cs_write_bytes(&w, exif);
		cs_write_bytes(&w, cs_view(in.data + 2, in.len - 2));
		break;
	case PNG: /* behind IHDR */
		cs_write_bytes(&w, cs_view(in.data, 33));
		png_chunk(&out, "eXIf", exif);
		cs_write_bytes(&w, cs_view(in.data + 33, in.len - 33));
		break;
	default: /* an extended container around what is there */
		cs_write_bytes(&w, cs_view_str("RIFF    WEBPVP8X"));
		cs_write_bytes(&w, cs_view("\x0a\0\0\0\x08\0\0\0", 8));
		cs_write_u8(&w, PW_WIDTH - 1);
		cs_write_u16(&w, 0);
		cs_write_u8(&w, PW_HEIGHT - 1);
		cs_write_u16(&w, 0);
		cs_write_bytes(&w, cs_view(in.data + 12, in.len - 12));
		cs_write_bytes(&w, cs_view_str("EXIF"));
		cs_write_u8(&w, (uint8_t)exif.len);
		cs_write_u8(&w, 0);
		cs_write_u16(&w, 0);
		cs_write_bytes(&w, exif);
		if (exif.len % 2 != 0)
			cs_write_u8(&w, 0);
		n = out.len - 8;
		for (int i = 0; i < 4; i++)
			out.data[4 + i] = (uint8_t)(n >> 8 * i);
	}
	assert_ok(cs_writer_end(&w));
	cs_buf_free(file);
	cs_buf_move(file, &out);
}

/* A photo as a camera makes it. */
static void
shoot(
    struct cs_buf *out, enum kind kind, unsigned channels, unsigned orientation)
{
	enum cs_err (*const encode[])(struct cs_buf *, const struct cs_pixels *,
	    int) = { cs_jpeg_encode, cs_png_encode, cs_webp_encode };
	struct cs_pixels p;
	struct cs_buf exif = { 0 };

	pw_paint(&p, channels);
	p.lossless = kind == WEBP;
	assert_ok(encode[kind](out, &p, 95));
	cs_pixels_clear(&p);
	if (orientation != 0) {
		write_exif(&exif, orientation, orientation % 2 != 0);
		add_exif(out, kind, cs_buf_view(&exif));
	}
	cs_buf_free(&exif);
}

/* ---- what comes out ----------------------------------------------------- */

static enum cs_err
decode(struct cs_pixels *out, struct cs_view file)
{
	const char *type = cs_media_sniff(file);

	memset(out, 0, sizeof *out);
	if (strcmp(type, "image/jpeg") == 0)
		return cs_jpeg_decode(out, file);
	return strcmp(type, "image/png") == 0 ? cs_png_decode(out, file)
					      : cs_webp_decode(out, file);
}

/* EXIF 2.3, 4.6.4: which painted corner is seen top left, top right, ... */
static const int turned[9][4] = {
	{ 0, 1, 2, 3 },
	{ 0, 1, 2, 3 },
	{ 1, 0, 3, 2 },
	{ 3, 2, 1, 0 },
	{ 2, 3, 0, 1 },
	{ 0, 2, 1, 3 },
	{ 2, 0, 3, 1 },
	{ 3, 1, 2, 0 },
	{ 1, 3, 0, 2 },
};

static void
test_turned_and_stripped(void **state)
{
	(void)state;
	for (int kind = JPEG; kind < KINDS; kind++)
		for (unsigned o = 0; o <= 8; o++) {
			struct cs_buf file = { 0 };
			struct cs_photo photo;
			struct cs_pixels p;

			shoot(&file, (enum kind)kind, 3, o);
			assert_int_equal(
			    pw_contains(cs_buf_view(&file), "48 deg"), o != 0);
			assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
			assert_string_equal(photo.media_type, types[kind]);
			assert_int_equal(
			    photo.width, o >= 5 ? PW_HEIGHT : PW_WIDTH);
			assert_int_equal(
			    photo.height, o >= 5 ? PW_WIDTH : PW_HEIGHT);
			assert_false(
			    pw_contains(cs_buf_view(&photo.bytes), "48 deg"));
			assert_false(
			    pw_contains(cs_buf_view(&photo.bytes), "Exif"));
			assert_false(
			    pw_contains(cs_buf_view(&photo.bytes), "EXIF"));
			assert_ok(decode(&p, cs_buf_view(&photo.bytes)));
			assert_int_equal(p.orientation, 1);
			assert_int_equal(p.lossless, kind == WEBP);
			for (int c = 0; c < 4; c++)
				assert_int_equal(
				    pw_colour_at(&p, c), turned[o][c]);
			cs_pixels_clear(&p);
			cs_photo_clear(&photo);
			cs_buf_free(&file);
		}
}

/* Orientations that are none, and directories that lead nowhere. */
static void
test_exif_damaged(void **state)
{
	struct cs_buf exif = { 0 };

	(void)state;
	write_exif(&exif, 6, true);
	assert_int_equal(cs_exif_orientation(cs_buf_view(&exif)), 6);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(cs_exif_orientation(cs_view(exif.data, i)), 1);
	for (size_t i = 0; i < exif.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			unsigned o;

			exif.data[i] ^= (uint8_t)(1 << bit);
			o = cs_exif_orientation(cs_buf_view(&exif));
			assert_true(o >= 1 && o <= 8);
			exif.data[i] ^= (uint8_t)(1 << bit);
		}
	cs_buf_reset(&exif);
	write_exif(&exif, 9, false);
	assert_int_equal(cs_exif_orientation(cs_buf_view(&exif)), 1);
	cs_buf_free(&exif);
}

static void
test_grey_and_transparent(void **state)
{
	struct cs_buf file = { 0 };
	struct cs_photo photo;
	struct cs_pixels p;

	(void)state;
	for (int kind = JPEG; kind <= PNG; kind++) {
		shoot(&file, (enum kind)kind, 1, 0);
		assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
		assert_ok(decode(&p, cs_buf_view(&photo.bytes)));
		assert_int_equal(p.channels, 1);
		cs_pixels_clear(&p);
		cs_photo_clear(&photo);
		cs_buf_reset(&file);
	}
	for (int kind = PNG; kind <= WEBP; kind++) {
		shoot(&file, (enum kind)kind, 4, 0);
		assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
		assert_ok(decode(&p, cs_buf_view(&photo.bytes)));
		assert_int_equal(p.channels, 4);
		assert_int_equal(p.data[3], 128);
		cs_pixels_clear(&p);
		cs_photo_clear(&photo);
		cs_buf_reset(&file);
	}
	cs_buf_free(&file);
}

static enum cs_err
recode(struct cs_view file)
{
	struct cs_photo photo;
	enum cs_err err = cs_photo_recode(&photo, file);

	if (err)
		assert_null(photo.bytes.data);
	cs_photo_clear(&photo);
	return err;
}

static void
test_truncated(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	for (int kind = JPEG; kind < KINDS; kind++) {
		shoot(&file, (enum kind)kind, 3, 0);
		assert_ok(recode(cs_buf_view(&file)));
		/* A few bytes at the end of a lossless WebP fill its last
		 * word; all of a file's halves are errors. */
		for (size_t i = 12; i + 12 < file.len; i++)
			assert_err(
			    recode(cs_view(file.data, i)), CS_ERR_FORMAT);
		cs_buf_reset(&file);
	}
	assert_err(recode(cs_view("", 0)), CS_ERR_TYPE);
	assert_err(recode(cs_view_str("BM, or so")), CS_ERR_TYPE);
	assert_err(recode(cs_view_str("OggS, or so")), CS_ERR_TYPE);
	cs_buf_free(&file);
}

/* Damage gives an error or a photo, and nothing worse. */
static void
test_damaged(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	for (int kind = JPEG; kind < KINDS; kind++) {
		shoot(&file, (enum kind)kind, 3, 6);
		for (size_t i = 0; i < file.len; i++) {
			file.data[i] ^= 0x55;
			(void)recode(cs_buf_view(&file));
			file.data[i] ^= 0x55;
		}
		cs_buf_reset(&file);
	}
	cs_buf_free(&file);
}

/* A PNG that says how large it is and has next to nothing in it. */
static void
write_bomb(struct cs_buf *out, uint32_t width, uint32_t height)
{
	/* zlib: an empty stored block */
	static const uint8_t none[] = { 0x78, 0x01, 1, 0, 0, 0xff, 0xff, 0, 0,
		0, 1 };
	struct cs_buf header = { 0 };
	struct cs_writer w = cs_writer(&header);

	cs_write_u32(&w, width);
	cs_write_u32(&w, height);
	cs_write_bytes(&w, cs_view("\x08\x06\0\0\0", 5));
	assert_ok(cs_writer_end(&w));
	assert_ok(cs_buf_set(out, cs_view("\x89PNG\r\n\x1a\n", 8)));
	png_chunk(out, "IHDR", cs_buf_view(&header));
	png_chunk(out, "IDAT", CS_VIEW_OF(none));
	png_chunk(out, "IEND", cs_view(NULL, 0));
	cs_buf_free(&header);
}

static void
test_bombs(void **state)
{
	struct cs_buf file = { 0 };
	uint8_t *p;

	(void)state;
	write_bomb(&file, 60000, 60000);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_LIMIT);
	write_bomb(&file, CS_PHOTO_SOURCE_PIXELS_MAX / 10000 + 1, 10000);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_LIMIT);
	write_bomb(&file, 1, CS_PHOTO_SOURCE_SIDE_MAX + 1);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_LIMIT);
	write_bomb(&file, 0x7fffffff, 0x7fffffff);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_LIMIT);
	write_bomb(&file, 0, 10);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_FORMAT);
	write_bomb(&file, 100, 100);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_FORMAT);
	/* A JPEG that was made larger in its frame header. */
	cs_buf_reset(&file);
	shoot(&file, JPEG, 3, 0);
	p = memmem(file.data, file.len, "\xff\xc0\0\x11\x08", 5);
	assert_non_null(p);
	memset(p + 5, 0x7f, 4);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_LIMIT);
	cs_buf_reset(&file);
	assert_ok(cs_buf_extend(&file, CS_PHOTO_SOURCE_FILE_MAX + 1, &p));
	memcpy(p, "\xff\xd8\xff", 3);
	assert_err(recode(cs_buf_view(&file)), CS_ERR_LIMIT);
	cs_buf_free(&file);
}

/* ---- the child ---------------------------------------------------------- */

static void
test_child(void **state)
{
	struct cs_buf file = { 0 };
	struct cs_photo photo, here;

	(void)state;
	pw_find_child();
	for (int kind = JPEG; kind < KINDS; kind++) {
		shoot(&file, (enum kind)kind, 3, 6);
		assert_ok(cs_photo_clean(&photo, cs_buf_view(&file)));
		assert_ok(cs_photo_recode(&here, cs_buf_view(&file)));
		assert_string_equal(photo.media_type, types[kind]);
		assert_int_equal(photo.width, PW_HEIGHT);
		assert_int_equal(photo.height, PW_WIDTH);
		assert_view_equal(
		    cs_buf_view(&photo.bytes), cs_buf_view(&here.bytes));
		cs_photo_clear(&photo);
		cs_photo_clear(&here);
		assert_err(cs_photo_clean(&photo, cs_view(file.data, 40)),
		    CS_ERR_FORMAT);
		cs_buf_reset(&file);
	}
	assert_err(
	    cs_photo_clean(&photo, cs_view_str("no photo")), CS_ERR_TYPE);
	assert_err(cs_photo_clean(&photo, cs_view("", 0)), CS_ERR_TYPE);
	write_bomb(&file, 60000, 60000);
	assert_err(cs_photo_clean(&photo, cs_buf_view(&file)), CS_ERR_LIMIT);
	cs_buf_free(&file);
}

/* The picture of a group: a small JPEG of whatever it was, by the child and
 * here. */
static void
test_icon(void **state)
{
	static const uint32_t sizes[][2] = { { 24, 16 }, { 640, 640 },
		{ 641, 20 }, { 20, 1300 }, { 2000, 1000 } };
	struct cs_photo photo, here;
	struct cs_buf file = { 0 };
	struct cs_pixels p = { 0 };

	(void)state;
	pw_find_child();
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		const uint32_t *size = sizes[i];

		assert_ok(cs_pixels_new(&p, size[0], size[1], 4));
		p.orientation = 1;
		/* Red that shows half of what is behind it. */
		for (size_t k = 0; k < (size_t)size[0] * size[1]; k++)
			memcpy(p.data + 4 * k, "\xff\0\0\x80", 4);
		cs_buf_reset(&file);
		assert_ok(cs_png_encode(&file, &p, 0));
		cs_pixels_clear(&p);
		assert_ok(cs_photo_clean_icon(&photo, cs_buf_view(&file)));
		assert_ok(cs_photo_recode_icon(&here, cs_buf_view(&file)));
		assert_view_equal(
		    cs_buf_view(&photo.bytes), cs_buf_view(&here.bytes));
		assert_string_equal(photo.media_type, "image/jpeg");
		assert_in_range(photo.width, 1, CS_PHOTO_ICON_SIDE_MAX);
		assert_in_range(photo.height, 1, CS_PHOTO_ICON_SIDE_MAX);
		if (size[0] <= CS_PHOTO_ICON_SIDE_MAX &&
		    size[1] <= CS_PHOTO_ICON_SIDE_MAX)
			assert_int_equal(photo.width, size[0]);
		memset(&p, 0, sizeof p);
		assert_ok(cs_jpeg_decode(&p, cs_buf_view(&photo.bytes)));
		assert_int_equal(p.width, photo.width);
		assert_in_range(p.data[0], 245, 255);
		assert_in_range(p.data[1], 120, 136);
		cs_pixels_clear(&p);
		cs_photo_clear(&photo);
		cs_photo_clear(&here);
	}
	/* Turned as it was held, and nothing of where. */
	for (int kind = JPEG; kind < KINDS; kind++) {
		cs_buf_reset(&file);
		shoot(&file, (enum kind)kind, 3, 6);
		assert_ok(cs_photo_clean_icon(&photo, cs_buf_view(&file)));
		assert_int_equal(photo.width, PW_HEIGHT);
		assert_false(pw_contains(cs_buf_view(&photo.bytes), "48 deg"));
		cs_photo_clear(&photo);
	}
	assert_err(
	    cs_photo_clean_icon(&photo, cs_view_str("no photo")), CS_ERR_TYPE);
	assert_err(
	    cs_photo_clean_icon(&photo, cs_view(file.data, 40)), CS_ERR_FORMAT);
	write_bomb(&file, 60000, 60000);
	assert_err(
	    cs_photo_clean_icon(&photo, cs_buf_view(&file)), CS_ERR_LIMIT);
	cs_buf_free(&file);
}

/* Every decoder and encoder lives with the calls that the sandbox has. */
static void
test_child_kinds(void **state)
{
	static const struct {
		enum kind kind;
		unsigned channels;
		bool lossless;
	} kinds[] = {
		{ JPEG, 1, false },
		{ JPEG, 3, false },
		{ PNG, 1, false },
		{ PNG, 3, false },
		{ PNG, 4, false },
		{ WEBP, 3, false },
		{ WEBP, 4, false },
		{ WEBP, 3, true },
		{ WEBP, 4, true },
	};
	enum cs_err (*const encode[])(struct cs_buf *, const struct cs_pixels *,
	    int) = { cs_jpeg_encode, cs_png_encode, cs_webp_encode };

	(void)state;
	pw_find_child();
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct cs_pixels p = pw_noise(800, 600, kinds[i].channels);
		struct cs_buf file = { 0 };
		struct cs_photo photo;

		p.lossless = kinds[i].lossless;
		assert_ok(encode[kinds[i].kind](&file, &p, 90));
		assert_ok(cs_photo_clean(&photo, cs_buf_view(&file)));
		assert_int_equal(photo.width, 800);
		cs_photo_clear(&photo);
		cs_buf_free(&file);
		cs_pixels_clear(&p);
	}
}

static void
test_answers(void **state)
{
	struct cs_photo in = { .width = 3, .height = 4 }, out;
	struct cs_buf answer = { 0 };

	(void)state;
	assert_ok(cs_buf_add(&in.bytes, cs_view_str("\xff\xd8\xff...")));
	assert_ok(cs_photo_answer_write(&answer, &in, CS_OK));
	assert_ok(cs_photo_answer_read(&out, cs_buf_view(&answer)));
	assert_int_equal(out.width, 3);
	assert_int_equal(out.height, 4);
	assert_view_equal(cs_buf_view(&out.bytes), cs_buf_view(&in.bytes));
	cs_photo_clear(&out);
	for (size_t i = 0; i < 18; i++)
		assert_err(cs_photo_answer_read(&out, cs_view(answer.data, i)),
		    CS_ERR_FORMAT);
	for (size_t i = 0; i < 18; i++) {
		enum cs_err err;

		answer.data[i] ^= 0x80;
		err = cs_photo_answer_read(&out, cs_buf_view(&answer));
		assert_err(err, i == 10 || i == 14 ? CS_OK : CS_ERR_FORMAT);
		cs_photo_clear(&out);
		answer.data[i] ^= 0x80;
	}
	cs_buf_reset(&answer);
	assert_ok(cs_photo_answer_write(&answer, &in, CS_ERR_LIMIT));
	assert_err(
	    cs_photo_answer_read(&out, cs_buf_view(&answer)), CS_ERR_LIMIT);
	/* An error that a decoder cannot have. */
	cs_buf_reset(&answer);
	assert_ok(cs_photo_answer_write(&answer, &in, CS_ERR_STAMP));
	assert_err(
	    cs_photo_answer_read(&out, cs_buf_view(&answer)), CS_ERR_FORMAT);
	cs_buf_free(&answer);
	cs_photo_clear(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turned_and_stripped),
		cmocka_unit_test(test_exif_damaged),
		cmocka_unit_test(test_grey_and_transparent),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_icon),
		cmocka_unit_test(test_child_kinds),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
