/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Send what waits in the outbox of ${g}. */
CS_CHECKED enum cs_err client_flush(
    struct cs_client *c, struct client_group *g);
