/* SPDX-License-Identifier: MIT */
/* What a server answers by HTTP. */
#pragma once

#include "net/server_internal.h"

int cs_net_http_callback(struct lws *wsi, enum lws_callback_reasons reason,
    void *user, void *in, size_t len);
