/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Read what the desk signed about this account, without its letter.
 * CS_ERR_SIGNATURE, CS_ERR_MISMATCH, CS_ERR_FORMAT: it is not the desk's. */
CS_CHECKED enum cs_err client_notice_read(struct cs_client_notice *out,
    struct cs_client *c, const struct cs_wire_notice *item);
/* Put into c->problem why this account is disabled, in the words of the desk's
 * signed decision: what the hub says does not count. */
void client_notice_disabled(struct cs_client *c);
