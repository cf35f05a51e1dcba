/* SPDX-License-Identifier: MIT */
/* The outbox goes out. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/* Sign what can be taken back no more, and tell the hub what it does not know
 * yet.  CS_ERR_CLOSED: it cannot be reached; nothing is lost. */
CS_CHECKED enum cs_err cs_desk_deliver(struct cs_desk *d);
