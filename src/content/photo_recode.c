/* SPDX-License-Identifier: MIT */
#include "content/photo_recode.h"

#include <string.h>

#include "content/media.h"
#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/photo_codec.h"
#include "content/photo_jpeg.h"
#include "content/photo_pixels.h"
#include "content/photo_png.h"
#include "content/photo_webp.h"
#include "content/sniff.h"

#define QUALITY 90
/* When 16 MiB do not hold it otherwise. */
#define QUALITY_LOW 70

static const struct codec {
	const char *type;
	enum cs_err (*decode)(struct cs_pixels *out, struct cs_view file);
	enum cs_err (*encode)(
	    struct cs_buf *out, const struct cs_pixels *p, int quality);
} codecs[] = {
	{ "image/jpeg", cs_jpeg_decode, cs_jpeg_encode },
	{ "image/png", cs_png_decode, cs_png_encode },
	{ "image/webp", cs_webp_decode, cs_webp_encode },
};

static const struct codec *
find_codec(struct cs_view file)
{
	const char *type = cs_media_sniff(file);

	for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
		if (type != NULL && strcmp(codecs[i].type, type) == 0)
			return &codecs[i];
	return NULL;
}

static enum cs_err
encode(struct cs_buf *out, const struct codec *codec,
    const struct cs_pixels *pixels)
{
	enum cs_err err = codec->encode(out, pixels, QUALITY);

	if (err == CS_OK && out->len > CS_PHOTO_FILE_MAX) {
		cs_buf_reset(out);
		err = codec->encode(out, pixels, QUALITY_LOW);
	}
	if (err == CS_OK && out->len > CS_PHOTO_FILE_MAX)
		err = CS_ERR_LIMIT;
	return err;
}

enum cs_err
cs_photo_recode(struct cs_photo *out, struct cs_view file)
{
	const struct codec *codec = find_codec(file);
	struct cs_pixels pixels = { .orientation = 1 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (file.len > CS_PHOTO_FILE_MAX)
		return CS_ERR_LIMIT;
	if (codec == NULL)
		return CS_ERR_TYPE;
	if ((err = codec->decode(&pixels, file)) ||
	    (err = cs_pixels_turn(&pixels)) ||
	    (err = encode(&out->bytes, codec, &pixels)))
		goto out;
	out->media_type = codec->type;
	out->width = pixels.width;
	out->height = pixels.height;
out:
	cs_pixels_clear(&pixels);
	if (err)
		cs_photo_clear(out);
	return err;
}
