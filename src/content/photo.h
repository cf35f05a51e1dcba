/* SPDX-License-Identifier: MIT */
/*
 * Photos without what a camera adds to them.
 *
 * A photo is decoded, turned the way its orientation says, and encoded anew as
 * the same type (JPEG, PNG or WebP): pixels come through, place, camera, time,
 * thumbnails and comments do not.  Decoders are where messengers get broken
 * into, so cs_photo_clean() does it in the program countersign-photo: a child
 * process under seccomp with limits on memory and time.
 */
#pragma once

#include "base/bytes.h"

#define CS_PHOTO_FILE_MAX ((size_t)16 << 20) /* DESIGN: photo 16 MiB */
#define CS_PHOTO_PIXELS_MAX 50000000u        /* no camera in use makes more */
#define CS_PHOTO_SIDE_MAX 16384u

struct cs_photo {
	struct cs_buf bytes;    /* the new file */
	const char *media_type; /* "image/jpeg", "image/png" or "image/webp" */
	uint32_t width, height; /* as shown */
};
