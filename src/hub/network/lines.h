/* SPDX-License-Identifier: MIT */
/* WebSockets, whose frames the database gets. */
#pragma once

#include "hub/network/network_internal.h"

/* Callbacks of the server, whose arg is the struct network. */
CS_CHECKED enum cs_err network_line_opened(
    void *arg, struct cs_net_conn *c, void **user);
size_t network_line_max(void *arg, void *user);
void network_line_frame(
    void *arg, struct cs_net_conn *c, void *user, struct cs_view frame);
void network_line_closed(void *arg, struct cs_net_conn *c, void *user);

/* What the database says of one.  CS_ERR_FORMAT: it does not say that. */
CS_CHECKED enum cs_err network_line_told(
    struct network *n, const struct cs_channel_message *m);
