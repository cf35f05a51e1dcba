/* SPDX-License-Identifier: MIT */
/* Destroying a home. */
#pragma once

#include "client/home/client.h"

/* Destroy what is in ${home}: the key first, so that the rest cannot be read
 * from then on.  The first failure, after all was tried. */
CS_CHECKED enum cs_err client_home_destroy(const struct cs_folder *home);
