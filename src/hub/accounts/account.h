/* SPDX-License-Identifier: MIT */
/* Joining with an invite. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_join;
/* What the registrar signed of the account with this key, into cleared buffers.
 * CS_ERR_NOT_FOUND: there is none, or it has left. */
CS_CHECKED enum cs_err hub_account_certs(struct cs_buf *registrar,
    struct cs_buf *cert, struct cs_hub *hub, struct cs_view account_key);
