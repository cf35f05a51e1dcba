/* SPDX-License-Identifier: MIT */
/* A photo, decoded and encoded anew. */
#pragma once

#include "content/photo.h"

/*
 * Decode and encode in this process: what runs inside the child, and in tests.
 * CS_ERR_TYPE: not a JPEG, PNG, WebP, GIF, HEIC or AVIF; CS_ERR_FORMAT:
 * damaged; CS_ERR_LIMIT: too large, as a file or unpacked; CS_ERR_UNSUPPORTED:
 * of a kind that is not decoded here.
 */
CS_CHECKED enum cs_err cs_photo_recode(
    struct cs_photo *out, struct cs_view file);
/* The same as a small JPEG of at most CS_PHOTO_ICON_SIDE_MAX a side, for a
 * group; of what moves, the first picture, and white where nothing is. */
CS_CHECKED enum cs_err cs_photo_recode_icon(
    struct cs_photo *out, struct cs_view file);
