/* SPDX-License-Identifier: MIT */
/*
 * Voice messages: Opus in Ogg (RFC 6716, 7845), and nothing else in it.
 *
 * A recording in Opus is taken apart and put together anew: packets of sound
 * come through, without their padding; titles, programs, dates, pictures, the
 * stream's number and everything else do not.  WAV is encoded.  It is done
 * where photos are decoded (content/photo.h).
 */
#pragma once

#include "base/bytes.h"

#define CS_VOICE_SOURCE_FILE_MAX ((size_t)64 << 20)
#define CS_VOICE_FILE_MAX ((size_t)16 << 20)
#define CS_VOICE_MS_MAX 900000u /* 15 minutes: more is no message any more */

/* The type of a voice message; its milliseconds stand behind it. */
#define CS_VOICE_TYPE "audio/ogg;codecs=opus;duration-ms="

struct cs_voice {
	struct cs_buf bytes;
	uint32_t duration_ms;
};
