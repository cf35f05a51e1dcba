/* SPDX-License-Identifier: MIT */
/*
 * Does anything move on a connection?
 *
 * What a socket has taken waits in the kernel, megabytes of it and, on a slow
 * line, for minutes, in which nobody can write and nothing comes back.  The
 * kernel knows how much of it has arrived.
 */
#pragma once

#include <stdint.h>

/* Bytes that came in on the TCP socket ${fd} and bytes that the other side has
 * confirmed, ever; 0 where the kernel does not say. */
uint64_t cs_net_moved(int fd);
