/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Parse HOST or HOST:PORT, a host name or an IPv4 address; 443 if no port is
 * given. */
CS_CHECKED bool client_host_parse(
    char host[static 256], int *port_out, const char *s, size_t len);
