/* SPDX-License-Identifier: MIT */
/* What this device keeps of the reports that it made. */
#pragma once

#include "client/home/client.h"

struct client_sent {
	uint16_t reason;
	uint32_t n_messages;
	bool named; /* the desk knows who reported */
	struct cs_wire_list blobs;
	struct cs_view sealed; /* to the desk; empty once it is sent */
	uint8_t reply[CS_REPLY_KEY_LEN]; /* opens the desk's questions */
};

/* Store a new report, or its new state. */
CS_CHECKED enum cs_err client_sent_store(struct cs_client *c,
    const uint8_t id[static CS_ID_LEN], const struct client_sent *r,
    uint64_t created_ms);
/* Open what was stored of the report ${id}; ${plain} is replaced, and ${out}
 * points into it.  Wipe ${out}. */
CS_CHECKED enum cs_err client_sent_open(struct client_sent *out,
    struct cs_buf *plain, struct cs_client *c, struct cs_view id,
    struct cs_view sealed);
/* As whom the user reported, and the reply key of the report: wipe it.
 * CS_ERR_NOT_FOUND: this device did not make it. */
CS_CHECKED enum cs_err client_report_author(bool *named,
    uint8_t reply[static CS_REPLY_KEY_LEN], struct cs_client *c,
    const uint8_t id[static CS_ID_LEN]);
