/* SPDX-License-Identifier: MIT */
/* Who may reach whom. */
#pragma once

#include "hub/core/hub.h"

/* A state of contacts in the database that enum cs_wire_contact does not have:
 * key packages were handed out, and no message has come yet. */
#define HUB_CONTACT_OFFERED 4

/* Refuse ${rq} unless its account may have key packages of ${to}, which is zero
 * where nobody was found; a first contact is counted. */
CS_CHECKED enum cs_err hub_contact_may(
    struct hub_request *rq, const uint8_t to[static CS_ID_LEN]);
/* The account of ${rq} adds ${to} to a group: refuse it, or let a first contact
 * become a request. */
CS_CHECKED enum cs_err hub_contact_added(
    struct hub_request *rq, const uint8_t to[static CS_ID_LEN]);

hub_handler hub_contact_set, hub_contacts, hub_settings_set;
