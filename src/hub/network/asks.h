/* SPDX-License-Identifier: MIT */
/* Requests that other processes answer: the log's and the site's. */
#pragma once

#include "hub/network/network_internal.h"

/* Callbacks of the server, whose arg is the struct network. */
bool network_asks(void *arg, bool post, struct cs_view target);
bool network_ask(
    void *arg, struct cs_net_ask *a, const struct cs_net_asked *what);
void network_ask_bytes(void *arg, struct cs_net_ask *a, struct cs_view bytes);
void network_ask_whole(void *arg, struct cs_net_ask *a);
void network_ask_over(void *arg, struct cs_net_ask *a);
