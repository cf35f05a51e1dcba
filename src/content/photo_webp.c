/* SPDX-License-Identifier: MIT */
#include "content/photo_webp.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#include "content/photo.h"
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

/* The chunk ${name} of the container; empty if there is none. */
static struct cs_view
find_chunk(struct cs_view file, const char *name)
{
	size_t at = RIFF_HEADER;

	while (file.len - at >= CHUNK_HEADER) {
		const uint8_t *chunk = file.data + at;
		uint32_t n = little32(chunk + 4);

		at += CHUNK_HEADER;
		if (n > file.len - at)
			break;
		if (memcmp(chunk, name, 4) == 0)
			return cs_view(chunk + CHUNK_HEADER, n);
		/* Chunks begin at even places. */
		at += n;
		if (n % 2 != 0 && at < file.len)
			at++;
	}
	return cs_view(NULL, 0);
}

/* Decode into pixels that are ${by} times smaller. */
static enum cs_err
decode(struct cs_pixels *out, WebPDecoderConfig *config, struct cs_view file,
    unsigned by)
{
	WebPRGBABuffer *to = &config->output.u.RGBA;
	uint32_t width = ((uint32_t)config->input.width + by - 1) / by;
	uint32_t height = ((uint32_t)config->input.height + by - 1) / by;
	VP8StatusCode status;
	enum cs_err err =
	    cs_pixels_new(out, width, height, config->input.has_alpha ? 4 : 3);

	if (err)
		return err;
	config->options.use_scaling = by != 1;
	config->options.scaled_width = (int)width;
	config->options.scaled_height = (int)height;
	config->output.colorspace = out->channels == 4 ? MODE_RGBA : MODE_RGB;
	config->output.is_external_memory = 1;
	to->rgba = out->data;
	to->stride = (int)(out->width * out->channels);
	to->size = cs_pixels_size(out);
	status = WebPDecode(file.data, file.len, config);
	WebPFreeDecBuffer(&config->output);
	if (status == VP8_STATUS_OUT_OF_MEMORY)
		return CS_ERR_NOMEM;
	return status == VP8_STATUS_OK ? CS_OK : CS_ERR_FORMAT;
}

bool
cs_webp_moves(struct cs_view file)
{
	WebPBitstreamFeatures features;

	return WebPGetFeatures(file.data, file.len, &features) ==
	    VP8_STATUS_OK &&
	    features.has_animation;
}

/* The first picture of what moves, as it is seen. */
static enum cs_err
decode_first(struct cs_pixels *out, struct cs_view file, const uint32_t size[2])
{
	WebPData data = { file.data, file.len };
	WebPAnimDecoderOptions options;
	WebPAnimDecoder *decoder;
	uint8_t *rgba;
	int end_ms;
	enum cs_err err = cs_pixels_new(out, size[0], size[1], 4);

	if (err)
		return err;
	if (!WebPAnimDecoderOptionsInit(&options))
		return CS_ERR_UNSUPPORTED;
	options.color_mode = MODE_RGBA;
	options.use_threads = 0;
	decoder = WebPAnimDecoderNew(&data, &options);
	if (decoder == NULL || !WebPAnimDecoderGetNext(decoder, &rgba, &end_ms))
		err = CS_ERR_FORMAT;
	else
		memcpy(out->data, rgba, cs_pixels_size(out));
	WebPAnimDecoderDelete(decoder);
	out->orientation = 1;
	return err;
}

enum cs_err
cs_webp_decode(struct cs_pixels *out, struct cs_view file)
{
	WebPDecoderConfig config;
	struct cs_view icc;
	unsigned by;
	enum cs_err err;

	if (!WebPInitDecoderConfig(&config))
		return CS_ERR_UNSUPPORTED;
	if (WebPGetFeatures(file.data, file.len, &config.input) !=
	    VP8_STATUS_OK)
		return CS_ERR_FORMAT;
	if (config.input.width <= 0 || config.input.height <= 0)
		return CS_ERR_FORMAT;
	if (config.input.has_animation)
		return decode_first(out, file,
		    (const uint32_t[]){ (uint32_t)config.input.width,
			(uint32_t)config.input.height });
	if ((err = cs_pixels_scale(&by, (uint32_t)config.input.width,
		 (uint32_t)config.input.height)) ||
	    (err = decode(out, &config, file, by)))
		return err;
	out->orientation = cs_exif_orientation(find_chunk(file, "EXIF"));
	out->lossless = config.input.format == 2;
	icc = find_chunk(file, "ICCP");
	return icc.len <= CS_PHOTO_PROFILE_MAX ? cs_buf_add(&out->icc, icc)
					       : CS_OK;
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
