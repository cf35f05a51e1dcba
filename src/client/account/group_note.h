/* SPDX-License-Identifier: MIT */
/* What the hub keeps, sealed, of a conversation, for a device of the account
 * that comes back with nothing but the recovery words. */
#pragma once

#include "client/home/client.h"

/* Leave the note of ${g} with the hub, if it is not there yet. */
CS_CHECKED enum cs_err client_group_note_share(
    struct cs_client *c, struct client_group *g);
/* Fetch the conversations of the account, and note each to be entered. */
CS_CHECKED enum cs_err client_group_notes_fetch(struct cs_client *c);
