/* SPDX-License-Identifier: MIT */
/* The first step of the perceptual hash: fewer pixels. */
#pragma once

#include "phash/phash_internal.h"

/* Any picture, as brightness on 64 by 64 points; errors of cs_pdq_hash(). */
CS_CHECKED enum cs_err cs_pdq_shrink(
    float out[static PDQ_SIDE][PDQ_SIDE], const struct cs_pdq_picture *picture);
