/* SPDX-License-Identifier: MIT */
/* A file of any kind that is decoded here, told by its bytes. */
#pragma once

#include "content/photo_codec.h"

/* Its pixels; of what moves, the first.  CS_ERR_TYPE: no kind of photo. */
CS_CHECKED enum cs_err cs_photo_decode(
    struct cs_pixels *out, struct cs_view file);
