/* SPDX-License-Identifier: MIT */
/* Joining with an invite. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_join;
