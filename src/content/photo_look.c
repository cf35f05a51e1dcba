/* SPDX-License-Identifier: MIT */
#include "content/photo_look.h"

#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/writer.h"
#include "content/media.h"
#include "content/photo.h"
#include "content/photo_ask.h"
#include "content/photo_clean.h"
#include "content/photo_codec.h"
#include "content/photo_color.h"
#include "content/photo_decode.h"
#include "content/photo_jpeg.h"
#include "content/photo_pixels.h"
#include "content/photo_png.h"
#include "content/sniff.h"

#define QUALITY 85
#define ANSWER_VERSION 1
#define TIMEOUT_MS 20000

static const char magic[4] = { 'C', 'S', 'P', 'L' };

void
cs_photo_look_clear(struct cs_photo_look *l)
{
	cs_buf_free(&l->picture);
	memset(l, 0, sizeof *l);
}

/* ---- pixels ------------------------------------------------------------- */

/* What shows through is black, as in what computes the published hashes. */
static void
flatten(struct cs_pixels *p)
{
	size_t n = (size_t)p->width * p->height;

	if (p->channels != 4)
		return;
	for (size_t i = 0; i < n; i++) {
		uint8_t *px = p->data + 4 * i;

		for (unsigned k = 0; k < 3; k++)
			px[k] = (uint8_t)(px[k] * px[3] / 255);
	}
}

static enum cs_err
hash(struct cs_photo_look *out, const struct cs_pixels *p)
{
	const struct cs_pdq_picture picture = { p->data, p->width, p->height,
		p->channels };
	struct cs_pdq turns[CS_PDQ_TURNS];
	enum cs_err err = cs_pdq_dihedral(turns, &picture);

	if (err == CS_ERR_UNSUPPORTED)
		return CS_OK; /* too small: quality 0 */
	if (err)
		return err;
	out->quality = turns[0].quality;
	for (size_t i = 0; i < CS_PDQ_TURNS; i++)
		memcpy(out->hashes[i], turns[i].hash, CS_PDQ_LEN);
	return CS_OK;
}

/* Means of boxes: ${side} at most on the longer side, one channel or three. */
static enum cs_err
shrink(struct cs_pixels *out, const struct cs_pixels *p, uint32_t side,
    unsigned channels)
{
	uint32_t longer = p->width > p->height ? p->width : p->height;
	uint32_t w = p->width, h = p->height;
	enum cs_err err;

	if (longer > side) {
		w = (uint32_t)((uint64_t)w * side / longer);
		h = (uint32_t)((uint64_t)h * side / longer);
	}
	w = w != 0 ? w : 1;
	h = h != 0 ? h : 1;
	if ((err = cs_pixels_new(out, w, h, channels)))
		return err;
	out->orientation = 1;
	for (uint32_t y = 0; y < h; y++)
		for (uint32_t x = 0; x < w; x++) {
			uint32_t x0 = (uint32_t)((uint64_t)x * p->width / w);
			uint32_t x1 =
			    (uint32_t)((uint64_t)(x + 1) * p->width / w);
			uint32_t y0 = (uint32_t)((uint64_t)y * p->height / h);
			uint32_t y1 =
			    (uint32_t)((uint64_t)(y + 1) * p->height / h);
			uint64_t sum[3] = { 0 };
			uint64_t n =
			    (uint64_t)(x1 - x0) * (y1 - y0); /* at least 1 */
			uint8_t *to =
			    out->data + ((size_t)y * w + x) * channels;

			for (uint32_t sy = y0; sy < y1; sy++)
				for (uint32_t sx = x0; sx < x1; sx++) {
					const uint8_t *px = p->data +
					    ((size_t)sy * p->width + sx) *
						p->channels;

					for (unsigned k = 0; k < 3; k++)
						sum[k] += p->channels == 1
						    ? px[0]
						    : px[k];
				}
			if (channels == 1)
				to[0] = (uint8_t)((sum[0] * 299 + sum[1] * 587 +
						      sum[2] * 114) /
				    (1000 * n));
			else
				for (unsigned k = 0; k < 3; k++)
					to[k] = (uint8_t)(sum[k] / n);
		}
	return CS_OK;
}

