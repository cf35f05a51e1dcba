/* SPDX-License-Identifier: MIT */
/* JPEG, read and written. */
#pragma once

#include "content/photo_codec.h"

/* Into empty pixels; they are to be cleared after a failure, too. */
CS_CHECKED enum cs_err cs_jpeg_decode(
    struct cs_pixels *out, struct cs_view file);
/* Appended; ${quality} is of 100, where the type has one. */
CS_CHECKED enum cs_err cs_jpeg_encode(
    struct cs_buf *out, const struct cs_pixels *p, int quality);
