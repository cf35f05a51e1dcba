/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Put into c->problem why the hub removed this device. */
void client_account_shut_out(struct cs_client *c);
