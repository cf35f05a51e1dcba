/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/clock.h"

/* Give the message, event or refusal in the row ${id} to ${each}. */
CS_CHECKED enum cs_err client_inbox_show(struct cs_client *c, uint64_t id,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg);

/* Which rows are listed.  What is gone is not, but for a line where its author
 * deleted it; nor are receipts. */
#define CLIENT_LISTED                                                          \
	" part<>? AND (gone=0 OR (gone IN (?,?) AND part IN (?,?)))"           \
	" AND (expires=0 OR expires>?)"
#define CLIENT_LISTED_ARGS(c)                                                  \
	cs_int(CLIENT_PART_STATUS), cs_int(CLIENT_GONE_DELETED),               \
	    cs_int(CLIENT_GONE_ERASED), cs_int(CLIENT_PART_MESSAGE),           \
	    cs_int(CLIENT_PART_UNKNOWN), cs_int(client_now_ms(c))
