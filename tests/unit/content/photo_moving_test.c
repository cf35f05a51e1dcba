/* SPDX-License-Identifier: MIT */
#include "content/photo_moving.h"

#include <gif_lib.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/photo_gif.h"
#include "content/photo_look.h"
#include "content/photo_png.h"
#include "content/photo_recode.h"
#include "content/photo_webp.h"
#include "content/sniff.h"
#include "unit/content/photo_world.h"

#define SIDE 16
#define FRAMES 3

static const uint8_t colours[FRAMES][4] = {
	{ 250, 0, 0, 255 },
	{ 0, 250, 0, 255 },
	{ 0, 0, 250, 255 },
};

/* ---- what moves, to begin with ------------------------------------------ */

struct scene {
	int side;
	unsigned frames;
	unsigned ms;
	unsigned loops; /* 0: for ever */
	int disposal;
	int inset; /* frames after the first are this much smaller */
};
static const struct scene plain = { SIDE, FRAMES, 80, 0, 0, 0 };

static int
gif_take(GifFileType *gif, const GifByteType *bytes, int n)
{
	assert_ok(cs_buf_add(gif->UserData, cs_view(bytes, (size_t)n)));
	return n;
}

static void
gif_frame(GifFileType *gif, const struct scene *scene, unsigned i)
{
	int inset = i == 0 ? 0 : scene->inset;
	int side = scene->side - 2 * inset;
	GraphicsControlBlock control = {
		.DisposalMode = scene->disposal,
		.DelayTime = (int)scene->ms / 10,
		.TransparentColor = 3,
	};
	GifByteType bytes[4], row[1024];

	(void)EGifGCBToExtension(&control, bytes);
	assert_int_equal(
	    EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, bytes), GIF_OK);
	assert_int_equal(
	    EGifPutImageDesc(gif, inset, inset, side, side, i % 2 != 0, NULL),
	    GIF_OK);
	memset(row, (int)(i % FRAMES), sizeof row);
	for (int y = 0; y < side; y++)
		assert_int_equal(EGifPutLine(gif, row, side), GIF_OK);
}

static void
make_gif(struct cs_buf *out, const struct scene *scene)
{
	static const char comment[] = "48 deg 8' N";
	const GifByteType again[3] = { 1, (GifByteType)(scene->loops - 1), 0 };
	GifColorType map[4] = { { 250, 0, 0 }, { 0, 250, 0 }, { 0, 0, 250 },
		{ 9, 9, 9 } };
	ColorMapObject *colors = GifMakeMapObject(4, map);
	int code;
	GifFileType *gif;

	cs_buf_reset(out);
	gif = EGifOpen(out, gif_take, &code);
	assert_non_null(gif);
	EGifSetGifVersion(gif, true);
	assert_int_equal(
	    EGifPutScreenDesc(gif, scene->side, scene->side, 2, 0, colors),
	    GIF_OK);
	if (scene->loops != 1) {
		(void)EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE);
		(void)EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0");
		(void)EGifPutExtensionBlock(gif, 3,
		    scene->loops == 0 ? (GifByteType[]){ 1, 0, 0 } : again);
		(void)EGifPutExtensionTrailer(gif);
	}
	assert_int_equal(EGifPutComment(gif, comment), GIF_OK);
	for (unsigned i = 0; i < scene->frames; i++)
		gif_frame(gif, scene, i);
	assert_int_equal(EGifCloseFile(gif, &code), GIF_OK);
	GifFreeMapObject(colors);
}

static void
webp_frame(WebPAnimEncoder *encoder, const struct scene *scene, unsigned i)
{
	WebPPicture picture;

	assert_true(WebPPictureInit(&picture));
	picture.use_argb = 1;
	picture.width = picture.height = scene->side;
	assert_true(WebPPictureAlloc(&picture));
	for (int k = 0; k < scene->side * scene->side; k++) {
		const uint8_t *c = colours[i % FRAMES];

		picture.argb[k / scene->side * picture.argb_stride +
		    k % scene->side] = 0xff000000u | (uint32_t)c[0] << 16 |
		    (uint32_t)c[1] << 8 | c[2];
	}
	assert_true(
	    WebPAnimEncoderAdd(encoder, &picture, (int)(i * scene->ms), NULL));
	WebPPictureFree(&picture);
}

