/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Note that this device is to enter ${g}; inside a transaction. */
CS_CHECKED enum cs_err client_joining_add(
    struct cs_client *c, const struct client_group *g);
/* Find what is known of a group that this device is to enter.  CS_ERR_NOT_FOUND
 */
CS_CHECKED enum cs_err client_joining_find(
    struct client_group *out, struct cs_client *c, struct cs_view id);
CS_CHECKED enum cs_err client_joining_forget(
    struct cs_client *c, struct cs_view id);
/* Append the ids of the groups that this device is to enter, each as <V>. */
CS_CHECKED enum cs_err client_joining_list(
    struct cs_buf *ids, struct cs_client *c);
