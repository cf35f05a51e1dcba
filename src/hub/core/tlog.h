/* SPDX-License-Identifier: MIT */
/*
 * What goes into the hub's log, in the database (decision 0046).
 *
 * Turns follow one another.  What is stamped in a turn is collected in batches,
 * each of which names the number that the turn's entry will have; other entries
 * wait in a queue.  When the turn ends, all of them get their numbers, in one
 * transaction, and only then go to the log's process, which has them in the
 * same order.
 */
#pragma once

#include "franking/stamp.h"
#include "franking/tlog_entry.h"
#include "hub/core/hub.h"

/* The next batch of stamps of this turn: fill entry and number. */
CS_CHECKED enum cs_err hub_tlog_batch(
    struct cs_stamp_batch *out, struct cs_hub *hub);
/* It was signed: ${leaf} is what cs_stamps_place() said of it. */
CS_CHECKED enum cs_err hub_tlog_batch_store(struct cs_hub *hub,
    const struct cs_stamp_batch *batch, const uint8_t leaf[static CS_HASH_LEN]);
/* What this round did with the log is undone. */
void hub_tlog_undone(struct cs_hub *hub);

/* Let the log commit to ${content}; ${salt} as for cs_tlog_commit(). */
CS_CHECKED enum cs_err hub_tlog_add(struct cs_hub *hub, enum cs_tlog_kind kind,
    const uint8_t *salt, struct cs_view content);

/* The same without salt, unless the log has that entry, or will have it. */
CS_CHECKED enum cs_err hub_tlog_add_once(
    struct cs_hub *hub, enum cs_tlog_kind kind, struct cs_view content);
/* The same of an entry that is there whole. */
CS_CHECKED enum cs_err hub_tlog_add_entry(
    struct cs_hub *hub, struct cs_view entry);

/* The number of an entry of a filing, or of its answer (decision 0050).
 * CS_ERR_NOT_FOUND: the turn is not over, or there is none. */
CS_CHECKED enum cs_err hub_tlog_number(
    uint64_t *n, struct cs_hub *hub, struct cs_view entry);

/* Is it time to end the turn? */
bool hub_tlog_turn_due(const struct cs_hub *hub);
/* The number of the last entry of ${kind} that has one.  CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err hub_tlog_last(
    uint64_t *n, struct cs_hub *hub, enum cs_tlog_kind kind);
/* End the turn if it is time for that, in this round's transaction. */
CS_CHECKED enum cs_err hub_tlog_turn(struct cs_hub *hub);
/* After the commit: send what the log has not got yet. */
CS_CHECKED enum cs_err hub_tlog_send(struct cs_hub *hub);
/* The log's process says that the log has so many entries.  If that cannot be,
 * since the log or the database was put back, no stamp is made from now on
 * (hub_tlog_fits()). */
CS_CHECKED enum cs_err hub_tlog_told(struct cs_hub *hub, uint64_t size);

/* Somebody has proved that the log once had ${size} entries, at least: if it is
 * shorter, it was put back, also after the hub was started anew. */
CS_CHECKED enum cs_err hub_tlog_more(struct cs_hub *hub, uint64_t size);

enum hub_tlog_state {
	HUB_TLOG_FITS = 0,
	HUB_TLOG_SHORT, /* the log has less than it once had */
	HUB_TLOG_LONG,  /* the log has more than the database numbered */
};
enum hub_tlog_state hub_tlog_state(const struct cs_hub *hub);
/* May numbers be promised?  Not before the log's process has said for the first
 * time how many entries there are. */
bool hub_tlog_fits(const struct cs_hub *hub);

/* How the batch ${number} and the entry ${entry} hang together.
 * CS_ERR_NOT_FOUND: the turn is not over, or so long ago that nobody asks. */
CS_CHECKED enum cs_err hub_tlog_path(struct cs_tlog_turn *out,
    struct cs_hub *hub, uint64_t entry, uint32_t number);

/* CS_WIRE_TLOG_TURN. */
hub_handler hub_tlog_turn_get;
