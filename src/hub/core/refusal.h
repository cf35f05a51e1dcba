/* SPDX-License-Identifier: MIT */
/* How a request is refused. */
#pragma once

#include "hub/core/hub.h"

/* Refuse ${rq} with ${code}, one of enum cs_wire_code: CS_ERR_REFUSED, for the
 * handler to return.  Of several the last one counts. */
CS_CHECKED enum cs_err hub_refuse(struct hub_request *rq, uint16_t code);

/* What the other side is told of ${err}, which a handler of ${rq} returned: an
 * enum cs_wire_code, or 0 for CS_OK. */
CS_CHECKED uint16_t hub_refusal_of(
    const struct hub_request *rq, enum cs_err err);
