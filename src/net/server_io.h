/* SPDX-License-Identifier: MIT */
/* Bytes of a connection, through TLS or without; see crypto/tls_server.h. */
#pragma once

#include "net/server_internal.h"

enum cs_tls_io net_io_read(
    struct cs_net_conn *c, uint8_t *out, size_t n, size_t *got);
enum cs_tls_io net_io_write(
    struct cs_net_conn *c, struct cs_view bytes, size_t *put);
/* Bytes have come that net_io_read() would give without the socket. */
bool net_io_pending(const struct cs_net_conn *c);
/* Say that nothing more will come. */
void net_io_bye(struct cs_net_conn *c);
