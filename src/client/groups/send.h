/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Send what waits in the outbox of ${g}. */
CS_CHECKED enum cs_err client_flush(
    struct cs_client *c, struct client_group *g);
/* Store ${content}, with a salt, the names of sender and room and the members
 * whom it mentions filled in, and send it; as cs_client_send() does. */
CS_CHECKED enum cs_err client_send_content(struct cs_client *c,
    struct client_group *g, struct cs_mimi_content *content,
    char mid_hex[static 65]);
