/* SPDX-License-Identifier: MIT */
/*
 * Who read which message, and when: written into the audit log, with the case,
 * and into the custody record of each report, before it is shown.
 *
 * It is written once for a reading and not for each look: what the same person
 * (or the same token of theirs) sees again within DESK_READING_MS is the same
 * reading.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct cs_desk;
struct cs_desk_actor;

/* A working day: longer than a session lasts. */
#define DESK_READING_MS (12 * CS_HOUR_MS)

/* The messages that somebody is about to be shown.  All zero is none. */
struct desk_reading {
	struct desk_read {
		uint64_t item;             /* its number at the desk */
		uint64_t place;            /* in its report, from 0 */
		uint8_t report[CS_ID_LEN]; /* those of one follow each other */
	} * at;
	size_t n;
};

CS_CHECKED enum cs_err desk_reading_add(struct desk_reading *r, uint64_t item,
    const uint8_t report[static CS_ID_LEN], uint64_t place);
/* Write down that ${actor} reads them in the case ${case_id}; nothing if all of
 * it is the same reading as before.  In a transaction of its own unless the
 * caller has begun one. */
CS_CHECKED enum cs_err desk_reading_write(const struct desk_reading *r,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t case_id);
void desk_reading_clear(struct desk_reading *r);
/* The same for all messages of one report, or for a report that is in no
 * case. */
CS_CHECKED enum cs_err cs_desk_report_note_read(struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static CS_ID_LEN]);
/* Does ${actor}'s reading of what was filed under ${number} begin now?  And
 * remember that it has begun; in a transaction.  The caller writes it down. */
CS_CHECKED enum cs_err desk_reading_has_filing(bool *begins, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t number);
CS_CHECKED enum cs_err desk_reading_begin_filing(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t number);
/* Forget which readings are over; what was written stays. */
CS_CHECKED enum cs_err desk_readings_forget(struct cs_desk *d, uint64_t now_ms);
