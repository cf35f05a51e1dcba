/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Continue leaving ${g}: propose it, and again in each epoch that has not taken
 * it. */
CS_CHECKED enum cs_err client_leave_resume(
    struct cs_client *c, struct client_group *g);
/* Leave all conversations, as far as that can be told to their members. */
CS_CHECKED enum cs_err client_leave_all(struct cs_client *c);
