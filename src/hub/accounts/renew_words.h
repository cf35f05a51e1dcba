/* SPDX-License-Identifier: MIT */
/* New recovery words for an account. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_recovery_renew;
