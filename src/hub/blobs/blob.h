/* SPDX-License-Identifier: MIT */
/* Blobs: ciphertext that members upload and fetch by HTTP. */
#pragma once

#include "hub/core/hub.h"
#include "hub/talk/talk.h"

/* What becomes of a request by HTTP, whose token is ${token}. */
void hub_blob_grant(struct cs_hub *hub, struct hub_talk_grant *out,
    const struct hub_talk_blob *asked, struct cs_view token);

/* Note in this round that all of a blob is there; CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err hub_blob_complete(
    struct cs_hub *hub, const uint8_t id[static CS_ID_LEN]);

/* Drop some of the blobs whose time is over. */
CS_CHECKED enum cs_err hub_blob_sweep(struct cs_hub *hub);

hub_handler hub_blob_put, hub_blob_get, hub_blob_remove;
