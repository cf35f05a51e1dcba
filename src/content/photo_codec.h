/* SPDX-License-Identifier: MIT */
/*
 * What the parts of photo.h share: pixels, one
 * decoder and one encoder for each type, and the sandbox around them.
 */
#pragma once

#include "content/photo_look.h"

/* Rows from the top, without padding; 1 (grey), 3 (RGB) or 4 (RGBA) bytes a
 * pixel. */
struct cs_pixels {
	uint32_t width, height;
	unsigned channels;
	uint8_t *data;
	unsigned orientation; /* EXIF, 1 to 8: how it has to be turned */
	bool lossless;        /* as a WebP */
};

/* CS_ERR_LIMIT before anything is allocated. */
CS_CHECKED enum cs_err cs_pixels_new(
    struct cs_pixels *out, uint32_t width, uint32_t height, unsigned channels);
void cs_pixels_clear(struct cs_pixels *p);
size_t cs_pixels_size(const struct cs_pixels *p);
/* Turn the way the orientation says; it is 1 then. */
CS_CHECKED enum cs_err cs_pixels_turn(struct cs_pixels *p);

/* The orientation in EXIF data, with or without "Exif\0\0" in front; 1 when
 * there is none that makes sense. */
unsigned cs_exif_orientation(struct cs_view exif);

/* Into empty pixels; they are to be cleared after a failure, too. */
CS_CHECKED enum cs_err cs_jpeg_decode(
    struct cs_pixels *out, struct cs_view file);
CS_CHECKED enum cs_err cs_png_decode(
    struct cs_pixels *out, struct cs_view file);
CS_CHECKED enum cs_err cs_webp_decode(
    struct cs_pixels *out, struct cs_view file);

/* Appended; ${quality} is of 100, where the type has one. */
CS_CHECKED enum cs_err cs_jpeg_encode(
    struct cs_buf *out, const struct cs_pixels *p, int quality);
CS_CHECKED enum cs_err cs_png_encode(
    struct cs_buf *out, const struct cs_pixels *p, int quality);
CS_CHECKED enum cs_err cs_webp_encode(
    struct cs_buf *out, const struct cs_pixels *p, int quality);

CS_CHECKED enum cs_err cs_gif_decode(
    struct cs_pixels *out, struct cs_view file);

/* From now on this process can read 0, write 1, use memory and end; anything
 * else kills it. */
CS_CHECKED enum cs_err cs_photo_sandbox(void);

/*
 * What the child writes: "CSPH" | u8 version | u16 error | u32 width |
 * u32 height | the new file.  Reading trusts nothing: a decoder that was taken
 * over writes it.
 */
CS_CHECKED enum cs_err cs_photo_answer_write(
    struct cs_buf *out, const struct cs_photo *p, enum cs_err err);
CS_CHECKED enum cs_err cs_photo_answer_read(
    struct cs_photo *out, struct cs_view in);

/* An error that a decoder can have, or CS_ERR_FORMAT. */
enum cs_err cs_photo_known_error(uint16_t err);

/* Ask the child for ${mode}; ${answer} is what it wrote.  CS_ERR_CLOSED: it was
 * stopped. */
CS_CHECKED enum cs_err cs_photo_ask(struct cs_buf *answer, struct cs_view file,
    const char *mode, int timeout_ms);
/* What the child writes when it is asked to look: "CSPL" | u8 version |
 * u16 error | u32 width | u32 height | u8 quality | 8 hashes | picture. */
CS_CHECKED enum cs_err cs_photo_look_write(
    struct cs_buf *out, const struct cs_photo_look *l, enum cs_err err);
CS_CHECKED enum cs_err cs_photo_look_read(
    struct cs_photo_look *out, struct cs_view in);

/* cs_photo_clean() with this program. */
CS_CHECKED enum cs_err cs_photo_run(struct cs_photo *out, struct cs_view file,
    const char *program, int timeout_ms);
