/* SPDX-License-Identifier: MIT */
/*
 * What the hub is to be told: stored with what it follows from, in one
 * transaction; sent until the hub has answered; then what the answer means is
 * stored with its removal, in one transaction.  A message that the hub has
 * taken and whose answer was lost is sent again: the hub applies it once.
 * Messages about the same subject are sent in order; one that the hub does not
 * take now holds up no others.
 */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_wire_shape;

/* A message for the hub. */
struct desk_message {
	uint8_t kind;
	/* The account, the file, the group, the report or the letter that it
	 * is about: messages about the same arrive in order. */
	struct cs_view subject;
	struct cs_view target; /* the id of an action; or empty */
	const struct cs_wire_shape *shape;
	const void *message;
};

/* Queue it; in a transaction. */
CS_CHECKED enum cs_err desk_outbox_add(
    struct cs_desk *d, const struct desk_message *m);
/* Find the row to be sent now: the first that need not wait and that has no
 * earlier row about the same subject.  CS_ERR_NOT_FOUND if there is none. */
CS_CHECKED enum cs_err desk_outbox_next(uint64_t *id, struct cs_desk *d);
/* The hub has said "not now": send it again after a while, longer each time. */
CS_CHECKED enum cs_err desk_outbox_postpone(struct cs_desk *d, uint64_t id);
