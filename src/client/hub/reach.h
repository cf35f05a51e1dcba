/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Returns CS_ERR_NOT_FOUND, with a sentence that says why there is no desk. */
enum cs_err client_no_desk(struct cs_client *c);
/* Connect, and verify and take the hub's certificates; does not log in. */
CS_CHECKED enum cs_err client_reach(struct cs_client *c);
