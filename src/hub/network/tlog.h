/* SPDX-License-Identifier: MIT */
/* Requests for files of the log: their process has them. */
#pragma once

#include "hub/network/network_internal.h"

/* Callbacks of the server, whose arg is the struct network. */
bool network_tlog_asks(void *arg, struct cs_view path);
bool network_tlog_ask(void *arg, struct cs_net_ask *a, struct cs_view path);
void network_tlog_over(void *arg, struct cs_net_ask *a);

/* What the log's process says.  CS_ERR_FORMAT: it does not say that. */
CS_CHECKED enum cs_err network_tlog_told(
    struct network *n, const struct cs_channel_message *m);

/* It is gone, and with it what was asked. */
void network_tlog_fail(struct network *n);
