/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Join what we were invited to. */
CS_CHECKED enum cs_err client_welcomes(struct cs_client *c);