static enum cs_err
picture(
    struct cs_photo_look *out, struct cs_pixels *p, enum cs_photo_level level)
{
	static const uint32_t sides[] = { 0, CS_PHOTO_BLUR_SIDE,
		CS_PHOTO_SMALL_SIDE, CS_PHOTO_FULL_SIDE };
	struct cs_pixels small = { 0 };
	bool blur = level == CS_PHOTO_LEVEL_BLUR;
	enum cs_err err;

	cs_color_convert(p);
	if ((err = cs_pixels_turn(p)) == CS_OK &&
	    (err = shrink(&small, p, sides[level], blur ? 1 : 3)) == CS_OK)
		err = blur ? cs_png_encode(&out->picture, &small, 0)
			   : cs_jpeg_encode(&out->picture, &small, QUALITY);
	cs_pixels_clear(&small);
	if (err == CS_OK)
		out->media_type = blur ? "image/png" : "image/jpeg";
	return err;
}

enum cs_err
cs_photo_look_here(
    struct cs_photo_look *out, struct cs_view file, enum cs_photo_level level)
{
	struct cs_pixels p = { .orientation = 1 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (file.len > CS_PHOTO_SOURCE_FILE_MAX)
		return CS_ERR_LIMIT;
	if ((err = cs_photo_decode(&p, file)) == CS_OK) {
		flatten(&p);
		out->width = p.width;
		out->height = p.height;
		/* The caller has its hashes already. */
		err = level == CS_PHOTO_LEVEL_HASH ? hash(out, &p)
						   : picture(out, &p, level);
	}
	cs_pixels_clear(&p);
	if (err)
		cs_photo_look_clear(out);
	return err;
}

/* ---- the answer --------------------------------------------------------- */

enum cs_err
cs_photo_look_write(
    struct cs_buf *out, const struct cs_photo_look *l, enum cs_err err)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(magic, sizeof magic));
	cs_write_u8(&w, ANSWER_VERSION);
	cs_write_u16(&w, (uint16_t)err);
	cs_write_u32(&w, l->width);
	cs_write_u32(&w, l->height);
	cs_write_u8(&w, (uint8_t)l->quality);
	cs_write_bytes(&w, cs_view(l->hashes, sizeof l->hashes));
	cs_write_bytes(&w, cs_buf_view(&l->picture));
	return cs_writer_end(&w);
}

enum cs_err
cs_photo_look_read(struct cs_photo_look *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	struct cs_view begin = cs_read_bytes(&r, sizeof magic), rest;
	uint8_t version = cs_read_u8(&r);
	uint16_t err = cs_read_u16(&r);

	memset(out, 0, sizeof *out);
	out->width = cs_read_u32(&r);
	out->height = cs_read_u32(&r);
	out->quality = cs_read_u8(&r);
	cs_read_copy(&r, out->hashes[0], sizeof out->hashes);
	rest = cs_read_bytes(&r, r.left);
	if (r.err != CS_OK || memcmp(begin.data, magic, sizeof magic) != 0 ||
	    version != ANSWER_VERSION)
		return CS_ERR_FORMAT;
	/* It wanted more memory than it has: the same as being stopped. */
	if (err == CS_ERR_NOMEM)
		return CS_ERR_CLOSED;
	if (err != CS_OK)
		return cs_photo_known_error(err);
	if (out->width == 0 || out->width > CS_PHOTO_SIDE_MAX ||
	    out->height == 0 || out->height > CS_PHOTO_SIDE_MAX ||
	    out->quality > 100)
		return CS_ERR_FORMAT;
	if (rest.len == 0)
		return CS_OK;
	/* A decoder that was taken over can write anything. */
	out->media_type = cs_media_sniff(rest);
	if (out->media_type == NULL)
		return CS_ERR_FORMAT;
	return cs_buf_add(&out->picture, rest);
}

enum cs_err
cs_photo_look(
    struct cs_photo_look *out, struct cs_view file, enum cs_photo_level level)
{
	static const char *const modes[] = { "look-hash", "look-blur",
		"look-small", "look-full" };
	struct cs_buf answer = { .max = CS_PHOTO_FILE_MAX + 1024 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_photo_ask(&answer, file, modes[level], TIMEOUT_MS);
	if (err == CS_OK)
		err = cs_photo_look_read(out, cs_buf_view(&answer));
	if (err)
		cs_photo_look_clear(out);
	cs_buf_free(&answer);
	return err;
}
