/* SPDX-License-Identifier: MIT */
/* Key packages. */
#pragma once

#include "hub/core/hub.h"

/* What a device is told at login: how many of its key packages are left, its
 * account's settings and number of devices. */
CS_CHECKED enum cs_err hub_key_packages_count(
    struct hub_request *rq, struct cs_wire_login_answer *out);

hub_handler hub_key_packages_put, hub_key_packages_get;
