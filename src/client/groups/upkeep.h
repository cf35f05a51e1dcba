/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Commit where this device has not for long. */
CS_CHECKED enum cs_err client_upkeep(struct cs_client *c);
