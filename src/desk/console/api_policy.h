/* SPDX-License-Identifier: MIT */
/* Handlers: the policy. */
#pragma once

#include "desk/console/call.h"

api_handler api_policy, api_policy_set;
