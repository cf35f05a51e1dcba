/* SPDX-License-Identifier: MIT */
/* The mailboxes in which a new device and an old one meet. */
#pragma once

#include "hub/core/hub.h"

hub_handler hub_link_open, hub_link_answer, hub_link_ask, hub_link_take;
