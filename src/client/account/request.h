/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Take over what our other devices decided since. */
CS_CHECKED enum cs_err client_notes_fetch(struct cs_client *c);
