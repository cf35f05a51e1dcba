/* SPDX-License-Identifier: MIT */
/* Asking the hub to show that names lead to the accounts that are known
 * (decision 0049). */
#pragma once

#include "client/home/client.h"

/* If it is time to, ask for the user's own name, and for some that were met,
 * and look whether the log has the map that shows them.  What the hub does not
 * show is noted; errors are those of this device, and of a connection that is
 * gone. */
CS_CHECKED enum cs_err client_names_check(struct cs_client *c);
