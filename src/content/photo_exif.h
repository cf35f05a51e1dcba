/* SPDX-License-Identifier: MIT */
/* The one value of EXIF that matters here. */
#pragma once

#include "content/photo_codec.h"

/* The orientation in EXIF data, with or without "Exif\0\0" in front; 1 when
 * there is none that makes sense. */
unsigned cs_exif_orientation(struct cs_view exif);
