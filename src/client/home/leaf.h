/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* The authentication service of MLS; ${arg} is a struct client_leaf_check.  Is
 * the leaf's device one of its account, and the account the one known under its
 * name?  Of external senders only the operator passes; client_room_check()
 * checks its key. */
enum cs_err client_check_leaf(
    void *arg, const struct cs_mls_auth_request *request);
/* Store whom a credential belongs to, if that is new.  It may have expired
 * since its leaf came in.  CS_ERR_CREDENTIAL: it contradicts what is known. */
CS_CHECKED enum cs_err client_contact_learn(
    struct client_leaf_check *check, struct cs_view bytes);
/* Free with cs_free(); client_group_clear() frees a group's.  NULL: no memory.
 */
struct client_leaf_check *client_leaf_check_new(struct cs_client *c);
/* ${check} has to live as long as what is made with the options. */
struct cs_mls_options client_mls_options(struct client_leaf_check *check);
/* ${out} lives as long as ${c} and its device key. */
CS_CHECKED enum cs_err client_identity(
    struct cs_mls_identity *out, struct cs_client *c);
/* Store those members of the group who are new. */
CS_CHECKED enum cs_err client_learn_members(
    struct client_leaf_check *check, const struct cs_mls_group *mls);
