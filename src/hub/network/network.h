/* SPDX-License-Identifier: MIT */
/*
 * A process that has the sockets of strangers and members: TLS, HTTP and
 * WebSocket end here, and nothing is kept.  It has no key and no file.
 */
#pragma once

/* Run as that process; does not return before it is over. */
int hub_network_main(void);
