/* SPDX-License-Identifier: MIT */
/* What all connections of a server do: wait, send, change, end. */
#pragma once

#include "net/server_internal.h"

/* May what comes next be handed on? */
bool net_flows(const struct cs_net_conn *c);
/* May more be read, and nothing waits that came before? */
bool net_reads(const struct cs_net_conn *c);
/* Tell epoll what ${c} waits for. */
void net_arm(struct cs_net_conn *c);
/* Go on with ${c} in the next round. */
void net_later(struct cs_net_conn *c);
/* It is over: nothing more is read or written. */
void net_die(struct cs_net_conn *c);
void net_enter(struct cs_net_conn *c, enum net_state state);
/* It has become a WebSocket. */
void net_open(struct cs_net_conn *c);
/* Queue bytes; CS_ERR_NOMEM. */
CS_CHECKED enum cs_err net_write(struct cs_net_conn *c, struct cs_view bytes);
/* Queue a whole frame; CS_ERR_NOMEM. */
CS_CHECKED enum cs_err net_write_frame(
    struct cs_net_conn *c, enum cs_ws_opcode opcode, struct cs_view v);
/* Say why, send what waits, and end. */
void net_close_ws(struct cs_net_conn *c, enum cs_ws_close why);
