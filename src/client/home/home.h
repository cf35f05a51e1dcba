/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

CS_CHECKED enum cs_err client_identity_save(struct cs_client *c);
/* Open the home in ${home} for somebody who joins: made if there is none, and
 * locked.  Free with cs_client_close(). */
CS_CHECKED enum cs_err client_home_new(
    struct cs_client **out, const char *home, struct cs_view passphrase);
/* Close the connection, if there is one. */
void client_offline(struct cs_client *c);
