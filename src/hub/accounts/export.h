/* SPDX-License-Identifier: MIT */
/*
 * What the hub holds about an account, for its holder, as JSON.  Ids are in
 * hex; of others there is no more than the ids that the holder knows.
 */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_account_export;
