/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Clean, encrypt and upload the photo, file or recording of ${what}; fills
 * ${out}, whose strings live in ${hold}. */
CS_CHECKED enum cs_err client_media_upload(struct cs_client *c,
    struct cs_mimi_external *out, struct cs_buf *hold,
    const struct cs_client_outgoing *what);
/* Fetch the encrypted file of ${part}, piece by piece, to ${take}. */
CS_CHECKED enum cs_err client_media_fetch(struct cs_client *c,
    const struct cs_mimi_external *part,
    enum cs_err (*take)(void *arg, struct cs_view bytes), void *arg,
    void (*progress)(uint64_t done, uint64_t total));
