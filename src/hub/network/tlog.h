/* SPDX-License-Identifier: MIT */
/* Requests for files of the log: their process has them. */
#pragma once

#include "hub/network/network_internal.h"

/* Is it one of them? */
bool network_tlog_asks(struct cs_view target);
/* Pass it on; false: it cannot be had now. */
bool network_tlog_ask(
    struct network *n, struct network_ask *mine, struct cs_view target);

/* What the log's process says.  CS_ERR_FORMAT: it does not say that. */
CS_CHECKED enum cs_err network_tlog_told(
    struct network *n, const struct cs_channel_message *m);

/* It is gone, and with it what was asked. */
void network_tlog_fail(struct network *n);
