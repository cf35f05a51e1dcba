/* SPDX-License-Identifier: MIT */
/* What people write into a case: notes, questions, attachments. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

#define CS_DESK_NOTE_MAX 8192 /* bytes of a note */

/* A note; or one that brings the case to a senior, or asks for a second
 * opinion. */
enum cs_desk_note {
	CS_DESK_NOTE = 0,
	CS_DESK_ESCALATION = 1,
	CS_DESK_OPINION = 2,
	CS_DESK_ATTACHMENT = 3, /* not proved; ${source} says where from */
	CS_DESK_QUESTION = 4,   /* to a reporter */
};

/* Is there a text, of no more than ${max} bytes, in UTF-8? */
CS_CHECKED enum cs_err desk_text_check(
    struct cs_desk *d, const char *text, size_t max);
CS_CHECKED enum cs_err desk_entry_add(struct cs_desk *d, uint64_t case_id,
    unsigned kind, const struct cs_desk_actor *actor, json_t *doc,
    uint64_t *id);
/* Of kinds ${from} to ${to}, in order. */
CS_CHECKED enum cs_err desk_entries(json_t *items, struct cs_desk *d,
    uint64_t case_id, unsigned from, unsigned to);
