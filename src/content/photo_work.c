/* SPDX-License-Identifier: MIT */
#include "content/photo_work.h"

#include <string.h>

#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/photo_recode.h"
#include "content/voice.h"
#include "content/voice_clean.h"
#include "content/voice_recode.h"

static enum cs_err
clean(struct cs_buf *answer, struct cs_view file, enum cs_err err, bool icon)
{
	struct cs_photo photo = { 0 };

	if (err == CS_OK)
		err = icon ? cs_photo_recode_icon(&photo, file)
			   : cs_photo_recode(&photo, file);
	return cs_photo_answer_write(answer, &photo, err);
}

static enum cs_err
voice(struct cs_buf *answer, struct cs_view file, enum cs_err err)
{
	struct cs_voice v = { 0 };

	if (err == CS_OK)
		err = cs_voice_recode(&v, file);
	return cs_voice_answer_write(answer, &v, err);
}

enum cs_err
cs_photo_work(struct cs_buf *answer, struct cs_view file, const char *mode,
    enum cs_err err)
{
	if (strcmp(mode, "voice") == 0)
		return voice(answer, file, err);
	return clean(answer, file, err, strcmp(mode, "icon") == 0);
}
