/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Fetch the revocations that are new, of the people in the conversations of
 * this device and of its own account, if there may be any. */
CS_CHECKED enum cs_err client_revocations_fetch(struct cs_client *c);
/* This device is in another conversation now: the next fetch begins anew. */
CS_CHECKED enum cs_err client_revocations_again(struct cs_client *c);
