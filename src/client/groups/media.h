/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Clean and encrypt the photo, file or recording of ${what} into a spool, under
 * the new id
 * ${blob}; fills ${out}, whose strings live in ${hold}. */
CS_CHECKED enum cs_err client_media_prepare(struct cs_client *c,
    struct cs_mimi_external *out, struct cs_buf *hold,
    uint8_t blob[static CS_ID_LEN], const struct cs_client_outgoing *what);
/* The same of the photo in ${path}, as the picture of a group. */
CS_CHECKED enum cs_err client_media_prepare_icon(struct cs_client *c,
    struct cs_mimi_external *out, struct cs_buf *hold,
    uint8_t blob[static CS_ID_LEN], const char *path);
/* Fetch, check and append the file of ${part}, whole or not at all; it is to be
 * small. */
CS_CHECKED enum cs_err client_media_load(struct cs_client *c,
    struct cs_buf *out, const struct cs_mimi_external *part);
/* Fetch the encrypted file of ${part}, piece by piece, to ${take}. */
CS_CHECKED enum cs_err client_media_fetch(struct cs_client *c,
    const struct cs_mimi_external *part,
    enum cs_err (*take)(void *arg, struct cs_view bytes), void *arg,
    void (*progress)(uint64_t done, uint64_t total));
