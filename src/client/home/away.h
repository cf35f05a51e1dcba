/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Note that the operator took ${handle} out of ${g}; inside a transaction. */
CS_CHECKED enum cs_err client_away_add(
    struct cs_client *c, const struct client_group *g, const char *handle);
/* Did the operator take ${handle} out of ${g}, and is it still away? */
CS_CHECKED enum cs_err client_away_find(bool *out, struct cs_client *c,
    const struct client_group *g, const char *handle);
/* Note that ${handle} is in ${g} again. */
CS_CHECKED enum cs_err client_away_end(
    struct cs_client *c, const struct client_group *g, const char *handle);
