/* SPDX-License-Identifier: MIT */
/*
 * What a photo or film tells beside what it shows: EXIF, XMP and IPTC, and the
 * place in an MP4.  Bytes that are hidden well are not found: this is for
 * people who do not know, and a cleaned photo is what has nothing to find.
 */
#pragma once

#include "base/bytes.h"

#define CS_TRACE_PLACE 1u
#define CS_TRACE_CAMERA 2u
#define CS_TRACE_TIME 4u
#define CS_TRACE_OTHER 8u /* a name, a caption, what was done to it */

/* Of a whole file, any or none of these; none if it is no photo nor film. */
unsigned cs_traces_find(struct cs_view file);
