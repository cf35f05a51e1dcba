/* SPDX-License-Identifier: MIT */
/* HEIC and AVIF, read. */
#pragma once

#include "content/photo_codec.h"

/* Load what decoding needs; before the sandbox closes. */
CS_CHECKED enum cs_err cs_heif_prepare(void);
/* The primary picture, turned and cut as the file says.  CS_ERR_UNSUPPORTED: of
 * a kind that there is no decoder for. */
CS_CHECKED enum cs_err cs_heif_decode(
    struct cs_pixels *out, struct cs_view file);
