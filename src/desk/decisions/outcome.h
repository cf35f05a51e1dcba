/* SPDX-License-Identifier: MIT */
/* What the hub's answer to an action means for its decision. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct desk_decision;

/* How the hub has answered for good. */
struct desk_outcome {
	uint64_t groups;     /* in how many it proposed a removal */
	const char *refused; /* its sentence; NULL: applied */
};

/* Remove the row ${id} of the outbox, and store what the answer means for
 * its action.  A row that is gone was answered in another process ("decide"
 * sends, too, while the desk runs), and nothing changes.  CS_ERR_BUSY if the
 * meaning cannot be stored because something is damaged on the disk; others
 * go on. */
CS_CHECKED enum cs_err desk_outcome_store(
    struct cs_desk *d, uint64_t id, const struct desk_outcome *outcome);
/* ${dec} has failed, or was not confirmed: if it was a reversal, the decision
 * that it was to take back stands again as the hub applied it.  In a
 * transaction. */
CS_CHECKED enum cs_err desk_decision_reversal_failed(
    struct cs_desk *d, const struct desk_decision *dec);
