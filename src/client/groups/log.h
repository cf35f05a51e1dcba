/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Read the log of ${g} to its end, from where this device stopped. */
CS_CHECKED enum cs_err client_log_read(
    struct cs_client *c, struct client_group *g);
/* The same up to entry ${head}, which the hub named: it is not asked whether
 * there is more. */
CS_CHECKED enum cs_err client_log_read_to(
    struct cs_client *c, struct client_group *g, uint64_t head);
/* Tell the hub what was read and not acknowledged yet, once it is on disk. */
CS_CHECKED enum cs_err client_acks_flush(struct cs_client *c);
