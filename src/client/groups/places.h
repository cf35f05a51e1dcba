/* SPDX-License-Identifier: MIT */
/*
 * Are this home and the hub in the same places?  A home that was restored is
 * behind what its device has acknowledged; a hub that was restored is behind
 * what this home has read.  In either case what would be sent is shown to
 * nobody, so nothing is sent before the device has entered the conversation
 * anew.
 */
#pragma once

#include "client/home/client.h"

/* Note from what the hub said at the login whether there is a doubt. */
CS_CHECKED enum cs_err client_places_doubt(struct cs_client *c);
/* If there is, find the conversations that are concerned, tell the user, and
 * have them entered anew. */
CS_CHECKED enum cs_err client_places_check(struct cs_client *c);
/* This device sent ${entry} of ${g}'s log, and this home does not know it: be
 * an old copy. */
CS_CHECKED enum cs_err client_place_is_copy(
    struct cs_client *c, struct client_group *g, uint64_t entry);
