/* SPDX-License-Identifier: MIT */
#include "content/photo_recode.h"

#include <string.h>

#include "content/media.h"
#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/photo_codec.h"
#include "content/photo_color.h"
#include "content/photo_decode.h"
#include "content/photo_jpeg.h"
#include "content/photo_moving.h"
#include "content/photo_pixels.h"
#include "content/photo_png.h"
#include "content/photo_shrink.h"
#include "content/photo_webp.h"
#include "content/sniff.h"

#define QUALITY 90
/* When 16 MiB do not hold it otherwise. */
#define QUALITY_LOW 70
/* What is left of noise after it was made smaller this often would fit. */
#define HALVES_MAX 3

/* What a photo is written as. */
static const struct codec {
	const char *type;
	enum cs_err (*encode)(
	    struct cs_buf *out, const struct cs_pixels *p, int quality);
} jpeg = { "image/jpeg", cs_jpeg_encode }, png = { "image/png", cs_png_encode },
  webp = { "image/webp", cs_webp_encode };

/* As what it was, if everybody can show that. */
static const struct codec *
find_codec(const char *type, const struct cs_pixels *p)
{
	if (strcmp(type, "image/png") == 0 || strcmp(type, "image/gif") == 0)
		return &png;
	return strcmp(type, "image/webp") == 0 || p->channels == 4 ? &webp
								   : &jpeg;
}

/* CS_ERR_LIMIT: it does not fit, into the size that is allowed or into what the
 * type can hold. */
static enum cs_err
try_encode(struct cs_buf *out, const struct codec *codec,
    const struct cs_pixels *pixels, int quality)
{
	enum cs_err err;

	cs_buf_reset(out);
	if ((err = codec->encode(out, pixels, quality)))
		return err;
	return out->len > CS_PHOTO_FILE_MAX ? CS_ERR_LIMIT : CS_OK;
}

/* A photo whose pixels do not fit is made worse first, then smaller. */
static enum cs_err
encode(struct cs_buf *out, const struct codec *codec, struct cs_pixels *pixels)
{
	enum cs_err err = try_encode(out, codec, pixels, QUALITY);

	if (err == CS_ERR_LIMIT && codec != &png)
		err = try_encode(out, codec, pixels, QUALITY_LOW);
	for (int i = 0; i < HALVES_MAX && err == CS_ERR_LIMIT; i++)
		if ((err = cs_pixels_shrink(pixels, 2)) == CS_OK)
			err = try_encode(out, codec, pixels, QUALITY);
	return err;
}

static enum cs_err
recode_still(struct cs_photo *out, struct cs_view file, const char *type)
{
	struct cs_pixels pixels = { .orientation = 1 };
	const struct codec *codec;
	enum cs_err err;

	if ((err = cs_photo_decode(&pixels, file)) ||
	    (err = cs_pixels_turn(&pixels)))
		goto out;
	cs_color_convert(&pixels);
	codec = find_codec(type, &pixels);
	if ((err = encode(&out->bytes, codec, &pixels)))
		goto out;
	out->media_type = codec->type;
	out->width = pixels.width;
	out->height = pixels.height;
out:
	cs_pixels_clear(&pixels);
	return err;
}

static enum cs_err
recode_moving(struct cs_photo *out, struct cs_view file)
{
	uint32_t size[2] = { 0 };
	enum cs_err err = cs_moving_recode(&out->bytes, size, file);

	if (err)
		return err;
	out->media_type = webp.type;
	out->width = size[0];
	out->height = size[1];
	return CS_OK;
}

/* White shows through. */
static enum cs_err
flatten(struct cs_pixels *p)
{
	struct cs_pixels out = { .orientation = p->orientation };
	size_t n = (size_t)p->width * p->height;
	enum cs_err err;

	if (p->channels != 4)
		return CS_OK;
	if ((err = cs_pixels_new(&out, p->width, p->height, 3))) {
		cs_pixels_clear(&out);
		return err;
	}
	for (size_t i = 0; i < n; i++) {
		unsigned alpha = p->data[4 * i + 3];

		for (unsigned k = 0; k < 3; k++)
			out.data[3 * i + k] =
			    (uint8_t)((p->data[4 * i + k] * alpha +
					  255u * (255u - alpha) + 127u) /
				255u);
	}
	cs_pixels_clear(p);
	*p = out;
	return CS_OK;
}

enum cs_err
cs_photo_recode_icon(struct cs_photo *out, struct cs_view file)
{
	struct cs_pixels pixels = { .orientation = 1 };
	uint32_t side;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (file.len > CS_PHOTO_SOURCE_FILE_MAX)
		return CS_ERR_LIMIT;
	if (cs_media_sniff_more(file) == NULL)
		return CS_ERR_TYPE;
	if ((err = cs_photo_decode(&pixels, file)) ||
	    (err = cs_pixels_turn(&pixels)))
		goto out;
	cs_color_convert(&pixels);
	side = pixels.width > pixels.height ? pixels.width : pixels.height;
	if (side > CS_PHOTO_ICON_SIDE_MAX &&
	    (err = cs_pixels_shrink(&pixels,
		 (side + CS_PHOTO_ICON_SIDE_MAX - 1) / CS_PHOTO_ICON_SIDE_MAX)))
		goto out;
	if ((err = flatten(&pixels)) ||
	    (err = jpeg.encode(&out->bytes, &pixels, QUALITY)))
		goto out;
	out->media_type = jpeg.type;
	out->width = pixels.width;
	out->height = pixels.height;
out:
	cs_pixels_clear(&pixels);
	if (err)
		cs_photo_clear(out);
	return err;
}

enum cs_err
cs_photo_recode(struct cs_photo *out, struct cs_view file)
{
	const char *type = cs_media_sniff_more(file);
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (file.len > CS_PHOTO_SOURCE_FILE_MAX)
		return CS_ERR_LIMIT;
	if (type == NULL)
		return CS_ERR_TYPE;
	err = cs_moving_is(file) ? recode_moving(out, file)
				 : recode_still(out, file, type);
	if (err)
		cs_photo_clear(out);
	return err;
}
