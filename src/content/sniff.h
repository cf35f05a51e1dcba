/* SPDX-License-Identifier: MIT */
/* What kind of file its first bytes say it is. */
#pragma once

#include "content/media.h"

/* "image/jpeg", "image/png" or "image/webp": what is shown; or NULL. */
const char *cs_media_sniff(struct cs_view first_bytes);
/* These, and what is only ever read in the sandbox, or asked about before it is
 * sent: "image/gif", "image/heic", "image/avif", "image/tiff", "video/mp4",
 * "video/quicktime", "audio/ogg", "audio/wav"; or NULL.  CS_SNIFF_MORE_LEN
 * bytes are enough. */
#define CS_SNIFF_MORE_LEN 64
const char *cs_media_sniff_more(struct cs_view first_bytes);
