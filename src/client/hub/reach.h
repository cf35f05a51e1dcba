/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* CS_ERR_NOT_FOUND, with the sentence that says why there is no desk. */
enum cs_err client_no_desk(struct cs_client *c);
/* Connect and take the hub's certificates; not logged in. */
CS_CHECKED enum cs_err client_reach(struct cs_client *c);
