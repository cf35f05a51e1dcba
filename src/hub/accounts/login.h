/* SPDX-License-Identifier: MIT */
/* Logging in, and whether an account or device still may. */
#pragma once

#include "hub/core/hub.h"

/* Refuse ${rq} with CS_WIRE_E_DISABLED or CS_WIRE_E_REMOVED, and with when and
 * why, if its account is disabled or its device was removed. */
CS_CHECKED enum cs_err hub_account_check(struct hub_request *rq);

hub_handler hub_login;
