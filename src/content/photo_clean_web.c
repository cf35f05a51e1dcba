/* SPDX-License-Identifier: MIT */
/* The decoders are not in the engine: what is not cleaned is not sent. */
#include "content/photo_clean.h"

#include "content/voice_clean.h"

enum cs_err
cs_photo_clean(struct cs_photo *out, struct cs_view file)
{
	(void)file;
	*out = (struct cs_photo){ 0 };
	return CS_ERR_UNSUPPORTED;
}

enum cs_err
cs_photo_clean_icon(struct cs_photo *out, struct cs_view file)
{
	return cs_photo_clean(out, file);
}

void
cs_photo_clear(struct cs_photo *p)
{
	cs_buf_free(&p->bytes);
}

enum cs_err
cs_voice_clean(struct cs_voice *out, struct cs_view file)
{
	(void)file;
	*out = (struct cs_voice){ 0 };
	return CS_ERR_UNSUPPORTED;
}

void
cs_voice_clear(struct cs_voice *v)
{
	cs_buf_free(&v->bytes);
}
