/* SPDX-License-Identifier: MIT */
/* What names people, rooms, files and blobs in a message: URIs, mentions and
 * file names. */
#pragma once

#include "content/mimi.h"

/* "mimi://HUB/u/HANDLE" and "mimi://HUB/r/HEX of group_ref", appended. */
CS_CHECKED enum cs_err cs_mimi_user_uri(
    struct cs_buf *out, const char *hub, struct cs_view handle);
CS_CHECKED enum cs_err cs_mimi_room_uri(
    struct cs_buf *out, const char *hub, const uint8_t group_ref[static 32]);
/* Does ${uri} name this handle, or this group, on whatever hub? */
bool cs_mimi_user_uri_names(struct cs_view uri, struct cs_view handle);
bool cs_mimi_room_uri_names(
    struct cs_view uri, const uint8_t group_ref[static 32]);
/* The handle in a user's uri; empty if it is none. */
struct cs_view cs_mimi_user_of(struct cs_view uri);
/* Does ${text} say "@${handle}", in letters of either case? */
bool cs_mimi_mentions(struct cs_view text, struct cs_view handle);
/* Do both name the same hub? */
bool cs_mimi_same_hub(struct cs_view a, struct cs_view b);

/* "https://HUB/b/HEX of blob", appended; and the way back (CS_ERR_FORMAT). */
CS_CHECKED enum cs_err cs_mimi_blob_url(
    struct cs_buf *out, const char *hub, const uint8_t blob[static 16]);
CS_CHECKED enum cs_err cs_mimi_blob(
    uint8_t blob[static 16], const struct cs_mimi_external *part);

/* A name that is safe to show and to create: no separators, no control
 * characters, nothing that turns writing around, at most 255 bytes and not
 * empty.  ${out} holds CS_MIMI_FILENAME_MAX + 1 bytes. */
void cs_mimi_filename(char *out, struct cs_view name);
