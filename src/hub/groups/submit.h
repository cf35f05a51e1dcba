/* SPDX-License-Identifier: MIT */
/* Submitting a message or a handshake to a log. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_submit;
