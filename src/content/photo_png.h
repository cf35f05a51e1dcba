/* SPDX-License-Identifier: MIT */
/* PNG, read and written. */
#pragma once

#include "content/photo_codec.h"

CS_CHECKED enum cs_err cs_png_decode(
    struct cs_pixels *out, struct cs_view file);
CS_CHECKED enum cs_err cs_png_encode(
    struct cs_buf *out, const struct cs_pixels *p, int quality);
