/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Make the conversation of two with ${handle} ready: ${g} is what
 * client_group_find() found of it, or empty. */
CS_CHECKED enum cs_err client_group_direct(
    struct cs_client *c, struct client_group *g, const char *handle);
/* May a group be called ${name}?  CS_ERR_FORMAT, CS_ERR_EXISTS (it is like that
 * of somebody whom the user knows), with a sentence. */
CS_CHECKED enum cs_err client_group_check_name(
    struct cs_client *c, const char *name);
