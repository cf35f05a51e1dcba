/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* The authentication service of MLS; ${arg} is a struct client_leaf_check.  Is
 * the leaf's device certified, and by the account key that we know under its
 * name?  Of external senders only the operator passes:
 * client_group_check_operator() looks at its key. */
enum cs_err client_check_leaf(
    void *arg, const struct cs_mls_auth_request *request);
/* Store who a credential belongs to, if that is new.  CS_ERR_CREDENTIAL: it
 * does not agree with what we know. */
CS_CHECKED enum cs_err client_contact_learn(
    struct client_leaf_check *check, struct cs_view bytes);
/* Free with cs_free(); client_group_clear() frees a group's.  NULL: no memory.
 */
struct client_leaf_check *client_leaf_check_new(struct cs_client *c);
/* ${check} has to live as long as what is made with the options. */
struct cs_mls_options client_mls_options(struct client_leaf_check *check);
/* Lives as long as ${c} and its device key. */
CS_CHECKED enum cs_err client_identity(
    struct cs_mls_identity *out, struct cs_client *c);
/* Store who is in the group, as far as that is new. */
CS_CHECKED enum cs_err client_learn_members(
    struct client_leaf_check *check, const struct cs_mls_group *mls);
