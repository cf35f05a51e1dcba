/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Commit to the groups that this device has not committed to for long. */
CS_CHECKED enum cs_err client_upkeep(struct cs_client *c);
