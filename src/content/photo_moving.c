/* SPDX-License-Identifier: MIT */
#include "content/photo_moving.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "content/photo.h"
#include "content/photo_codec.h"
#include "content/photo_gif.h"
#include "content/photo_webp.h"
#include "content/sniff.h"

#define QUALITY 80
#define METHOD 1 /* of 6: as fast as frames have to be */

/* ---- frames, one after the other ---------------------------------------- */

struct source {
	struct cs_gif *gif; /* one of the two */
	WebPAnimDecoder *webp;
	uint32_t width, height;
	unsigned loops;
	const uint8_t *rgba; /* of the frame that is seen */
	int begin_ms, end_ms;
	unsigned n;
};

static enum cs_err
open_webp(struct source *s, struct cs_view file)
{
	WebPData data = { file.data, file.len };
	WebPAnimDecoderOptions options;
	WebPBitstreamFeatures features;
	WebPAnimInfo info;

	if (WebPGetFeatures(file.data, file.len, &features) != VP8_STATUS_OK)
		return CS_ERR_FORMAT;
	/* Before anything is allocated. */
	if ((uint64_t)features.width * (uint64_t)features.height >
	    CS_PHOTO_PIXELS_MAX)
		return CS_ERR_LIMIT;
	if (!WebPAnimDecoderOptionsInit(&options))
		return CS_ERR_UNSUPPORTED;
	options.color_mode = MODE_RGBA;
	options.use_threads = 0;
	s->webp = WebPAnimDecoderNew(&data, &options);
	if (s->webp == NULL || !WebPAnimDecoderGetInfo(s->webp, &info))
		return CS_ERR_FORMAT;
	s->width = info.canvas_width;
	s->height = info.canvas_height;
	s->loops = info.loop_count;
	return CS_OK;
}

static enum cs_err
open_gif(struct source *s, struct cs_view file)
{
	enum cs_err err = cs_gif_open(&s->gif, file);

	if (err)
		return err;
	s->width = cs_gif_canvas(s->gif)->width;
	s->height = cs_gif_canvas(s->gif)->height;
	return CS_OK;
}

static bool
is_gif(struct cs_view file)
{
	const char *type = cs_media_sniff_more(file);

	return type != NULL && strcmp(type, "image/gif") == 0;
}

static enum cs_err
source_open(struct source *s, struct cs_view file)
{
	memset(s, 0, sizeof *s);
	return is_gif(file) ? open_gif(s, file) : open_webp(s, file);
}

static void
source_close(struct source *s)
{
	cs_gif_close(s->gif);
	WebPAnimDecoderDelete(s->webp);
}

static enum cs_err
next_gif(struct source *s)
{
	enum cs_err err = cs_gif_next(s->gif);

	if (err)
		return err;
	s->rgba = cs_gif_canvas(s->gif)->data;
	s->loops = cs_gif_loops(s->gif);
	s->end_ms = s->begin_ms + (int)cs_gif_shown_ms(s->gif);
	return CS_OK;
}

static enum cs_err
next_webp(struct source *s)
{
	uint8_t *rgba;

	if (!WebPAnimDecoderHasMoreFrames(s->webp))
		return CS_ERR_CLOSED;
	if (!WebPAnimDecoderGetNext(s->webp, &rgba, &s->end_ms) ||
	    s->end_ms < s->begin_ms)
		return CS_ERR_FORMAT;
	s->rgba = rgba;
	return CS_OK;
}

/* CS_ERR_CLOSED at the end. */
static enum cs_err
source_next(struct source *s)
{
	enum cs_err err;

	s->begin_ms = s->end_ms;
	if ((err = s->gif != NULL ? next_gif(s) : next_webp(s)))
		return err;
	if (++s->n > CS_MOVING_FRAMES_MAX ||
	    s->end_ms > (int)CS_MOVING_MS_MAX ||
	    (uint64_t)s->width * s->height * s->n > CS_MOVING_PIXELS_MAX)
		return CS_ERR_LIMIT;
	return CS_OK;
}

