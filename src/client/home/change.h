/* SPDX-License-Identifier: MIT */
/*
 * What one message does to another: edits, deletions, reactions, receipts, and
 * the timer of a conversation.
 *
 * Each is a message of its own in the table, with its own capsule, and can be
 * reported like any other.  Only the author of a message changes it: the same
 * account, in the same conversation.  What a message is about is found when it
 * is stored, for a log has one order: what is not there then was never seen
 * here.
 */
#pragma once

#include "client/home/client.h"

/* What a row of the table is: its column part. */
enum client_part {
	CLIENT_PART_MESSAGE,
	CLIENT_PART_EDIT,
	CLIENT_PART_DELETION,
	CLIENT_PART_REACTION,
	CLIENT_PART_STATUS,
	CLIENT_PART_TIMER,
	CLIENT_PART_UNKNOWN,
	CLIENT_PART_NAME, /* what a group gets: home/room.h */
	CLIENT_PART_PICTURE,
	CLIENT_PART_LINK,
};
/* Does it speak of the group as a whole? */
bool client_part_is_for_room(enum client_part part);

/* Why a row is not shown as it was: its column gone.  What is gone stays
 * provable until its column forget (home/expiry.h). */
enum client_gone {
	CLIENT_GONE_NOT,
	CLIENT_GONE_DELETED, /* by its author */
	CLIENT_GONE_EXPIRED,
	CLIENT_GONE_HERE,   /* by the user, on this device */
	CLIENT_GONE_ERASED, /* by its author, and its capsule is overwritten */
};

/* A row, without what is sealed in it. */
struct client_place {
	uint64_t id;
	enum cs_client_message_kind kind;
	enum client_part part;
	enum client_gone gone;
	uint64_t about; /* the row that it changes or reacts to; 0: none */
	uint64_t expires_ms;
	bool seen;
};
/* CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_place_load(
    struct client_place *out, struct cs_client *c, uint64_t id);
/* The row of the message that ${mid} belongs to, in the conversation of the row
 * ${of}: of an edit, the message that it changed.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_place_find(struct client_place *out,
    struct cs_client *c, const uint8_t mid[static CS_CLIENT_MID_LEN],
    uint64_t of);

/* What somebody wrote stands in the row ${id}. */
struct client_said {
	uint64_t id;
	const struct cs_mimi_content *content;
	const uint8_t *account;
	uint64_t seq, time_ms; /* of its stamp */
};
/* Note what the row is, and what it is about.  Inside a transaction, as the
 * functions below. */
CS_CHECKED enum cs_err client_change_note(
    struct cs_client *c, const struct client_said *s);
/* It has its place in the log: note it, and do what it says. */
CS_CHECKED enum cs_err client_change_take(
    struct cs_client *c, const struct client_said *s);
/* The hub refused what stands in the row ${id}: it changes nothing. */
CS_CHECKED enum cs_err client_change_drop(struct cs_client *c, uint64_t id);

/* Take the message in the row ${id} away from what is shown, with its edits and
 * reactions. */
CS_CHECKED enum cs_err client_message_hide(
    struct cs_client *c, uint64_t id, enum client_gone why);
/* CS_ERR_NOT_FOUND, with a sentence: the message is gone. */
CS_CHECKED enum cs_err client_message_there(struct cs_client *c, uint64_t id);
/* The timer of the conversation, in seconds; 0: none. */
CS_CHECKED enum cs_err client_timer(
    uint32_t *out, struct cs_client *c, struct cs_view group_id);
