/* SPDX-License-Identifier: MIT */
/* Where the desk's log ended: kept for it, and only added to. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_desk_head;
