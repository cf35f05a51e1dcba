/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* A proposal of another member was stored: the user leaves if one of their
 * devices proposed that this one be removed. */
void client_leave_seen(const struct cs_client *c, struct client_group *g);
/* Store the proposals, each as <V>, that take this account out of ${g} in its
 * epoch; inside a transaction. */
CS_CHECKED enum cs_err client_leaving_store(
    struct cs_client *c, const struct client_group *g, struct cs_view messages);
/* Read them into ${messages}: none if they were not made in this epoch. */
CS_CHECKED enum cs_err client_leaving_load(
    struct cs_buf *messages, struct cs_client *c, const struct client_group *g);
