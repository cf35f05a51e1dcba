/* SPDX-License-Identifier: MIT */
/* The members' side of links to groups. */
#pragma once

#include "client/home/client.h"

/* Fetch who asks to be let into groups of the user, if that is due, and tell
 * what is new of it. */
CS_CHECKED enum cs_err client_asks_tell(struct cs_client *c);
