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
void cs_photo_clear(struct cs_photo *p);

/*
 * Decode and encode in this process: what runs inside the child, and in tests.
 * CS_ERR_TYPE: not a JPEG, PNG or WebP; CS_ERR_FORMAT: damaged; CS_ERR_LIMIT:
 * too large, as a file or unpacked; CS_ERR_UNSUPPORTED: a moving picture.
 */
CS_CHECKED enum cs_err cs_photo_recode(
    struct cs_photo *out, struct cs_view file);

/*
 * The same in the sandboxed child.  The program is found beside the running
 * one, or where $COUNTERSIGN_PHOTO says.  The errors above, and CS_ERR_FORMAT
 * when the child was stopped (it tried what a decoder has no business to),
 * CS_ERR_TIMEOUT when it took too long, CS_ERR_NOT_FOUND when it is not there.
 */
CS_CHECKED enum cs_err cs_photo_clean(
    struct cs_photo *out, struct cs_view file);

/* The whole of the child's main(): "clean", or a way to look; reads a photo
 * from standard input, limits and seccomp first, writes the result to standard
 * output. */
int cs_photo_child_main(const char *mode);
