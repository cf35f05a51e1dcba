/* SPDX-License-Identifier: MIT */
/* Handlers: photos and lists. */
#pragma once

#include "desk/console/call.h"
#include "desk/photos/photo.h"

api_handler api_picture, api_cluster, api_lists, api_list_add, api_list_remove,
    api_list_import, api_list_export;

/* Answer with the picture that ${take} gives of what the path names, at the
 * level that is asked for, as far as the role lets anybody see it. */
typedef enum cs_err api_take_picture(struct cs_buf *out,
    const char **media_type, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, enum cs_photo_level level);
CS_CHECKED enum cs_err api_picture_of(
    struct api_call *c, api_take_picture *take);
