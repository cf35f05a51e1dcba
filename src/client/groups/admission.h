/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Is ${mls}, in which this device is by a commit of its own, a group of ours:
 * one in which our account is, or was until the operator took it out? */
CS_CHECKED enum cs_err client_admission_check(
    struct cs_client *c, const struct cs_mls_group *mls, struct cs_view id);
