/* SPDX-License-Identifier: MIT */
/* Names that the user gave to people and conversations, on this device. */
#pragma once

#include "client/home/client.h"

/* Of whom or what a name is: an account, or the reference of a group. */
struct client_alias {
	bool person;
	uint8_t of[CS_HASH_LEN]; /* of an account the first CS_ID_LEN bytes */
	char name[CS_CLIENT_ALIAS_MAX + 1];
};

/* Read them from the database, in place of those in memory. */
CS_CHECKED enum cs_err client_aliases_load(struct cs_client *c);
/* The name given to ${account}, or to the group ${ref}; NULL: none. */
const char *client_alias_of_person(
    const struct cs_client *c, const uint8_t account[static CS_ID_LEN]);
const char *client_alias_of_group(
    const struct cs_client *c, const uint8_t ref[static CS_HASH_LEN]);
/* Store ${alias} in the place of the one before; an empty name removes it. */
CS_CHECKED enum cs_err client_alias_set(
    struct cs_client *c, const struct client_alias *alias);
