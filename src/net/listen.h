/* SPDX-License-Identifier: MIT */
/* Sockets that wait for whoever comes. */
#pragma once

#include <stddef.h>

#include "base/err.h"

/*
 * ${n} sockets that listen on ${host}:${port}, an address of this machine, and
 * among which those who come are shared out.  The caller closes them.
 * CS_ERR_BUSY: somebody listens there; CS_ERR_IO: the address is none of ours,
 * or may not be used.
 */
CS_CHECKED enum cs_err cs_net_listen(
    int *fds, size_t n, const char *host, int port);

/* The port that a socket listens on: the one that 0 became.  0: none. */
int cs_net_listen_port(int fd);
