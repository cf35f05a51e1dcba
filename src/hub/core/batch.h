/* SPDX-License-Identifier: MIT */
/* The transaction of a round, and the answers that wait for it. */
#pragma once

#include "hub/core/hub.h"

/* Begin the round's transaction if it has not begun. */
CS_CHECKED enum cs_err hub_batch_begin(struct cs_hub *hub);
/* Commit, and send what waited; or refuse all of it if the commit failed:
 * false.  What waits for stamps is stored before (groups/log.h). */
bool hub_batch_end(struct cs_hub *hub);

/* Free what rounds have kept. */
void hub_batch_free(struct cs_hub *hub);

/* What ${rq} does in the database from here on is undone if it fails.  A
 * request that changes one thing needs none of this: it sets ${rq->changed}
 * before, and if it fails then, the round does. */
CS_CHECKED enum cs_err hub_save(struct hub_request *rq);

/* Queue an answer to ${rq}. */
CS_CHECKED enum cs_err hub_answer(struct hub_request *rq,
    const struct cs_wire_shape *shape, const void *message);

/* After the commit tell the members of ${group} that its log has grown to
 * ${head} (core/fanout.h); ${by} made the entry, or NULL. */
CS_CHECKED enum cs_err hub_wake(struct cs_hub *hub, struct cs_view group,
    uint64_t head, const struct hub_conn *by);

/* Queue a push to all connections of a device, to all of an account, to the
 * desk.  A push is a hint: one that is lost costs time and nothing else. */
void hub_push_device(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN],
    const struct cs_wire_push *push);
void hub_push_account(struct cs_hub *hub,
    const uint8_t account[static CS_ID_LEN], const struct cs_wire_push *push);
void hub_push_desk(struct cs_hub *hub, const struct cs_wire_push *push);
