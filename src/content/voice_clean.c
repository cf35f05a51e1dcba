/* SPDX-License-Identifier: MIT */
#include "content/voice_clean.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "content/photo_ask.h"
#include "content/photo_clean.h"
#include "content/sniff.h"
#include "content/voice.h"

#define TIMEOUT_MS 45000
#define ANSWER_VERSION 1
#define ANSWER_HEADER (4 + 1 + 2 + 4)

static const char magic[4] = { 'C', 'S', 'P', 'V' };

void
cs_voice_clear(struct cs_voice *v)
{
	cs_buf_free(&v->bytes);
	memset(v, 0, sizeof *v);
}

enum cs_err
cs_voice_answer_write(
    struct cs_buf *out, const struct cs_voice *v, enum cs_err err)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(magic, sizeof magic));
	cs_write_u8(&w, ANSWER_VERSION);
	cs_write_u16(&w, (uint16_t)err);
	cs_write_u32(&w, v->duration_ms);
	cs_write_bytes(&w, cs_buf_view(&v->bytes));
	return cs_writer_end(&w);
}

enum cs_err
cs_voice_answer_read(struct cs_voice *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	struct cs_view begin = cs_read_bytes(&r, sizeof magic), file;
	uint8_t version = cs_read_u8(&r);
	uint16_t err = cs_read_u16(&r);
	const char *type;

	memset(out, 0, sizeof *out);
	out->duration_ms = cs_read_u32(&r);
	file = cs_read_bytes(&r, r.left);
	if (r.err != CS_OK || memcmp(begin.data, magic, sizeof magic) != 0 ||
	    version != ANSWER_VERSION)
		return CS_ERR_FORMAT;
	if (err != CS_OK)
		return cs_photo_known_error(err);
	type = cs_media_sniff_more(file);
	if (type == NULL || strcmp(type, "audio/ogg") != 0 ||
	    file.len > CS_VOICE_FILE_MAX || out->duration_ms > CS_VOICE_MS_MAX)
		return CS_ERR_FORMAT;
	return cs_buf_add(&out->bytes, file);
}

enum cs_err
cs_voice_clean(struct cs_voice *out, struct cs_view file)
{
	struct cs_buf answer = { .max = CS_VOICE_FILE_MAX + ANSWER_HEADER };
	enum cs_err err = cs_photo_ask(&answer, file, "voice", TIMEOUT_MS);

	memset(out, 0, sizeof *out);
	/* What breaks the child is damaged. */
	if (err == CS_ERR_CLOSED)
		err = CS_ERR_FORMAT;
	if (err == CS_OK)
		err = cs_voice_answer_read(out, cs_buf_view(&answer));
	if (err)
		cs_voice_clear(out);
	cs_buf_free(&answer);
	return err;
}
