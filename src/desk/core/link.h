/* SPDX-License-Identifier: MIT */
/* The desk's connection to its hub. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_net_far;
struct cs_wire_shape;

#define DESK_TIMEOUT_MS 15000
#define DESK_CERT "desk-cert" /* the root's certificate of the signing key */

/* Keep ${*where} true while connected; another process may read it. */
void cs_desk_show_online(struct cs_desk *d, bool *where);
/* Connect by another process: ${far} says by which, each time, and it is not
 * asked while there is a connection.  NULL from it: there is none now. */
void cs_desk_connect_by(
    struct cs_desk *d, struct cs_net_far *(*far)(void *arg), void *arg);
CS_CHECKED enum cs_err desk_connect(struct cs_desk *d);
void desk_disconnect(struct cs_desk *d);
CS_CHECKED enum cs_err desk_call(struct cs_desk *d, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);
