/* SPDX-License-Identifier: MIT */
/* Cleaning a voice message: the parent of the child that takes it apart. */
#pragma once

#include "content/voice.h"

void cs_voice_clear(struct cs_voice *v);
/* In the sandboxed child, as cs_photo_clean() does it; errors as those of
 * cs_voice_recode() and of cs_photo_clean(). */
CS_CHECKED enum cs_err cs_voice_clean(
    struct cs_voice *out, struct cs_view file);

/* What the child writes: "CSPV" | u8 version | u16 error | u32 duration |
 * the new file.  Reading trusts nothing. */
CS_CHECKED enum cs_err cs_voice_answer_write(
    struct cs_buf *out, const struct cs_voice *v, enum cs_err err);
CS_CHECKED enum cs_err cs_voice_answer_read(
    struct cs_voice *out, struct cs_view in);
