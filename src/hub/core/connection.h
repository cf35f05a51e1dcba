/* SPDX-License-Identifier: MIT */
/* Connections by who is at their other end, and those of this round. */
#pragma once

#include "hub/core/hub.h"

/* Enter a connection that has proved who it is into the tables, and take it
 * out, if it is there. */
void hub_conn_index(struct hub_conn *c);
void hub_conn_unindex(struct hub_conn *c);
/* The connections of a device, or of an account, one after the other; NULL:
 * there is none, or no other. */
struct hub_conn *hub_conn_of_device(
    const struct cs_hub *hub, const uint8_t device[static CS_ID_LEN]);
struct hub_conn *hub_conn_next_of_device(const struct hub_conn *c);
struct hub_conn *hub_conn_of_account(
    const struct cs_hub *hub, const uint8_t account[static CS_ID_LEN]);
struct hub_conn *hub_conn_next_of_account(const struct hub_conn *c);

/* The end of the round looks at ${c}, and no longer. */
void hub_conn_touch(struct hub_conn *c);
void hub_conn_untouch(struct hub_conn *c);
/* Close it when the round is over. */
void hub_conn_end(struct hub_conn *c);
