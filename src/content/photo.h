/* SPDX-License-Identifier: MIT */
/*
 * Photos without what a camera adds to them.
 *
 * A photo is decoded, turned the way its orientation says, and encoded anew:
 * pixels come through, in the colours of a screen (sRGB); place, camera, time,
 * thumbnails, profiles and comments do not.  JPEG, PNG and WebP stay what they
 * are, HEIC and AVIF become JPEG (WebP if something shows through), a GIF
 * becomes PNG, and what moves becomes a WebP that moves (decision 0029).
 * Decoders are where messengers get broken into, so cs_photo_clean() does it in
 * the program countersign-photo: a child process under seccomp with limits on
 * memory and time.
 */
#pragma once

#include "base/bytes.h"

#define CS_PHOTO_FILE_MAX ((size_t)16 << 20) /* DESIGN: photo 16 MiB */
/* What a phone writes at its largest, before it is cleaned. */
#define CS_PHOTO_SOURCE_FILE_MAX ((size_t)64 << 20)
/* What is larger is made smaller while it is decoded. */
#define CS_PHOTO_PIXELS_MAX 50000000u
#define CS_PHOTO_SIDE_MAX 16384u
#define CS_PHOTO_ICON_SIDE_MAX 640u /* the picture of a group */
/* What is larger still is refused; no camera in use makes more. */
#define CS_PHOTO_SOURCE_PIXELS_MAX 200000000u
#define CS_PHOTO_SOURCE_SIDE_MAX 65500u /* of a JPEG */
/* What presses use has 2 MiB. */
#define CS_PHOTO_PROFILE_MAX ((size_t)4 << 20)

struct cs_photo {
	struct cs_buf bytes;    /* the new file */
	const char *media_type; /* "image/jpeg", "image/png" or "image/webp" */
	uint32_t width, height; /* as shown */
};
