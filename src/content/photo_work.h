/* SPDX-License-Identifier: MIT */
/* What is done with a file where decoders are: in the child of a native
 * program, and in the module of a page. */
#pragma once

#include "base/bytes.h"

/* The answer to "clean", "icon" or "voice" (cs_photo_answer_write(),
 * cs_voice_answer_write()); ${err}: why there is no file.  What fails is
 * answered, too. */
CS_CHECKED enum cs_err cs_photo_work(struct cs_buf *answer, struct cs_view file,
    const char *mode, enum cs_err err);
