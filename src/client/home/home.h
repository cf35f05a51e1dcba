/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

CS_CHECKED enum cs_err client_identity_save(struct cs_client *c);
/* Open and lock the home in ${home} for somebody who joins, making it if there
 * is none.  Free with cs_client_close(). */
CS_CHECKED enum cs_err client_home_new(
    struct cs_client **out, const char *home, struct cs_view passphrase);
/* Close the connection, if there is one. */
void client_offline(struct cs_client *c);
