/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* This device has put itself into ${mls}.  Is it a group of the user's: one in
 * which their account is, or was until the operator took it out? */
CS_CHECKED enum cs_err client_admission_check(
    struct cs_client *c, const struct cs_mls_group *mls, struct cs_view id);
