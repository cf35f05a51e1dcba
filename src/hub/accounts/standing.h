/* SPDX-License-Identifier: MIT */
/* Whether an account is disabled, by the actions that hold. */
#pragma once

#include "hub/core/hub.h"

/* Write down what the actions on an account come to now: it is disabled as long
 * as one of them says so.  An account that is disabled by that is taken out of
 * its conversations; one that is enabled may come back. */
CS_CHECKED enum cs_err hub_account_settle(
    struct cs_hub *hub, const uint8_t account[static CS_ID_LEN]);
/* The same for all accounts whose time is over. */
CS_CHECKED enum cs_err hub_accounts_settle(struct cs_hub *hub);
