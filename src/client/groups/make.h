/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* The conversation of two with ${handle}, made if there is none. */
CS_CHECKED enum cs_err client_group_direct(
    struct client_group *out, struct cs_client *c, const char *handle);
