/* SPDX-License-Identifier: MIT */
/* The child that decodes photos, in its sandbox. */
#pragma once

#include "content/photo.h"

/* The whole of the child's main(): "clean", "icon", "voice", or a way to look;
 * reads a file from standard input, limits and seccomp first, writes the result
 * to standard output. */
int cs_photo_child_main(const char *mode);

/* From now on this process can read 0, write 1, use memory and end; anything
 * else kills it. */
CS_CHECKED enum cs_err cs_photo_sandbox(void);
