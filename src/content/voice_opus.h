/* SPDX-License-Identifier: MIT */
/* Opus in Ogg (RFC 7845): its two headers, and its packets cleaned. */
#pragma once

#include "content/voice_ogg.h"

#define CS_OPUS_RATE 48000u /* of its clock, whatever was recorded */

/* What the first header says. */
struct cs_opus_head {
	uint8_t channels;
	uint16_t pre_skip; /* samples that are not heard */
	int16_t gain;
};
/* Both headers, each on a page of its own; the second says nothing. */
CS_CHECKED enum cs_err cs_opus_begin(
    struct cs_ogg_writer *w, const struct cs_opus_head *head);
/* How long ${samples} are heard.  CS_ERR_LIMIT: longer than a message. */
CS_CHECKED enum cs_err cs_opus_duration(
    uint32_t *ms, uint64_t samples, uint16_t pre_skip);

/* Errors as those of cs_voice_recode(). */
CS_CHECKED enum cs_err cs_opus_clean(
    struct cs_ogg_writer *w, uint32_t *duration_ms, struct cs_view file);
