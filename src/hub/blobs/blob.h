/* SPDX-License-Identifier: MIT */
/* Blobs: ciphertext that members upload and fetch by HTTP. */
#pragma once

#include "hub/core/hub.h"

/* Callbacks of the server: 0, or the status of HTTP. */
int hub_blob_open(struct cs_hub *hub, struct cs_net_blob *b);
int hub_blob_done(struct cs_hub *hub, struct cs_net_blob *b, bool whole);

/* Drop some of the blobs whose time is over, and forget uploads that rest. */
CS_CHECKED enum cs_err hub_blob_sweep(struct cs_hub *hub);

hub_handler hub_blob_put, hub_blob_get;