static void
make_webp(struct cs_buf *out, const struct scene *scene)
{
	static const uint8_t place[] = "MM, 48 deg 8' N";
	const WebPData exif = { place, sizeof place };
	WebPAnimEncoderOptions options;
	WebPAnimEncoder *encoder;
	WebPData data, all;
	WebPMux *mux;

	assert_true(WebPAnimEncoderOptionsInit(&options));
	options.anim_params.loop_count = (int)scene->loops;
	encoder = WebPAnimEncoderNew(scene->side, scene->side, &options);
	assert_non_null(encoder);
	for (unsigned i = 0; i < scene->frames; i++)
		webp_frame(encoder, scene, i);
	assert_true(WebPAnimEncoderAdd(
	    encoder, NULL, (int)(scene->frames * scene->ms), NULL));
	assert_true(WebPAnimEncoderAssemble(encoder, &data));
	WebPAnimEncoderDelete(encoder);
	mux = WebPMuxCreate(&data, 0);
	assert_int_equal(WebPMuxSetChunk(mux, "EXIF", &exif, 0), WEBP_MUX_OK);
	assert_int_equal(WebPMuxSetChunk(mux, "XMP ", &exif, 0), WEBP_MUX_OK);
	assert_int_equal(WebPMuxAssemble(mux, &all), WEBP_MUX_OK);
	assert_ok(cs_buf_set(out, cs_view(all.bytes, all.size)));
	WebPMuxDelete(mux);
	WebPDataClear(&data);
	WebPDataClear(&all);
}

static void (*const make[])(
    struct cs_buf *, const struct scene *) = { make_gif, make_webp };
#define KINDS 2

/* ---- what comes out ----------------------------------------------------- */

static void
want_pixel(const uint8_t *got, const uint8_t *wanted)
{
	for (int c = 0; c < 4; c++)
		if (abs(got[c] - wanted[c]) > 40)
			fail_msg("%d %d %d %d", got[0], got[1], got[2], got[3]);
}

static void
test_stays_moving(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		struct cs_photo photo;
		WebPAnimDecoder *decoder;
		WebPAnimInfo info;
		WebPData data;
		uint8_t *rgba;
		int end;

		make[k](&file, &plain);
		assert_true(pw_contains(cs_buf_view(&file), "48 deg"));
		assert_true(cs_moving_is(cs_buf_view(&file)));
		assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
		assert_string_equal(photo.media_type, "image/webp");
		assert_false(pw_contains(cs_buf_view(&photo.bytes), "48 deg"));
		assert_false(pw_contains(cs_buf_view(&photo.bytes), "EXIF"));
		assert_false(pw_contains(cs_buf_view(&photo.bytes), "XMP"));
		data = (WebPData){ photo.bytes.data, photo.bytes.len };
		decoder = WebPAnimDecoderNew(&data, NULL);
		assert_non_null(decoder);
		assert_true(WebPAnimDecoderGetInfo(decoder, &info));
		assert_int_equal(info.frame_count, FRAMES);
		assert_int_equal(info.loop_count, 0);
		for (int i = 0; i < FRAMES; i++) {
			assert_true(
			    WebPAnimDecoderGetNext(decoder, &rgba, &end));
			assert_int_equal(end, (i + 1) * 80);
			want_pixel(rgba + 4 * (SIDE * 8 + 8), colours[i]);
		}
		WebPAnimDecoderDelete(decoder);
		cs_photo_clear(&photo);
	}
	cs_buf_free(&file);
}

static unsigned
loops_of(struct cs_view file)
{
	WebPData data = { file.data, file.len };
	WebPDemuxer *demux = WebPDemux(&data);
	unsigned loops;

	assert_non_null(demux);
	loops = WebPDemuxGetI(demux, WEBP_FF_LOOP_COUNT);
	WebPDemuxDelete(demux);
	return loops;
}

static void
test_loops(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t k = 0; k < KINDS; k++)
		for (unsigned loops = 0; loops < 4; loops++) {
			struct scene scene = plain;
			struct cs_photo photo;

			scene.loops = loops;
			make[k](&file, &scene);
			assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
			assert_int_equal(
			    loops_of(cs_buf_view(&photo.bytes)), loops);
			cs_photo_clear(&photo);
		}
	cs_buf_free(&file);
}

/* What a GIF says about the picture before: leave it, clear it, or go back. */
static void
test_disposal(void **state)
{
	static const uint8_t nothing[4] = { 0 };
	static const struct {
		int disposal;
		const uint8_t *corner;
	} cases[] = {
		{ DISPOSE_DO_NOT, colours[0] },
		{ DISPOSE_BACKGROUND, nothing },
		{ DISPOSE_PREVIOUS, nothing },
	};
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene scene = plain;
		struct cs_gif *g;

		scene.disposal = cases[i].disposal;
		scene.inset = 4;
		make_gif(&file, &scene);
		assert_ok(cs_gif_open(&g, cs_buf_view(&file)));
		assert_ok(cs_gif_next(g));
		want_pixel(cs_gif_canvas(g)->data, colours[0]);
		assert_ok(cs_gif_next(g));
		want_pixel(cs_gif_canvas(g)->data, cases[i].corner);
		want_pixel(
		    cs_gif_canvas(g)->data + 4 * (SIDE * 8 + 8), colours[1]);
		assert_ok(cs_gif_next(g));
		assert_err(cs_gif_next(g), CS_ERR_CLOSED);
		cs_gif_close(g);
	}
	cs_buf_free(&file);
}

