/* SPDX-License-Identifier: MIT */
/* Leaving for good. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_account_leave;
