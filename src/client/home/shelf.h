/* SPDX-License-Identifier: MIT */
/*
 * How the user keeps each conversation, on this device: marks, and what was
 * written and not sent.  All of it is sealed.
 */
#pragma once

#include "client/home/client.h"

struct client_shelf {
	struct cs_client_shelf marks;
	struct cs_view draft; /* or empty */
	bool is_reply;
	uint8_t reply_to[CS_CLIENT_MID_LEN];
};
/* Of the conversation ${group_id}; nothing, if there is none.  ${plain} holds
 * what ${out->draft} points into.  CS_ERR_CORRUPT */
CS_CHECKED enum cs_err client_shelf_load(struct client_shelf *out,
    struct cs_buf *plain, struct cs_client *c, struct cs_view group_id);
