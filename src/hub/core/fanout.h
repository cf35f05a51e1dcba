/* SPDX-License-Identifier: MIT */
/*
 * Telling the members of a group that its log has grown.
 *
 * The answer to who sent does not wait for that, nor do others: a large group
 * is told in pieces, between rounds.  A group that grows meanwhile is told of
 * its new head from where it stood, so that nobody is told twice of what is
 * one. Who alone made the entries knows of them.
 */
#pragma once

#include "hub/core/hub.h"

/* After the commit, ${group} is to be told that its log ends at ${head}; ${by}
 * made the entry, or NULL.  A hint that is lost costs time and nothing else. */
void hub_fanout_add(struct cs_hub *hub, struct cs_view group, uint64_t head,
    const struct hub_conn *by);
/* Tell the next of them; what is queued leaves with hub_lines_flush(). */
void hub_fanout_work(struct cs_hub *hub);
/* Is there more to tell? */
bool hub_fanout_due(const struct cs_hub *hub);
/* The connection is gone. */
void hub_fanout_forget(struct cs_hub *hub, const struct hub_conn *c);
void hub_fanout_free(struct cs_hub *hub);
