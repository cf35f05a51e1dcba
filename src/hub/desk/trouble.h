/* SPDX-License-Identifier: MIT */
/* What the operator has to see to, told to the desk. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_desk_troubles;
