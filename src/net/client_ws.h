/* SPDX-License-Identifier: MIT */
/* The WebSocket of a client: what can be done with it without waiting. */
#pragma once

#include "net/client_internal.h"

/* Take what has come, and write what is queued, as far as that goes without
 * waiting; say that we are there when it is time.  ${c->over}: it is over. */
void net_ws_turn(struct cs_net_client *c);
/* What poll() is to wait for, and for how long at most until the next turn. */
short net_ws_events(const struct cs_net_client *c);
int net_ws_patience_ms(const struct cs_net_client *c);
/* Queue ${frame}, which the next turns write. */
CS_CHECKED enum cs_err net_ws_queue(
    struct cs_net_client *c, enum cs_ws_opcode opcode, struct cs_view frame);
/* Begin: nothing came and nothing waits.  ${first}: what came behind the answer
 * that made it a WebSocket. */
void net_ws_begin(struct cs_net_client *c, struct cs_buf *first);
/* Drop all of it. */
void net_ws_clear(struct cs_net_client *c);
