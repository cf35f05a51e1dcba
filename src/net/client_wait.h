/* SPDX-License-Identifier: MIT */
/* Waiting on a connection: its loop and its clock. */
#pragma once

#include "net/client.h"

/* Where to connect; lives as long as ${c}. */
const char *cs_net_client_address(const struct cs_net_client *c);
/* Run the loop until ${*flag}: CS_OK; CS_ERR_CLOSED, CS_ERR_TIMEOUT. */
CS_CHECKED enum cs_err cs_net_client_wait(
    struct cs_net_client *c, const bool *flag, int timeout_ms);
/* Start counting anew: something moved. */
void cs_net_client_touch(struct cs_net_client *c, int timeout_ms);
