/* SPDX-License-Identifier: MIT */
/* A line of a client: TLS with the hub on a socket of its own, and whoever
 * calls waits. */
#pragma once

#include "net/client_wait.h"

/* Connect, straight or through the proxy, and shake hands: as
 * cs_net_client_open() fails.  ${l} is not open. */
CS_CHECKED enum cs_err net_line_open(
    struct net_line *l, struct cs_net_client *c, int timeout_ms);
void net_line_close(struct net_line *l);

/* Write all of ${bytes}; CS_ERR_CLOSED, CS_ERR_TIMEOUT. */
CS_CHECKED enum cs_err net_line_write(struct cs_net_client *c,
    struct net_line *l, struct cs_view bytes, struct net_patience *p);
/* Read at least one byte, and at most ${n}. */
CS_CHECKED enum cs_err net_line_read(struct cs_net_client *c,
    struct net_line *l, uint8_t *out, size_t n, size_t *got,
    struct net_patience *p);
/* Append what has come to ${out}, without waiting; true: there is some, or the
 * end has come. */
bool net_line_answers(struct net_line *l, struct cs_buf *out);

/* Read the head of an answer to its end into ${head}, of which a part may be
 * there, and what came behind it into ${rest}.  CS_ERR_FORMAT: longer than a
 * head may be. */
CS_CHECKED enum cs_err net_line_head(struct cs_net_client *c,
    struct net_line *l, struct cs_buf *head, struct cs_buf *rest,
    struct net_patience *p);
