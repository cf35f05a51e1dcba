/* SPDX-License-Identifier: MIT */
/* What the hub does with what comes on its connections. */
#pragma once

#include "hub/core/line.h"

extern const struct hub_line_events hub_events;
