/* SPDX-License-Identifier: MIT */
/* Photos, files and lists of hashes as pages show them. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_mimi_content;

/* Append {id, name, owner, purpose, made_ms, hashes} of each list. */
CS_CHECKED enum cs_err cs_desk_lists(json_t *items, struct cs_desk *d);
/* Append the copies of a photo in cases and on lists. */
CS_CHECKED enum cs_err cs_desk_photo_copies(
    json_t *items, struct cs_desk *d, uint64_t media);
/* Append the photos and files of the item ${item}, whose body ${content} says
 * their sizes and names. */
CS_CHECKED enum cs_err desk_show_media(json_t *items, struct cs_desk *d,
    uint64_t item, const struct cs_mimi_content *content);