static bool
gif_moves(struct cs_view file)
{
	struct cs_gif *g;
	bool moves;

	if (cs_gif_open(&g, file) != CS_OK)
		return false;
	/* A second one that is damaged is one, too. */
	moves = cs_gif_next(g) == CS_OK && cs_gif_next(g) != CS_ERR_CLOSED;
	cs_gif_close(g);
	return moves;
}

bool
cs_moving_is(struct cs_view file)
{
	const char *type = cs_media_sniff(file);

	if (is_gif(file))
		return gif_moves(file);
	return type != NULL && strcmp(type, "image/webp") == 0 &&
	    cs_webp_moves(file);
}

/* ---- encoding ----------------------------------------------------------- */

static enum cs_err
add(WebPAnimEncoder *to, const struct source *s, const WebPConfig *config)
{
	WebPPicture picture;
	enum cs_err err = CS_ERR_NOMEM;

	if (!WebPPictureInit(&picture))
		return CS_ERR_UNSUPPORTED;
	picture.use_argb = 1;
	picture.width = (int)s->width;
	picture.height = (int)s->height;
	if (WebPPictureImportRGBA(&picture, s->rgba, 4 * picture.width))
		err = WebPAnimEncoderAdd(to, &picture, s->begin_ms, config)
		    ? CS_OK
		    : CS_ERR_LIMIT;
	WebPPictureFree(&picture);
	return err;
}

/* The encoder has taken the frames; the file that they make. */
static enum cs_err
assemble(struct cs_buf *out, WebPAnimEncoder *from, int end_ms)
{
	WebPData data;
	enum cs_err err;

	WebPDataInit(&data);
	if (!WebPAnimEncoderAdd(from, NULL, end_ms, NULL) ||
	    !WebPAnimEncoderAssemble(from, &data))
		return CS_ERR_NOMEM;
	err = data.size > CS_PHOTO_FILE_MAX
	    ? CS_ERR_LIMIT
	    : cs_buf_add(out, cs_view(data.bytes, data.size));
	WebPDataClear(&data);
	return err;
}

/* How often all is shown stands before the first frame, in a GIF as well. */
static enum cs_err
encoder_new(WebPAnimEncoder **out, WebPConfig *config, const struct source *s)
{
	WebPAnimEncoderOptions options;

	if (s->width > WEBP_MAX_DIMENSION || s->height > WEBP_MAX_DIMENSION)
		return CS_ERR_LIMIT;
	if (!WebPAnimEncoderOptionsInit(&options) || !WebPConfigInit(config))
		return CS_ERR_UNSUPPORTED;
	config->quality = QUALITY;
	config->method = METHOD;
	options.kmax = 0; /* nobody seeks in it */
	options.anim_params.loop_count = (int)s->loops;
	*out = WebPAnimEncoderNew((int)s->width, (int)s->height, &options);
	return *out != NULL ? CS_OK : CS_ERR_NOMEM;
}

enum cs_err
cs_moving_recode(
    struct cs_buf *out, uint32_t size[static 2], struct cs_view file)
{
	WebPAnimEncoder *encoder = NULL;
	WebPConfig config;
	struct source s;
	enum cs_err err;

	if ((err = source_open(&s, file)) || (err = source_next(&s)) ||
	    (err = encoder_new(&encoder, &config, &s)))
		goto out;
	while (err == CS_OK && (err = add(encoder, &s, &config)) == CS_OK)
		err = source_next(&s);
	if (err == CS_ERR_CLOSED)
		err = assemble(out, encoder, s.end_ms);
	size[0] = s.width;
	size[1] = s.height;
out:
	if (err == CS_ERR_CLOSED)
		err = CS_ERR_FORMAT;
	WebPAnimEncoderDelete(encoder);
	source_close(&s);
	return err;
}
