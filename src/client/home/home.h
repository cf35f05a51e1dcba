/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

CS_CHECKED enum cs_err client_identity_save(struct cs_client *c);
/* Open and lock the home in ${home} for somebody who joins, making it if there
 * is none.  Free with cs_client_close(). */
CS_CHECKED enum cs_err client_home_new(
    struct cs_client **out, const char *home, struct cs_view passphrase);
/* CS_ERR_EXISTS, with a sentence: the home belongs to an account already. */
CS_CHECKED enum cs_err client_home_check_new(struct cs_client *c);
/* Close the connection, if there is one. */
void client_offline(struct cs_client *c);
