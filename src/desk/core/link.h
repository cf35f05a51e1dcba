/* SPDX-License-Identifier: MIT */
/* The desk's connection to its hub. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_wire_shape;

#define DESK_TIMEOUT_MS 15000
#define DESK_CERT "desk-cert" /* the root's certificate of the signing key */

/* Keep ${*where} true while connected; another process may read it. */
void cs_desk_show_online(struct cs_desk *d, bool *where);
CS_CHECKED enum cs_err desk_connect(struct cs_desk *d);
void desk_disconnect(struct cs_desk *d);
CS_CHECKED enum cs_err desk_call(struct cs_desk *d, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);
