/* SPDX-License-Identifier: MIT */
/* Letters between members and the desk. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_letter, hub_desk_letters, hub_desk_letter_set;
