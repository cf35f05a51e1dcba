/* SPDX-License-Identifier: MIT */
/* What was said before, on its way to another device or from it. */
#pragma once

#include "client/client.h"

/* Go on with it, as far as it gets now, and show how far that is.  ${out} may
 * be NULL. */
CS_CHECKED enum cs_err cli_history_go_on(
    enum cs_client_history *out, struct cs_client *c);
