/* SPDX-License-Identifier: MIT */
/*
 * Photos that were reported: recognised as copies of one another and of photos
 * on lists, and shown with care.
 *
 * Matching runs over photos that a recipient reported and over nothing else:
 * no function here takes a photo or a hash from outside and says what it fits.
 */
#pragma once

#include "base/bytes.h"
#include "content/photo_look.h"

struct cs_desk;
struct cs_desk_actor;

/* "blur", "small" or "full"; -1 for a name that is none. */
int cs_desk_photo_level_find(const char *name);
/*
 * Append the picture of the photo ${media}, decoded in the sandbox;
 * ${*media_type} is static.  What is more than blurred is counted for ${actor};
 * all of it is written down.  CS_ERR_LIMIT: the person's own limit;
 * CS_ERR_NOT_FOUND: the file is gone; CS_ERR_TYPE: it cannot be shown.
 */
CS_CHECKED enum cs_err cs_desk_photo_picture(struct cs_buf *out,
    const char **media_type, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t media,
    enum cs_photo_level level);
/*
 * Look at photos that came and were not looked at yet, at one at least, until
 * it is ${until_ms}; ${*more}: there is something left.  A decoder that breaks
 * is a finding on the case.  CS_ERR_UNSUPPORTED: there is none; they wait.
 */
CS_CHECKED enum cs_err desk_photos_look(
    struct cs_desk *d, uint64_t until_ms, bool *more);
