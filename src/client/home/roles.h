/* SPDX-License-Identifier: MIT */
/* Who may do what in a group, for sentences (room/policy.h). */
#pragma once

#include "client/home/client.h"
#include "room/policy.h"

/* The policy of ${g}, which is loaded. */
CS_CHECKED enum cs_err client_policy_of(
    struct cs_room_policy *out, const struct client_group *g);
/* Put the handle of ${account} into ${out}; "?" if it is not in ${g}. */
void client_handle_in(char out[static CS_HANDLE_MAX + 1],
    const struct client_group *g, const uint8_t account[static CS_ID_LEN]);
/* The account of ${handle} in ${g}.  CS_ERR_NOT_FOUND, with a sentence: they
 * are not in it. */
CS_CHECKED enum cs_err client_account_in(uint8_t out[static CS_ID_LEN],
    struct cs_client *c, const struct client_group *g, const char *handle);
/* May the user do it?  CS_ERR_MEMBER, with a sentence that says who may;
 * CS_ERR_DENIED: see client_tlog_may_send(). */
CS_CHECKED enum cs_err client_may(
    struct cs_client *c, const struct client_group *g, enum cs_room_act act);
/* May the user remove ${handle}?  CS_ERR_NOT_FOUND, CS_ERR_MEMBER */
CS_CHECKED enum cs_err client_may_remove(
    struct cs_client *c, const struct client_group *g, const char *handle);
