/* SPDX-License-Identifier: MIT */
/*
 * What somebody who is logged in over the WebSocket is given for a request by
 * HTTP: a MAC of the hub over blob, direction, device and time, so the hub
 * stores nothing for it.  It does not outlive this run of the hub.
 */
#pragma once

#include "hub/core/hub.h"
#include "hub/talk/talk.h"

/* That it is the desk's is said, and follows from no id: no device can have one
 * that is taken for it. */
struct hub_ticket {
	bool put, desk;
	uint8_t blob[CS_ID_LEN];
	uint8_t device[CS_ID_LEN]; /* zero for the desk */
	uint64_t until_ms;
};

/* "DEADLINE.DEVICE.MAC" in hex, with '-' for the first point in the desk's,
 * and a zero. */
CS_CHECKED enum cs_err hub_ticket_write(char out[static CS_WIRE_TOKEN_MAX],
    const struct cs_hub *hub, const struct hub_ticket *t);
/* Is the request's token one of this hub, for this blob and direction, and in
 * time? */
bool hub_ticket_read(struct hub_ticket *t, const struct cs_hub *hub,
    const struct hub_talk_blob *asked, struct cs_view token);
