/* SPDX-License-Identifier: MIT */
#include "content/voice_recode.h"

#include <string.h>

#include "content/sniff.h"
#include "content/voice.h"
#include "content/voice_ogg.h"
#include "content/voice_opus.h"
#include "content/voice_wav.h"

enum cs_err
cs_voice_recode(struct cs_voice *out, struct cs_view file)
{
	const char *type = cs_media_sniff_more(file);
	struct cs_ogg_writer w = { .out = &out->bytes };
	enum cs_err err = CS_ERR_TYPE;

	memset(out, 0, sizeof *out);
	out->bytes.max = CS_VOICE_FILE_MAX;
	if (file.len > CS_VOICE_SOURCE_FILE_MAX)
		return CS_ERR_LIMIT;
	if (type != NULL && strcmp(type, "audio/ogg") == 0)
		err = cs_opus_clean(&w, &out->duration_ms, file);
	else if (type != NULL && strcmp(type, "audio/wav") == 0)
		err = cs_wav_encode(&w, &out->duration_ms, file);
	cs_ogg_writer_clear(&w);
	if (err) {
		cs_buf_free(&out->bytes);
		out->duration_ms = 0;
	}
	return err;
}
