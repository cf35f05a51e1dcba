/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* The authentication service of MLS, for struct cs_mls_auth: is the leaf's
 * device certified, and by the account key that we know under its name?  Of
 * external senders only the operator passes; client_group_check_operator()
 * looks at its key. */
enum cs_err client_check_leaf(
    void *arg, const struct cs_mls_auth_request *request);
/* Store who a credential belongs to, if that is new.  CS_ERR_CREDENTIAL: it
 * does not agree with what we know. */
CS_CHECKED enum cs_err client_contact_learn(
    struct cs_client *c, struct cs_view bytes);
struct cs_mls_options client_mls_options(struct cs_client *c);
/* Lives as long as ${c} and its device key. */
CS_CHECKED enum cs_err client_identity(
    struct cs_mls_identity *out, struct cs_client *c);
/* Store who is in the group, as far as that is new. */
CS_CHECKED enum cs_err client_learn_members(
    struct cs_client *c, const struct cs_mls_group *mls);
