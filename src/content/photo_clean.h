/* SPDX-License-Identifier: MIT */
/* Cleaning a photo: asking for it, and what is answered. */
#pragma once

#include "content/photo.h"

void cs_photo_clear(struct cs_photo *p);
/* Clean ${file} where cs_photo_ask() has decoders.  Errors are those of
 * cs_photo_recode(), and CS_ERR_FORMAT when the decoder was stopped because it
 * tried what a decoder has no business to, CS_ERR_TIMEOUT when it took too
 * long, CS_ERR_NOT_FOUND when it is not there. */
CS_CHECKED enum cs_err cs_photo_clean(
    struct cs_photo *out, struct cs_view file);
/* The same by cs_photo_recode_icon(). */
CS_CHECKED enum cs_err cs_photo_clean_icon(
    struct cs_photo *out, struct cs_view file);

/*
 * What the decoder writes: "CSPH" | u8 version | u16 error | u32 width |
 * u32 height | the new file.  Reading trusts nothing: a decoder that was taken
 * over writes it.
 */
CS_CHECKED enum cs_err cs_photo_answer_write(
    struct cs_buf *out, const struct cs_photo *p, enum cs_err err);
CS_CHECKED enum cs_err cs_photo_answer_read(
    struct cs_photo *out, struct cs_view in);
/* An error that a decoder can have, or CS_ERR_FORMAT. */
enum cs_err cs_photo_known_error(uint16_t err);
