/* SPDX-License-Identifier: MIT */
#include "content/photo_color.h"

#include <lcms2.h>
#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/mux.h>

#include "base/alloc.h"
#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/photo_jpeg.h"
#include "content/photo_png.h"
#include "content/photo_recode.h"
#include "content/photo_webp.h"
#include "unit/content/photo_world.h"

#define SIDE 32

/* ---- profiles, from the numbers that their standards print -------------- */

static const cmsCIExyY d65 = { 0.3127, 0.3290, 1 };
static const cmsFloat64Number srgb_curve[] = { 2.4, 1 / 1.055, 0.055 / 1.055,
	1 / 12.92, 0.04045 };
static const cmsFloat64Number adobe_curve[] = { 2.19921875 };
/* Display P3; Adobe RGB (1998). */
static const cmsCIExyYTRIPLE p3 = { { 0.68, 0.32, 1 }, { 0.265, 0.69, 1 },
	{ 0.15, 0.06, 1 } };
static const cmsCIExyYTRIPLE adobe = { { 0.64, 0.33, 1 }, { 0.21, 0.71, 1 },
	{ 0.15, 0.06, 1 } };

static struct cs_buf
saved(cmsHPROFILE profile)
{
	struct cs_buf out = { 0 };
	cmsUInt32Number n = 0;
	uint8_t *at;

	assert_non_null(profile);
	assert_true(cmsSaveProfileToMem(profile, NULL, &n));
	assert_ok(cs_buf_extend(&out, n, &at));
	assert_true(cmsSaveProfileToMem(profile, at, &n));
	cmsCloseProfile(profile);
	return out;
}

static struct cs_buf
rgb_profile(const cmsCIExyYTRIPLE *primaries, cmsInt32Number type,
    const cmsFloat64Number *numbers)
{
	cmsToneCurve *c = cmsBuildParametricToneCurve(NULL, type, numbers);
	cmsToneCurve *const curves[] = { c, c, c };
	struct cs_buf out = saved(cmsCreateRGBProfile(&d65, primaries, curves));

	cmsFreeToneCurve(c);
	return out;
}

static struct cs_buf
grey_profile(double gamma)
{
	cmsToneCurve *c = cmsBuildGamma(NULL, gamma);
	struct cs_buf out = saved(cmsCreateGrayProfile(&d65, c));

	cmsFreeToneCurve(c);
	return out;
}

/* ---- known answers ------------------------------------------------------ */

static void
want(const uint8_t *got, const uint8_t *wanted, int near)
{
	for (int c = 0; c < 3; c++)
		if (abs(got[c] - wanted[c]) > near)
			fail_msg("got %d %d %d, not %d %d %d", got[0], got[1],
			    got[2], wanted[0], wanted[1], wanted[2]);
}

/* Worked out from the matrices of IEC 61966-2-1, of SMPTE RP 431-2 with D65,
 * and of Adobe's specification of 2005. */
static void
test_known_answers(void **state)
{
	static const struct {
		uint8_t from[3], p3[3], adobe[3];
	} known[] = {
		{ { 100, 150, 200 }, { 83, 152, 205 }, { 66, 151, 203 } },
		{ { 200, 120, 90 }, { 213, 115, 83 }, { 224, 121, 88 } },
		{ { 60, 160, 80 }, { 0, 163, 69 }, { 0, 161, 73 } },
		{ { 255, 255, 255 }, { 255, 255, 255 }, { 255, 255, 255 } },
		{ { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } },
	};
	struct cs_buf a = rgb_profile(&p3, 4, srgb_curve);
	struct cs_buf b = rgb_profile(&adobe, 1, adobe_curve);
	struct cs_color *ca = cs_color_new(cs_buf_view(&a), CS_COLOR_RGB);
	struct cs_color *cb = cs_color_new(cs_buf_view(&b), CS_COLOR_RGBA);

	(void)state;
	assert_non_null(ca);
	assert_non_null(cb);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uint8_t px[4] = { 0, 0, 0, 77 }, out[3];

		cs_color_row(ca, out, known[i].from, 1);
		want(out, known[i].p3, 1);
		memcpy(px, known[i].from, 3);
		cs_color_row(cb, px, px, 1);
		want(px, known[i].adobe, 1);
		assert_int_equal(px[3], 77); /* what shows through stays */
	}
	cs_color_free(ca);
	cs_color_free(cb);
	cs_buf_free(&a);
	cs_buf_free(&b);
}

static void
test_grey(void **state)
{
	struct cs_buf icc = grey_profile(1.0);
	struct cs_color *c = cs_color_new(cs_buf_view(&icc), CS_COLOR_GREY);
	uint8_t px[] = { 0, 55, 128, 255 };

	(void)state;
	assert_non_null(c);
	cs_color_row(c, px, px, 4);
	/* Linear light: 55/255 is 0.5029 in sRGB's curve, 128/255 is 0.7366. */
	assert_in_range(px[0], 0, 1);
	assert_in_range(px[1], 127, 129);
	assert_in_range(px[2], 187, 189);
	assert_int_equal(px[3], 255);
	cs_color_free(c);
	cs_buf_free(&icc);
}

