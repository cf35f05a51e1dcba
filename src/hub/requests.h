/* SPDX-License-Identifier: MIT */
/* What the server of the network calls. */
#pragma once

#include "net/server.h"

/* Its arg is the struct cs_hub. */
extern const struct cs_net_server_config hub_net_callbacks;
