/* SPDX-License-Identifier: MIT */
#include "content/photo_clean.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "content/media.h"
#include "content/photo.h"
#include "content/photo_ask.h"
#include "content/sniff.h"

#define TIMEOUT_MS 45000
#define ANSWER_VERSION 1
#define ANSWER_HEADER (4 + 1 + 2 + 4 + 4)

static const char magic[4] = { 'C', 'S', 'P', 'H' };

void
cs_photo_clear(struct cs_photo *p)
{
	cs_buf_free(&p->bytes);
	memset(p, 0, sizeof *p);
}

/* ---- the answer --------------------------------------------------------- */

enum cs_err
cs_photo_answer_write(
    struct cs_buf *out, const struct cs_photo *p, enum cs_err err)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(magic, sizeof magic));
	cs_write_u8(&w, ANSWER_VERSION);
	cs_write_u16(&w, (uint16_t)err);
	cs_write_u32(&w, p->width);
	cs_write_u32(&w, p->height);
	cs_write_bytes(&w, cs_buf_view(&p->bytes));
	return cs_writer_end(&w);
}

/* Errors that a decoder can have; any other shows that it was not our decoder
 * that wrote them. */
enum cs_err
cs_photo_known_error(uint16_t err)
{
	switch (err) {
	case CS_ERR_NOMEM:
	case CS_ERR_TYPE:
	case CS_ERR_LIMIT:
	case CS_ERR_UNSUPPORTED:
		return (enum cs_err)err;
	default:
		return CS_ERR_FORMAT;
	}
}

enum cs_err
cs_photo_answer_read(struct cs_photo *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	struct cs_view begin = cs_read_bytes(&r, sizeof magic);
	uint8_t version = cs_read_u8(&r);
	uint16_t err = cs_read_u16(&r);
	struct cs_view file;

	memset(out, 0, sizeof *out);
	out->width = cs_read_u32(&r);
	out->height = cs_read_u32(&r);
	file = cs_read_bytes(&r, r.left);
	if (r.err != CS_OK || memcmp(begin.data, magic, sizeof magic) != 0 ||
	    version != ANSWER_VERSION)
		return CS_ERR_FORMAT;
	if (err != CS_OK)
		return cs_photo_known_error(err);
	out->media_type = cs_media_sniff(file);
	if (out->media_type == NULL || file.len > CS_PHOTO_FILE_MAX ||
	    out->width == 0 || out->width > CS_PHOTO_SIDE_MAX ||
	    out->height == 0 || out->height > CS_PHOTO_SIDE_MAX)
		return CS_ERR_FORMAT;
	return cs_buf_add(&out->bytes, file);
}

/* ---- asking ------------------------------------------------------------- */

/* A new photo of ${file}, as ${mode} says. */
static enum cs_err
make(struct cs_photo *out, struct cs_view file, const char *mode)
{
	struct cs_buf answer = { .max = CS_PHOTO_FILE_MAX + ANSWER_HEADER };
	enum cs_err err = cs_photo_ask(&answer, file, mode, TIMEOUT_MS);

	memset(out, 0, sizeof *out);
	/* For the sender, a photo that breaks the decoder is a damaged photo.
	 */
	if (err == CS_ERR_CLOSED)
		err = CS_ERR_FORMAT;
	if (err == CS_OK)
		err = cs_photo_answer_read(out, cs_buf_view(&answer));
	if (err)
		cs_photo_clear(out);
	cs_buf_free(&answer);
	return err;
}

enum cs_err
cs_photo_clean(struct cs_photo *out, struct cs_view file)
{
	return make(out, file, "clean");
}

enum cs_err
cs_photo_clean_icon(struct cs_photo *out, struct cs_view file)
{
	enum cs_err err = make(out, file, "icon");

	/* A decoder that was taken over could have written anything else. */
	if (err == CS_OK &&
	    (strcmp(out->media_type, "image/jpeg") != 0 ||
		out->width > CS_PHOTO_ICON_SIDE_MAX ||
		out->height > CS_PHOTO_ICON_SIDE_MAX)) {
		cs_photo_clear(out);
		return CS_ERR_FORMAT;
	}
	return err;
}