/* A profile that makes no sense is none. */
static void
test_damaged_profiles(void **state)
{
	struct cs_buf icc = rgb_profile(&p3, 4, srgb_curve), large = { 0 };
	uint8_t *at;

	(void)state;
	assert_null(cs_color_new(cs_view(NULL, 0), CS_COLOR_RGB));
	assert_null(cs_color_new(cs_buf_view(&icc), CS_COLOR_GREY));
	assert_null(cs_color_new(cs_buf_view(&icc), CS_COLOR_CMYK));
	for (size_t n = 1; n < 128; n++)
		assert_null(cs_color_new(cs_view(icc.data, n), CS_COLOR_RGB));
	for (size_t i = 0; i < icc.len; i++) {
		uint8_t px[3] = { 1, 2, 3 };
		struct cs_color *c;

		icc.data[i] ^= 0x55;
		c = cs_color_new(cs_buf_view(&icc), CS_COLOR_RGB);
		if (c != NULL)
			cs_color_row(c, px, px, 1);
		cs_color_free(c);
		icc.data[i] ^= 0x55;
	}
	assert_ok(cs_buf_extend(&large, CS_PHOTO_PROFILE_MAX + 1, &at));
	memset(at, 0, CS_PHOTO_PROFILE_MAX + 1);
	memcpy(at, icc.data, icc.len);
	assert_null(cs_color_new(cs_buf_view(&large), CS_COLOR_RGB));
	cs_buf_free(&large);
	cs_buf_free(&icc);
}

/* ---- files -------------------------------------------------------------- */

static const uint8_t one[3] = { 200, 120, 90 };

static struct cs_pixels
filled(void)
{
	struct cs_pixels p = { 0 };

	assert_ok(cs_pixels_new(&p, SIDE, SIDE, 3));
	for (size_t i = 0; i < SIDE * SIDE; i++)
		memcpy(p.data + 3 * i, one, 3);
	p.orientation = 1;
	return p;
}

static void
write_jpeg(struct cs_buf *out, int channels, J_COLOR_SPACE space,
    const uint8_t *pixel, struct cs_view icc)
{
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr e;
	unsigned char *bytes = NULL;
	unsigned long n = 0;
	uint8_t row[4 * SIDE];
	JSAMPROW rows = row;

	for (int i = 0; i < SIDE; i++)
		memcpy(row + i * channels, pixel, (size_t)channels);
	j.err = jpeg_std_error(&e);
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &bytes, &n);
	j.image_width = j.image_height = SIDE;
	j.input_components = channels;
	j.in_color_space = space;
	jpeg_set_defaults(&j);
	jpeg_set_quality(&j, 98, TRUE);
	jpeg_start_compress(&j, TRUE);
	if (icc.len != 0)
		jpeg_write_icc_profile(&j, icc.data, (unsigned)icc.len);
	while (j.next_scanline < SIDE)
		jpeg_write_scanlines(&j, &rows, 1);
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	assert_ok(cs_buf_set(out, cs_view(bytes, n)));
	free(bytes);
}

static void
png_take(png_structp png, png_bytep bytes, size_t n)
{
	assert_ok(cs_buf_add(png_get_io_ptr(png), cs_view(bytes, n)));
}

static void
write_png(struct cs_buf *out, struct cs_view icc)
{
	struct cs_pixels p = filled();
	png_structp png =
	    png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);

	cs_buf_reset(out);
	png_set_write_fn(png, out, png_take, NULL);
	png_set_IHDR(png, info, SIDE, SIDE, 8, PNG_COLOR_TYPE_RGB,
	    PNG_INTERLACE_ADAM7, 0, 0);
	png_set_iCCP(png, info, "a screen", 0, icc.data, (png_uint_32)icc.len);
	png_write_info(png, info);
	for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
		for (size_t y = 0; y < SIDE; y++)
			png_write_row(png, p.data + y * SIDE * 3);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	cs_pixels_clear(&p);
}

static void
write_webp(struct cs_buf *out, struct cs_view icc)
{
	struct cs_pixels p = filled();
	struct cs_buf plain = { 0 };
	WebPData data, profile = { icc.data, icc.len }, all;
	WebPMux *mux;

	p.lossless = true;
	assert_ok(cs_webp_encode(&plain, &p, 90));
	data = (WebPData){ plain.data, plain.len };
	mux = WebPMuxCreate(&data, 1);
	assert_non_null(mux);
	assert_int_equal(
	    WebPMuxSetChunk(mux, "ICCP", &profile, 1), WEBP_MUX_OK);
	assert_int_equal(WebPMuxAssemble(mux, &all), WEBP_MUX_OK);
	assert_ok(cs_buf_set(out, cs_view(all.bytes, all.size)));
	WebPDataClear(&all);
	WebPMuxDelete(mux);
	cs_buf_free(&plain);
	cs_pixels_clear(&p);
}

