/* SPDX-License-Identifier: MIT */
/* GIF, read. */
#pragma once

#include "content/photo_codec.h"

/* One picture after the other, each as it is seen: drawn over those before. */
struct cs_gif;
CS_CHECKED enum cs_err cs_gif_open(struct cs_gif **out, struct cs_view file);
/* The next; CS_ERR_CLOSED at the end.  CS_ERR_LIMIT: larger than a photo. */
CS_CHECKED enum cs_err cs_gif_next(struct cs_gif *g);
void cs_gif_close(struct cs_gif *g);
/* What is seen now, RGBA; lives until the next call. */
const struct cs_pixels *cs_gif_canvas(const struct cs_gif *g);
/* How long, in milliseconds. */
uint32_t cs_gif_shown_ms(const struct cs_gif *g);
/* How often all of it is shown, as far as is known yet; 0: for ever. */
unsigned cs_gif_loops(const struct cs_gif *g);

/* The first picture: RGB, or RGBA if something shows through. */
CS_CHECKED enum cs_err cs_gif_decode(
    struct cs_pixels *out, struct cs_view file);
