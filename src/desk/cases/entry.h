/* SPDX-License-Identifier: MIT */
/* What people write into a case: notes, attachments, questions. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/core/actor.h"

struct cs_desk;

#define CS_DESK_NOTE_MAX 8192  /* bytes of a note */
#define CS_DESK_SOURCE_MAX 200 /* bytes of where an attachment is from */

enum cs_desk_entry_kind {
	CS_DESK_ENTRY_NOTE = 0,
	CS_DESK_ENTRY_ESCALATION = 1, /* brings the case to a senior */
	CS_DESK_ENTRY_OPINION = 2,    /* asks for a second one */
	CS_DESK_ENTRY_ATTACHMENT = 3, /* not proved; has a source */
	CS_DESK_ENTRY_QUESTION = 4,   /* to the reporter of a report */
};

struct desk_entry {
	uint64_t id;
	enum cs_desk_entry_kind kind;
	uint64_t at_ms, person;
	char by[CS_DESK_NAME_MAX + 1];
	char *text;
	char *source;              /* of an attachment */
	uint8_t report[CS_ID_LEN]; /* a question is about */
	char *answer;              /* to it; "": none yet */
	uint64_t answered_ms;
};
extern const struct desk_record desk_entry_record;

const char *desk_entry_kind_name(enum cs_desk_entry_kind kind);
/* Store the new ${e} of ${actor} in the case ${case_id}: sets its number,
 * author and time.  In a transaction. */
CS_CHECKED enum cs_err desk_entry_add(struct cs_desk *d, uint64_t case_id,
    struct desk_entry *e, const struct cs_desk_actor *actor);
/* Call ${each} for the entries of kinds ${from} to ${to}, in order; it may
 * take over what they own.  Stops at its first error. */
CS_CHECKED enum cs_err desk_entries(struct cs_desk *d, uint64_t case_id,
    enum cs_desk_entry_kind from, enum cs_desk_entry_kind to,
    enum cs_err (*each)(void *arg, struct desk_entry *e), void *arg);
void desk_entry_clear(struct desk_entry *e);
