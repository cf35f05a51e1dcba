/* SPDX-License-Identifier: MIT */
/* Coming back with an account's recovery key. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_recover, hub_account_groups, hub_group_note_set;
