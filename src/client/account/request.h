/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Fetch and take over what the other devices decided. */
CS_CHECKED enum cs_err client_notes_fetch(struct cs_client *c);
