/* SPDX-License-Identifier: MIT */
/*
 * The process that has the key of TLS: it signs what a server of TLS 1.3 signs
 * in a handshake, and makes up the keys of session tickets, which live for some
 * hours.
 */
#pragma once

/* Run as that process; does not return before it is over. */
int hub_tls_main(void);
