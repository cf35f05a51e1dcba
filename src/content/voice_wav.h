/* SPDX-License-Identifier: MIT */
/* WAV of 16 bits, one or two channels, encoded as Opus. */
#pragma once

#include "content/voice_ogg.h"

/* Errors as those of cs_voice_recode(). */
CS_CHECKED enum cs_err cs_wav_encode(
    struct cs_ogg_writer *w, uint32_t *duration_ms, struct cs_view file);
