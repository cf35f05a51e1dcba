/* SPDX-License-Identifier: MIT */
/* The picture that PDQ looks at. */
#pragma once

#include "phash/phash.h"

#define PDQ_SIDE 64

/* Any picture, as brightness on 64 by 64 points; errors of cs_pdq_hash(). */
CS_CHECKED enum cs_err cs_pdq_shrink(
    float out[static PDQ_SIDE][PDQ_SIDE], const struct cs_pdq_picture *picture);
