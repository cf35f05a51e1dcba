/* SPDX-License-Identifier: MIT */
/*
 * Where photos are decoded and recordings taken apart: in a process of its own,
 * under seccomp; of a page in a browser, in a module that can reach nothing
 * (photo_ask_web.c).  Each file has a new one, which does not outlive it.
 */
#pragma once

#include "content/photo.h"

/*
 * Have ${mode} (cs_photo_work(), or a way to look) done with ${file};
 * ${answer} is what was written there, by whoever has taken over the decoder at
 * worst.  The program is found beside the running one, or where
 * $COUNTERSIGN_PHOTO says.  CS_ERR_CLOSED: it was stopped; CS_ERR_TIMEOUT;
 * CS_ERR_NOT_FOUND: it is not there; CS_ERR_LIMIT: the file is too large;
 * CS_ERR_FORMAT: the answer is.
 */
CS_CHECKED enum cs_err cs_photo_ask(struct cs_buf *answer, struct cs_view file,
    const char *mode, int timeout_ms);
/* The same with this program, where there are processes. */
CS_CHECKED enum cs_err cs_photo_ask_program(struct cs_buf *answer,
    struct cs_view file, const char *program, const char *mode, int timeout_ms);
