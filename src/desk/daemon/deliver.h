/* SPDX-License-Identifier: MIT */
/* Sending the outbox. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/* Sign what can no longer be taken back, and tell the hub what it does not
 * know yet.  CS_ERR_CLOSED if it cannot be reached; nothing is lost. */
CS_CHECKED enum cs_err cs_desk_deliver(struct cs_desk *d);
