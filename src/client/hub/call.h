/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Send a request and wait for its answer, whose views live until the next call.
 * A refusal is CS_ERR_DENIED, with its code in ${c->link.hub_code} and a
 * sentence in ${c->problem}.  Where the hub says that a limit is over within a
 * minute, this waits and asks again. */
CS_CHECKED enum cs_err client_call(struct cs_client *c, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);
/* The same for a request whose answer is empty. */
CS_CHECKED enum cs_err client_call_empty(struct cs_client *c, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request);
CS_CHECKED enum cs_err client_login(struct cs_client *c);