/* What ${file} shows once it is cleaned, without a profile. */
static void
want_cleaned(struct cs_view file, const uint8_t *wanted, int near)
{
	struct cs_photo photo;
	struct cs_pixels p = { 0 };
	struct cs_view bytes;

	assert_ok(cs_photo_recode(&photo, file));
	bytes = cs_buf_view(&photo.bytes);
	assert_false(pw_contains(bytes, "ICC_PROFILE"));
	assert_false(pw_contains(bytes, "ICCP"));
	assert_false(pw_contains(bytes, "iCCP"));
	if (strcmp(photo.media_type, "image/jpeg") == 0)
		assert_ok(cs_jpeg_decode(&p, bytes));
	else if (strcmp(photo.media_type, "image/png") == 0)
		assert_ok(cs_png_decode(&p, bytes));
	else
		assert_ok(cs_webp_decode(&p, bytes));
	want(p.data + 3 * (SIDE * SIDE / 2 + SIDE / 2), wanted, near);
	cs_pixels_clear(&p);
	cs_photo_clear(&photo);
}

static void
test_files(void **state)
{
	static const uint8_t p3_one[] = { 213, 115, 83 };
	struct cs_buf icc = rgb_profile(&p3, 4, srgb_curve), file = { 0 };

	(void)state;
	write_jpeg(&file, 3, JCS_RGB, one, cs_buf_view(&icc));
	want_cleaned(cs_buf_view(&file), p3_one, 4);
	write_png(&file, cs_buf_view(&icc));
	want_cleaned(cs_buf_view(&file), p3_one, 1);
	write_webp(&file, cs_buf_view(&icc));
	want_cleaned(cs_buf_view(&file), p3_one, 1);
	/* Without one, or with one that is damaged, colours stay. */
	write_jpeg(&file, 3, JCS_RGB, one, cs_view(NULL, 0));
	want_cleaned(cs_buf_view(&file), one, 4);
	write_webp(&file, cs_view(icc.data, 100));
	want_cleaned(cs_buf_view(&file), one, 1);
	cs_buf_free(&icc);
	cs_buf_free(&file);
}

/* Inks that let half of the light through, less black; a profile for it is
 * 256 entries of one curve, so that what it says is known. */
static void
test_cmyk(void **state)
{
	static const uint8_t inverted[] = { 200, 120, 90, 255 };
	static const uint8_t dark[] = { 100, 60, 45 };
	static const uint8_t half[] = { 200, 120, 90, 128 };
	struct cs_buf file = { 0 };

	(void)state;
	write_jpeg(&file, 4, JCS_CMYK, inverted, cs_view(NULL, 0));
	want_cleaned(cs_buf_view(&file), one, 6);
	write_jpeg(&file, 4, JCS_CMYK, half, cs_view(NULL, 0));
	want_cleaned(cs_buf_view(&file), dark, 6);
	cs_buf_free(&file);
}

/* A press that prints without colour: whatever the inks, black says it. */
static cmsInt32Number
black_only(const cmsUInt16Number in[], cmsUInt16Number out[], void *arg)
{
	(void)arg;
	out[0] = (cmsUInt16Number)(0xffff - in[3]); /* lightness */
	out[1] = out[2] = 0x8080;
	return TRUE;
}

static struct cs_buf
press_profile(void)
{
	cmsHPROFILE profile = cmsCreateProfilePlaceholder(NULL);
	cmsPipeline *lut = cmsPipelineAlloc(NULL, 4, 3);
	cmsStage *clut = cmsStageAllocCLut16bit(NULL, 5, 4, 3, NULL);
	struct cs_buf out;

	cmsSetProfileVersion(profile, 2.4);
	cmsSetDeviceClass(profile, cmsSigOutputClass);
	cmsSetColorSpace(profile, cmsSigCmykData);
	cmsSetPCS(profile, cmsSigLabData);
	assert_true(cmsStageSampleCLut16bit(clut, black_only, NULL, 0));
	assert_true(cmsPipelineInsertStage(lut, cmsAT_BEGIN, clut));
	assert_true(cmsWriteTag(profile, cmsSigAToB0Tag, lut));
	assert_true(cmsWriteTag(profile, cmsSigAToB1Tag, lut));
	cmsPipelineFree(lut);
	out = saved(profile);
	return out;
}

static void
test_cmyk_profile(void **state)
{
	/* No black, but much of the others: white on this press. */
	static const uint8_t inverted[] = { 20, 40, 60, 255 };
	static const uint8_t white[] = { 255, 255, 255 };
	struct cs_buf icc = press_profile(), file = { 0 };

	(void)state;
	write_jpeg(&file, 4, JCS_CMYK, inverted, cs_buf_view(&icc));
	want_cleaned(cs_buf_view(&file), white, 6);
	cs_buf_free(&icc);
	cs_buf_free(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_grey),
		cmocka_unit_test(test_damaged_profiles),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_cmyk),
		cmocka_unit_test(test_cmyk_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
