/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Read the contacts from the database, in place of those in memory. */
CS_CHECKED enum cs_err client_contacts_load(struct cs_client *c);
/* NULL: there is none.  Lives until contacts are added or loaded. */
struct client_contact *client_contact_find(
    struct cs_client *c, const uint8_t account[static CS_ID_LEN]);
/* NULL: there is none.  Lives until contacts are added or loaded. */
struct client_contact *client_contact_by_handle(
    struct cs_client *c, const char *handle);
/* Somebody whom the user decided about by name alone, before anything of them
 * was seen: they have no key, and an account that stands for the name. */
bool client_contact_is_name(const struct client_contact *contact);
CS_CHECKED enum cs_err client_contact_of_name(
    struct client_contact *out, const char *handle);
/* Store that ${contact}, one of c->contacts, is ${state} since ${at_ms}. */
CS_CHECKED enum cs_err client_contact_set_state(struct cs_client *c,
    struct client_contact *contact, enum client_contact_state state,
    uint64_t at_ms);
/* Store that the hub shows ${contact}, one of c->contacts, with the account
 * and key of ${seen}, which are not the known ones. */
CS_CHECKED enum cs_err client_contact_set_new_key(struct cs_client *c,
    struct client_contact *contact, const struct client_contact *seen);
/* Store a contact that is new. */
CS_CHECKED enum cs_err client_contact_add(
    struct cs_client *c, const struct client_contact *contact);
/* Store ${by} in the place of ${contact}, one of c->contacts. */
CS_CHECKED enum cs_err client_contact_replace(struct cs_client *c,
    struct client_contact *contact, const struct client_contact *by);
