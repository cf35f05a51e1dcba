/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Put into c->problem why the hub removed this device. */
void client_account_shut_out(struct cs_client *c);
/* Leave the hub, which has to be there. */
CS_CHECKED enum cs_err client_account_leave(struct cs_client *c);
