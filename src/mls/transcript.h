/* SPDX-License-Identifier: MIT */
/* Running hashes over all commits (RFC 9420, 8.2). */
#pragma once

#include "mls/framing.h"

/* ConfirmedTranscriptHashInput is made of a commit and its signature. */
CS_CHECKED enum cs_err cs_mls_confirmed_transcript(uint8_t *out,
    const struct cs_suite *suite, struct cs_view interim_before,
    enum cs_mls_wire wire, const struct cs_mls_framed *commit,
    struct cs_view signature);

CS_CHECKED enum cs_err cs_mls_interim_transcript(uint8_t *out,
    const struct cs_suite *suite, struct cs_view confirmed,
    struct cs_view confirmation_tag);
