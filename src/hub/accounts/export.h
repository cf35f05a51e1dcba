/* SPDX-License-Identifier: MIT */
/* What the hub holds about an account, for its holder, as JSON. Ids are in hex.
 * Of other people it has only the ids that the holder knows already. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_account_export;
