/* SPDX-License-Identifier: MIT */
#include "content/photo_color.h"

#include <lcms2.h>
#include <string.h>

#include "content/photo.h"
#include "content/photo_codec.h"

static const struct format {
	cmsColorSpaceSignature space;
	cmsUInt32Number in, out;
} formats[] = {
	[CS_COLOR_GREY] = { cmsSigGrayData, TYPE_GRAY_8, TYPE_GRAY_8 },
	[CS_COLOR_RGB] = { cmsSigRgbData, TYPE_RGB_8, TYPE_RGB_8 },
	[CS_COLOR_RGBA] = { cmsSigRgbData, TYPE_RGBA_8, TYPE_RGBA_8 },
	[CS_COLOR_CMYK] = { cmsSigCmykData, TYPE_CMYK_8, TYPE_RGB_8 },
	[CS_COLOR_CMYK_INVERTED] = { cmsSigCmykData, TYPE_CMYK_8_REV,
	    TYPE_RGB_8 },
};

/* IEC 61966-2-1. */
static cmsToneCurve *
srgb_curve(void)
{
	static const cmsFloat64Number numbers[] = { 2.4, 1 / 1.055,
		0.055 / 1.055, 1 / 12.92, 0.04045 };

	return cmsBuildParametricToneCurve(NULL, 4, numbers);
}

/* Grey as sRGB has it. */
static cmsHPROFILE
grey_profile(void)
{
	cmsToneCurve *curve = srgb_curve();
	cmsHPROFILE profile;

	if (curve == NULL)
		return NULL;
	profile = cmsCreateGrayProfile(cmsD50_xyY(), curve);
	cmsFreeToneCurve(curve);
	return profile;
}

struct cs_color *
cs_color_new(struct cs_view icc, enum cs_color_kind kind)
{
	const struct format *f = &formats[kind];
	cmsHPROFILE in, out = NULL;
	cmsHTRANSFORM transform = NULL;

	if (icc.len == 0 || icc.len > CS_PHOTO_PROFILE_MAX)
		return NULL;
	if ((in = cmsOpenProfileFromMem(icc.data, (cmsUInt32Number)icc.len)) ==
	    NULL)
		return NULL;
	if (cmsGetColorSpace(in) == f->space)
		out = kind == CS_COLOR_GREY ? grey_profile()
					    : cmsCreate_sRGBProfile();
	if (out != NULL)
		transform = cmsCreateTransform(in, f->in, out, f->out,
		    INTENT_RELATIVE_COLORIMETRIC,
		    cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_COPY_ALPHA);
	if (out != NULL)
		cmsCloseProfile(out);
	cmsCloseProfile(in);
	return transform;
}

void
cs_color_row(struct cs_color *c, uint8_t *to, const uint8_t *from, uint32_t n)
{
	cmsDoTransform(c, from, to, n);
}

void
cs_color_free(struct cs_color *c)
{
	if (c != NULL)
		cmsDeleteTransform(c);
}

static enum cs_err
save(struct cs_buf *out, cmsHPROFILE profile)
{
	cmsUInt32Number n = 0;
	uint8_t *at;
	enum cs_err err;

	if (!cmsSaveProfileToMem(profile, NULL, &n))
		return CS_ERR_NOMEM;
	if ((err = cs_buf_extend(out, n, &at)))
		return err;
	return cmsSaveProfileToMem(profile, at, &n) ? CS_OK : CS_ERR_NOMEM;
}

enum cs_err
cs_color_profile(struct cs_buf *out, const double corners[static 6])
{
	static const cmsCIExyY white = { 0.3127, 0.3290, 1 };
	const cmsCIExyYTRIPLE ends = { { corners[0], corners[1], 1 },
		{ corners[2], corners[3], 1 }, { corners[4], corners[5], 1 } };
	cmsToneCurve *curve = srgb_curve();
	cmsToneCurve *const curves[] = { curve, curve, curve };
	cmsHPROFILE profile = NULL;
	enum cs_err err = CS_ERR_NOMEM;

	if (curve != NULL)
		profile = cmsCreateRGBProfile(&white, &ends, curves);
	if (profile != NULL) {
		err = save(out, profile);
		cmsCloseProfile(profile);
	}
	if (curve != NULL)
		cmsFreeToneCurve(curve);
	return err;
}

void
cs_color_convert(struct cs_pixels *p)
{
	struct cs_color *c = cs_color_new(cs_buf_view(&p->icc),
	    p->channels == 1       ? CS_COLOR_GREY
		: p->channels == 3 ? CS_COLOR_RGB
				   : CS_COLOR_RGBA);
	size_t stride = (size_t)p->width * p->channels;

	for (uint32_t y = 0; y < p->height && c != NULL; y++)
		cs_color_row(
		    c, p->data + y * stride, p->data + y * stride, p->width);
	cs_color_free(c);
	cs_buf_free(&p->icc);
}
