/* SPDX-License-Identifier: MIT */
/* Requests for the hub's site: its process has the pages, and reads what was
 * filled in. */
#pragma once

#include "hub/network/network_internal.h"

/* Is it one of them? */
bool network_site_asks(struct cs_view target);
/* Pass it on, and what follows; false: it cannot be had now. */
bool network_site_ask(struct network *n, struct network_ask *mine,
    const struct cs_net_asked *what);
void network_site_bytes(
    struct network *n, struct network_ask *mine, struct cs_view bytes);
void network_site_whole(struct network *n, struct network_ask *mine);
/* It is answered, or gone. */
void network_site_over(struct network *n, struct network_ask *mine);

/* What the site's process says.  CS_ERR_FORMAT: it does not say that. */
CS_CHECKED enum cs_err network_site_told(
    struct network *n, const struct cs_channel_message *m);

/* It is gone, and with it what was asked. */
void network_site_fail(struct network *n);
