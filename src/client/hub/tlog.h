/* SPDX-License-Identifier: MIT */
/*
 * Comparing the hub's log with what was seen of it (decision 0047).
 *
 * The checkpoint that the hub shows has to continue the one that is kept, and
 * those of which members told; the entry of each promise has to be the promised
 * one.  What does not fit is kept as evidence.  A hub that shows nothing is not
 * accused of anything: it is seen that it was not checked.
 */
#pragma once

#include "client/home/client.h"

/* How often the log is looked at, by all commands together. */
#define CLIENT_TLOG_CHECK_MS CS_MINUTE_MS

/* Look at it, if it is time to.  Fails only for reasons of this device. */
CS_CHECKED enum cs_err client_tlog_check(struct cs_client *c);

/* For proofs of several stamps: what was fetched for one serves the next. */
struct client_tlog_look;
CS_CHECKED enum cs_err client_tlog_look_new(
    struct client_tlog_look **out, struct cs_client *c);
void client_tlog_look_free(struct client_tlog_look *l);

/* The entry ${index}, a view that lives until the next call, if it is in the
 * newest checkpoint that is kept.  CS_ERR_NOT_FOUND: that has not come so far.
 */
CS_CHECKED enum cs_err client_tlog_entry(
    struct cs_view *out, struct client_tlog_look *l, uint64_t index);

/* Is the entry ${index} there, and this one?  CS_ERR_MISMATCH: there is
 * another. CS_ERR_NOT_FOUND: it was not seen (yet), for whatever reason. */
CS_CHECKED enum cs_err client_tlog_has(
    struct client_tlog_look *l, uint64_t index, struct cs_view entry);

/*
 * What shows that the log has the entry that ${s} names: the turn, and the
 * entry's place in the newest checkpoint that is kept (decision 0047); and the
 * certificate of the log's key.  CS_ERR_NOT_FOUND: that is not there (yet), for
 * whatever reason.
 */
CS_CHECKED enum cs_err client_tlog_prove(struct cs_buf *log_proof,
    struct cs_buf *cert, struct client_tlog_look *l, const struct cs_stamp *s);
