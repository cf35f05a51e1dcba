/* SPDX-License-Identifier: MIT */
#include "content/photo_webp.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "content/photo_codec.h"
#include "content/photo_exif.h"
#include "content/photo_pixels.h"

#define RIFF_HEADER 12
#define CHUNK_HEADER 8
/* Above this, compressing better would take longer than people wait. */
#define LARGE_PIXELS 8000000u

static uint32_t
little32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* The "EXIF" chunk of the container, if there is one. */
static unsigned
orientation(struct cs_view file)
{
	size_t at = RIFF_HEADER;

	while (file.len - at >= CHUNK_HEADER) {
		const uint8_t *chunk = file.data + at;
		uint32_t n = little32(chunk + 4);

		at += CHUNK_HEADER;
		if (n > file.len - at)
			break;
		if (memcmp(chunk, "EXIF", 4) == 0)
			return cs_exif_orientation(
			    cs_view(chunk + CHUNK_HEADER, n));
		/* Chunks begin at even places. */
		at += n;
		if (n % 2 != 0 && at < file.len)
			at++;
	}
	return 1;
}

enum cs_err
cs_webp_decode(struct cs_pixels *out, struct cs_view file)
{
	WebPDecoderConfig config;
	WebPRGBABuffer *to = &config.output.u.RGBA;
	VP8StatusCode status;
	enum cs_err err;

	if (!WebPInitDecoderConfig(&config))
		return CS_ERR_UNSUPPORTED;
	if (WebPGetFeatures(file.data, file.len, &config.input) !=
	    VP8_STATUS_OK)
		return CS_ERR_FORMAT;
	if (config.input.has_animation)
		return CS_ERR_UNSUPPORTED;
	if (config.input.width <= 0 || config.input.height <= 0)
		return CS_ERR_FORMAT;
	err = cs_pixels_new(out, (uint32_t)config.input.width,
	    (uint32_t)config.input.height, config.input.has_alpha ? 4 : 3);
	if (err)
		return err;
	out->orientation = orientation(file);
	out->lossless = config.input.format == 2;
	config.output.colorspace = out->channels == 4 ? MODE_RGBA : MODE_RGB;
	config.output.is_external_memory = 1;
	to->rgba = out->data;
	to->stride = (int)(out->width * out->channels);
	to->size = cs_pixels_size(out);
	status = WebPDecode(file.data, file.len, &config);
	WebPFreeDecBuffer(&config.output);
	if (status == VP8_STATUS_OUT_OF_MEMORY)
		return CS_ERR_NOMEM;
	return status == VP8_STATUS_OK ? CS_OK : CS_ERR_FORMAT;
}

static int
take(const uint8_t *data, size_t n, const WebPPicture *picture)
{
	return cs_buf_add(picture->custom_ptr, cs_view(data, n)) == CS_OK;
}

static bool
configure(WebPConfig *config, const struct cs_pixels *p, int quality)
{
	bool large = (uint64_t)p->width * p->height > LARGE_PIXELS;

	if (!WebPConfigInit(config))
		return false;
	config->quality = (float)quality;
	if (p->lossless)
		return WebPConfigLosslessPreset(config, large ? 0 : 3) != 0;
	config->method = large ? 1 : 4;
	return true;
}

enum cs_err
cs_webp_encode(struct cs_buf *out, const struct cs_pixels *p, int quality)
{
	WebPConfig config;
	WebPPicture picture;
	enum cs_err err = CS_ERR_NOMEM;
	int stride = (int)(p->width * p->channels), imported;

	if (!configure(&config, p, quality) || !WebPPictureInit(&picture))
		return CS_ERR_UNSUPPORTED;
	/* Format limit, one below ours. */
	if (p->width > WEBP_MAX_DIMENSION || p->height > WEBP_MAX_DIMENSION)
		return CS_ERR_LIMIT;
	picture.width = (int)p->width;
	picture.height = (int)p->height;
	picture.use_argb = p->lossless;
	picture.writer = take;
	picture.custom_ptr = out;
	imported = p->channels == 4
	    ? WebPPictureImportRGBA(&picture, p->data, stride)
	    : WebPPictureImportRGB(&picture, p->data, stride);
	if (imported && WebPEncode(&config, &picture))
		err = CS_OK;
	else if (imported &&
	    picture.error_code != VP8_ENC_ERROR_OUT_OF_MEMORY &&
	    picture.error_code != VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY &&
	    picture.error_code != VP8_ENC_ERROR_BAD_WRITE)
		err = CS_ERR_LIMIT;
	WebPPictureFree(&picture);
	return err;
}
