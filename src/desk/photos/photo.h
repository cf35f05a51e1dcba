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
#include "base/units.h"
#include "content/photo_look.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_part;

/* "blur", "small" or "full"; -1 for a name that is none. */
int cs_desk_photo_level_find(const char *name);
/* Append the picture of the photo ${media}, decoded in the sandbox;
 * ${*media_type} is static.  Every view is written down, and any that is
 * more than blurred is counted for ${actor}.  CS_ERR_LIMIT if that is over
 * their own limit, CS_ERR_NOT_FOUND if the file is gone, CS_ERR_BUSY if it is
 * being fetched, CS_ERR_TYPE if it cannot be shown. */
CS_CHECKED enum cs_err cs_desk_photo_picture(struct cs_buf *out,
    const char **media_type, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t media,
    enum cs_photo_level level);
/* The same of the photo ${file} of a notice, which nothing proves. */
CS_CHECKED enum cs_err cs_desk_filing_picture(struct cs_buf *out,
    const char **media_type, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t file,
    enum cs_photo_level level);
/* Fetch the file of a report from the hub for somebody who asks, connecting to
 * it if need be, and look at it.  What is wrong with it is a finding, and
 * cs_desk_report_file() says it; an error is one of the desk or the line. */
CS_CHECKED enum cs_err cs_desk_media_fetch(struct cs_desk *d,
    const uint8_t report[static CS_ID_LEN], const struct desk_part *part);
/* Has somebody asked for files that are still at the hub? */
CS_CHECKED enum cs_err desk_photos_wanted(bool *out, struct cs_desk *d);
/* Look at photos that nobody has looked at yet: at one at least, and until
 * ${until_ms} at most; ${*more} says that some are left.  A photo that
 * breaks the decoder becomes a finding on its case.  CS_ERR_UNSUPPORTED if
 * there is no decoder; they wait. */
CS_CHECKED enum cs_err desk_photos_look(
    struct cs_desk *d, uint64_t until_ms, bool *more);
