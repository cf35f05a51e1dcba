/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Go on leaving: propose it, and again once an epoch has passed it over. */
CS_CHECKED enum cs_err client_leave_resume(
    struct cs_client *c, struct client_group *g);
