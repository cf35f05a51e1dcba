/* SPDX-License-Identifier: MIT */
/* A photo for the report desk: hashes of what it looks like, and a picture that
 * spares the person who has to see it. Decoded in the sandboxed child of
 * content/photo.h: JPEG, PNG, WebP, GIF, HEIC and AVIF, the first picture of
 * what moves. The hashes are of the pixels as the file has them; the picture is
 * turned the way its orientation says, in the colours that its profile says. */
#pragma once

#include "content/photo.h"
#include "phash/phash.h"

/* How much of it is shown. */
enum cs_photo_level {
	CS_PHOTO_LEVEL_HASH = 0,  /* no picture */
	CS_PHOTO_LEVEL_BLUR = 1,  /* grey, and too few points to see anything */
	CS_PHOTO_LEVEL_SMALL = 2, /* in colour, small */
	CS_PHOTO_LEVEL_FULL = 3,  /* as large as a screen */
};
#define CS_PHOTO_BLUR_SIDE 20u
#define CS_PHOTO_SMALL_SIDE 320u
#define CS_PHOTO_FULL_SIDE 1920u

struct cs_photo_look {
	uint32_t width, height; /* of the photo */
	unsigned quality;       /* of the hashes; 0: too small to have any */
	uint8_t hashes[CS_PDQ_TURNS][CS_PDQ_LEN]; /* the first is as it is */
	struct cs_buf picture;
	const char *media_type; /* of the picture; NULL: there is none */
};
void cs_photo_look_clear(struct cs_photo_look *l);

/* In this process: what runs in the child, and in tests.  Errors as those of
 * cs_photo_recode(). */
CS_CHECKED enum cs_err cs_photo_look_here(
    struct cs_photo_look *out, struct cs_view file, enum cs_photo_level level);
/* In the sandboxed child.  Errors as those of cs_photo_clean(), but
 * CS_ERR_CLOSED when the child was stopped: it tried what no decoder does. */
CS_CHECKED enum cs_err cs_photo_look(
    struct cs_photo_look *out, struct cs_view file, enum cs_photo_level level);

/* What the child writes when it is asked to look: "CSPL" | u8 version |
 * u16 error | u32 width | u32 height | u8 quality | 8 hashes | picture. */
CS_CHECKED enum cs_err cs_photo_look_write(
    struct cs_buf *out, const struct cs_photo_look *l, enum cs_err err);
CS_CHECKED enum cs_err cs_photo_look_read(
    struct cs_photo_look *out, struct cs_view in);
