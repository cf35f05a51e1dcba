/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Warn the user, once for each key, that ${differs} was refused because their
 * key is not the known one; does nothing if ${differs} has no handle, or is
 * nobody the user knows.  Inside a transaction. */
CS_CHECKED enum cs_err client_contact_warn(
    struct cs_client *c, const struct client_contact *differs);
/* Replace ${contact} by ${by}, the same name with another account or key;
 * conversations of the two under the old one are over.  Inside a transaction.
 */
CS_CHECKED enum cs_err client_contact_renew(struct cs_client *c,
    struct client_contact *contact, const struct client_contact *by);
