/* SPDX-License-Identifier: MIT */
/*
 * Messages that vanish.
 *
 * What expired is not shown again.  What it said, and what a message said
 * before it was edited or deleted, stays provable for as long as a message can
 * be reported, by its id; then its capsule is overwritten.  Both times are
 * counted from the hub's stamp.
 */
#pragma once

#include "client/home/client.h"

/* How long a message can be proved after it came, if it is gone. */
#define CLIENT_PROOF_MS (30 * CS_DAY_MS)

/* Let vanish what is over, and overwrite what can no longer be reported. */
CS_CHECKED enum cs_err client_expire(struct cs_client *c);
