/* SPDX-License-Identifier: MIT */
/* A recording, written anew. */
#pragma once

#include "content/voice.h"

/*
 * In this process: what runs inside the child, and in tests.  CS_ERR_TYPE: no
 * Ogg and no WAV; CS_ERR_FORMAT: damaged; CS_ERR_LIMIT: too long;
 * CS_ERR_UNSUPPORTED: not Opus, not 16 bits, or more than two channels.
 */
CS_CHECKED enum cs_err cs_voice_recode(
    struct cs_voice *out, struct cs_view file);
