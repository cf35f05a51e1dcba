/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Bring one group up to date. */
CS_CHECKED enum cs_err client_sync_group(
    struct cs_client *c, struct client_group *g);
