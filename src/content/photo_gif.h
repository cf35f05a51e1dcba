/* SPDX-License-Identifier: MIT */
/* GIF, read. */
#pragma once

#include "content/photo_codec.h"

CS_CHECKED enum cs_err cs_gif_decode(
    struct cs_pixels *out, struct cs_view file);
