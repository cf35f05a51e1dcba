/* SPDX-License-Identifier: MIT */
/* The table of requests. */
#pragma once

#include "desk/console/call.h"

extern const struct api_route api_routes[];
