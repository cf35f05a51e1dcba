/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/groups/admission.h"

/* Enter by external commits the groups that this device is to enter, as far as
 * the hub can help. */
CS_CHECKED enum cs_err client_groups_enter(struct cs_client *c);
/* The same for the one group ${id}, which is noted as one to enter; whatever is
 * wrong is returned, and the user is not told. */
CS_CHECKED enum cs_err client_group_enter(
    struct cs_client *c, struct cs_view id, enum client_company company);
