/* SPDX-License-Identifier: MIT */
/* Connections by the device at their other end. */
#pragma once

#include "hub/core/hub.h"

/* Set hub->now_ms; each event begins with it. */
void hub_clock(struct cs_hub *hub);

/* Enter a connection into the table by device, and take it out. */
void hub_conn_index(struct hub_conn *conn);
void hub_conn_unindex(struct hub_conn *conn);
/* The first of a chain that holds the connections of ${device}, among others;
 * follow next_device. NULL: nobody is connected. */
struct hub_conn *hub_conn_first(
    struct cs_hub *hub, const uint8_t device[static CS_ID_LEN]);
