/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Write the extension external_senders with the one operator in it. */
CS_CHECKED enum cs_err client_operator_sender(
    struct cs_buf *out, const struct cs_client *c);
/* Does the group belong to this operator, and to no other?  CS_ERR_MISMATCH:
 * no. */
CS_CHECKED enum cs_err client_group_check_operator(
    struct cs_client *c, const struct cs_mls_group *mls);
/* Does ${staged} keep what the members agree on about their operator?
 * CS_ERR_MISMATCH: no. */
CS_CHECKED enum cs_err client_group_check_staged(
    const struct client_group *g, const struct cs_mls_staged *staged);
