/* SPDX-License-Identifier: MIT */
/* What was decided about an account, for its holder. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_notices;
