/* SPDX-License-Identifier: MIT */
/* What the desk decided, applied. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_desk_action;
