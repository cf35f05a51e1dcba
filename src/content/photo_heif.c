/* SPDX-License-Identifier: MIT */
#include "content/photo_heif.h"

#include <dav1d/dav1d.h>
#include <dlfcn.h>
#include <errno.h>
#include <libde265/de265.h>
#include <libheif/heif.h>

#include "content/photo.h"
#include "content/photo_codec.h"
#include "content/photo_color.h"
#include "content/photo_pixels.h"
#include "content/photo_shrink.h"

/* ---- decoders without threads ------------------------------------------- */

/*
 * libheif asks its decoders for threads and has no way to be told not to; in
 * the sandbox there are none.  Its calls arrive here, because a program's own
 * functions come before those of libraries.
 */
de265_error
de265_start_worker_threads(de265_decoder_context *context, int n)
{
	(void)context;
	(void)n;
	return DE265_OK; /* without them, all is done in the thread that asks */
}

typedef int open_function(Dav1dContext **, const Dav1dSettings *);
static open_function *real_open;

int
dav1d_open(Dav1dContext **out, const Dav1dSettings *settings)
{
	Dav1dSettings one = *settings;

	one.n_threads = 1;
	one.max_frame_delay = 1;
	one.logger.callback = NULL; /* nobody reads it */
	if (real_open == NULL && cs_heif_prepare() != CS_OK)
		return DAV1D_ERR(EIO);
	return real_open(out, &one);
}

enum cs_err
cs_heif_prepare(void)
{
	void *found = dlsym(RTLD_NEXT, "dav1d_open");

	/* ISO C has no cast between the two. */
	real_open = *(open_function **)&found;
	if (real_open == NULL || heif_init(NULL).code != heif_error_Ok)
		return CS_ERR_IO;
	return CS_OK;
}

/* ---- decoding ----------------------------------------------------------- */

static enum cs_err
error_of(struct heif_error e)
{
	if (e.subcode == heif_suberror_Security_limit_exceeded)
		return CS_ERR_LIMIT;
	switch (e.code) {
	case heif_error_Ok:
		return CS_OK;
	case heif_error_Memory_allocation_error:
		return CS_ERR_NOMEM;
	case heif_error_Unsupported_filetype:
	case heif_error_Unsupported_feature:
		return CS_ERR_UNSUPPORTED;
	default:
		return CS_ERR_FORMAT;
	}
}

/* Colours that are named by numbers (ITU-T H.273) instead of by a profile.
 * Curves of HDR are left as they are: a screen of today shows them dull. */
static enum cs_err
name_colors(struct cs_pixels *out, const struct heif_image_handle *handle)
{
	static const double p3[6] = { 0.68, 0.32, 0.265, 0.69, 0.15, 0.06 };
	static const double bt2020[6] = { 0.708, 0.292, 0.17, 0.797, 0.131,
		0.046 };
	struct heif_color_profile_nclx *nclx = NULL;
	const double *corners = NULL;

	if (heif_image_handle_get_nclx_color_profile(handle, &nclx).code !=
	    heif_error_Ok)
		return CS_OK;
	if (nclx->color_primaries == heif_color_primaries_SMPTE_EG_432_1)
		corners = p3;
	else if (nclx->color_primaries ==
	    heif_color_primaries_ITU_R_BT_2020_2_and_2100_0)
		corners = bt2020;
	if (nclx->transfer_characteristics ==
		heif_transfer_characteristic_ITU_R_BT_2100_0_PQ ||
	    nclx->transfer_characteristics ==
		heif_transfer_characteristic_ITU_R_BT_2100_0_HLG)
		corners = NULL;
	heif_nclx_color_profile_free(nclx);
	return corners != NULL ? cs_color_profile(&out->icc, corners) : CS_OK;
}

static enum cs_err
read_profile(struct cs_pixels *out, const struct heif_image_handle *handle)
{
	size_t n = heif_image_handle_get_raw_color_profile_size(handle);
	uint8_t *at;
	enum cs_err err;

	if (n == 0)
		return name_colors(out, handle);
	if (n > CS_PHOTO_PROFILE_MAX)
		return CS_OK;
	if ((err = cs_buf_extend(&out->icc, n, &at)))
		return err;
	return error_of(heif_image_handle_get_raw_color_profile(handle, at));
}

/* The bytes of the decoded picture, whose size is checked anew: a file can say
 * one and hold another. */
static enum cs_err
take_rows(
    struct cs_pixels *out, const struct heif_image *image, unsigned channels)
{
	int stride = 0, w = heif_image_get_primary_width(image);
	int h = heif_image_get_primary_height(image);
	const uint8_t *rows = heif_image_get_plane_readonly(
	    image, heif_channel_interleaved, &stride);
	struct cs_shrink *s = NULL;
	unsigned by;
	enum cs_err err;

	if (rows == NULL || w <= 0 || h <= 0 || stride <= 0 ||
	    (uint64_t)stride < (uint64_t)w * channels)
		return CS_ERR_FORMAT;
	const uint32_t size[2] = { (uint32_t)w, (uint32_t)h };

	if ((err = cs_pixels_scale(&by, size[0], size[1])) ||
	    (err = cs_shrink_new(&s, out, size, channels, by)))
		return err;
	for (uint32_t y = 0; y < size[1] && err == CS_OK; y++)
		err = cs_shrink_row(s, rows + y * (size_t)stride);
	cs_shrink_free(s);
	return err;
}

static enum cs_err
decode(struct cs_pixels *out, const struct heif_image_handle *handle)
{
	bool alpha = heif_image_handle_has_alpha_channel(handle) != 0;
	struct heif_decoding_options *options = heif_decoding_options_alloc();
	struct heif_image *image = NULL;
	enum cs_err err;

	if (options == NULL)
		return CS_ERR_NOMEM;
	options->convert_hdr_to_8bit = 1;
	err = error_of(heif_decode_image(handle, &image, heif_colorspace_RGB,
	    alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB,
	    options));
	heif_decoding_options_free(options);
	if (err == CS_OK)
		err = take_rows(out, image, alpha ? 4 : 3);
	heif_image_release(image);
	out->orientation = 1;
	return err ? err : read_profile(out, handle);
}

enum cs_err
cs_heif_decode(struct cs_pixels *out, struct cs_view file)
{
	struct heif_context *context = heif_context_alloc();
	struct heif_image_handle *handle = NULL;
	unsigned by;
	enum cs_err err;

	if (context == NULL)
		return CS_ERR_NOMEM;
	heif_context_set_max_decoding_threads(context, 0);
	/* For what is inside, as well: a grid says how large it is, too. */
	heif_context_set_maximum_image_size_limit(
	    context, (int)CS_PHOTO_SIDE_MAX);
	if ((err = error_of(heif_context_read_from_memory_without_copy(
		 context, file.data, file.len, NULL))) == CS_OK &&
	    (err = error_of(heif_context_get_primary_image_handle(
		 context, &handle))) == CS_OK &&
	    (err = cs_pixels_scale(&by,
		 (uint32_t)heif_image_handle_get_width(handle),
		 (uint32_t)heif_image_handle_get_height(handle))) == CS_OK)
		err = decode(out, handle);
	heif_image_handle_release(handle);
	heif_context_free(context);
	return err;
}
