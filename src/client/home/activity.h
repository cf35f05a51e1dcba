/* SPDX-License-Identifier: MIT */
/* Telling the program what is waited for (cs_client_on_activity()). */
#pragma once

#include "client/client.h"

void client_activity(
    enum cs_client_activity what, uint64_t done, uint64_t total);