/* One picture is a photo; the desk sees the first of what moves. */
static void
test_still(void **state)
{
	struct cs_buf file = { 0 };
	struct cs_photo photo;
	struct cs_pixels p = { 0 };
	struct scene scene = plain;

	(void)state;
	scene.frames = 1;
	make_gif(&file, &scene);
	assert_false(cs_moving_is(cs_buf_view(&file)));
	assert_ok(cs_photo_recode(&photo, cs_buf_view(&file)));
	assert_string_equal(photo.media_type, "image/png");
	assert_ok(cs_png_decode(&p, cs_buf_view(&photo.bytes)));
	assert_memory_equal(p.data, colours[0], 3);
	cs_pixels_clear(&p);
	cs_photo_clear(&photo);
	for (size_t k = 0; k < KINDS; k++) {
		struct cs_photo_look look;

		make[k](&file, &plain);
		assert_ok(cs_photo_look_here(
		    &look, cs_buf_view(&file), CS_PHOTO_LEVEL_SMALL));
		assert_int_equal(look.width, SIDE);
		cs_photo_look_clear(&look);
	}
	cs_buf_free(&file);
}

static enum cs_err
recode(const struct cs_buf *file)
{
	struct cs_photo photo;
	enum cs_err err = cs_photo_recode(&photo, cs_buf_view(file));

	if (err)
		assert_null(photo.bytes.data);
	cs_photo_clear(&photo);
	return err;
}

static void
test_bounds(void **state)
{
	struct cs_buf file = { 0 };
	struct scene many = plain, slow = plain, bomb = { 0 };

	(void)state;
	many.frames = CS_MOVING_FRAMES_MAX;
	many.side = 1;
	many.ms = 20;
	slow.ms = CS_MOVING_MS_MAX / FRAMES;
	make_gif(&file, &many);
	assert_ok(recode(&file));
	many.frames++;
	make_gif(&file, &many);
	assert_err(recode(&file), CS_ERR_LIMIT);
	for (size_t k = 0; k < KINDS; k++) {
		make[k](&file, &slow);
		assert_ok(recode(&file));
		slow.ms += 100;
		make[k](&file, &slow);
		assert_err(recode(&file), CS_ERR_LIMIT);
		slow.ms -= 100;
	}
	/* Many pixels in few bytes: 60,000 points a side. */
	bomb = plain;
	make_gif(&file, &bomb);
	memcpy(file.data + 6, "\x60\xea\x60\xea", 4);
	assert_err(cs_moving_is(cs_buf_view(&file)) ? CS_OK : recode(&file),
	    CS_ERR_LIMIT);
	make_webp(&file, &bomb);
	memcpy(file.data + 24, "\x60\x3e\0\x60\x3e\0", 6);
	assert_err(recode(&file), CS_ERR_LIMIT);
	cs_buf_free(&file);
}

static void
test_damaged(void **state)
{
	struct cs_buf file = { 0 };

	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		make[k](&file, &plain);
		for (size_t i = 0; i < file.len; i++) {
			file.data[i] ^= 0x55;
			(void)recode(&file);
			file.data[i] ^= 0x55;
		}
		/* All of a GIF but the byte that ends it is needed. */
		for (size_t n = file.len - 2; n > 12; n--) {
			file.len = n;
			if (k == 0)
				assert_int_not_equal(recode(&file), CS_OK);
			else
				(void)recode(&file);
		}
	}
	cs_buf_free(&file);
}

static void
test_child(void **state)
{
	struct scene scene = plain;
	struct cs_buf file = { 0 };

	(void)state;
	pw_find_child();
	scene.side = 600;
	scene.frames = 12;
	for (size_t k = 0; k < KINDS; k++) {
		struct cs_photo photo;

		make[k](&file, &scene);
		assert_ok(cs_photo_clean(&photo, cs_buf_view(&file)));
		assert_true(cs_webp_moves(cs_buf_view(&photo.bytes)));
		assert_int_equal(photo.width, 600);
		cs_photo_clear(&photo);
	}
	cs_buf_free(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stays_moving),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_disposal),
		cmocka_unit_test(test_still),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
