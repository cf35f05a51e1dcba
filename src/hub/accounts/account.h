/* SPDX-License-Identifier: MIT */
/* Joining with an invite. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_join;
/* Note what the names of all accounts look like, if that was never done. */
CS_CHECKED enum cs_err hub_accounts_note_looks(struct cs_hub *hub);
/* Forget some of those that left before ${before_ms} and have no device any
 * more; their names stay taken. */
CS_CHECKED enum cs_err hub_accounts_forget(
    int64_t *n, struct cs_hub *hub, uint64_t before_ms);
