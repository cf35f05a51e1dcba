/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Tell the user what is new in a list of cs_wire_notice, each thing once. */
CS_CHECKED enum cs_err client_notices_take(
    struct cs_client *c, struct cs_view list);
