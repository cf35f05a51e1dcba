/* SPDX-License-Identifier: MIT */
/* Messages and conversations as JSON. */
#pragma once

#include "base/json_writer.h"
#include "client/client.h"

/* Write one message as an object. */
void cs_member_message_json(struct cs_json_writer *j, const char *name,
    const struct cs_client_message *m);
const char *cs_member_state_name(enum cs_client_group_state state);
const char *cs_member_role_name(enum cs_client_role role);
