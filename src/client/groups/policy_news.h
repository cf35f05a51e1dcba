/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Say in the inbox what a commit that is not merged yet changes about who may
 * do what in ${g}: ${committer} did it. */
CS_CHECKED enum cs_err client_policy_news(struct cs_client *c,
    struct client_group *g, const struct cs_mls_staged *staged,
    const char *committer);
