/* SPDX-License-Identifier: MIT */
/* Reports: their rows, and their bundles opened and verified. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "content/evidence.h"
#include "franking/cert.h"

struct cs_desk;
struct cs_evidence;
struct cs_evidence_item;
struct cs_stamp;

enum cs_desk_report_state {
	CS_DESK_REPORT_OPEN = 0,     /* verified, waits for a decision */
	CS_DESK_REPORT_REJECTED = 1, /* something in it does not verify */
	CS_DESK_REPORT_ACTED = 2,
	CS_DESK_REPORT_CLOSED = 3,
};

struct cs_desk_report {
	uint8_t id[CS_ID_LEN];
	enum cs_desk_report_state state;
	uint64_t received_ms;
	uint16_t reason;
	uint32_t n_messages, n_files;
	bool repeats; /* a message of it was reported before */
	/* The number of the notice that it is a file of: then no member made
	 * it, and the hub knows nothing of it.  0: a member did. */
	uint64_t filing;
	/* By whom, as the hub vouches: an account, or a pseudonym of one. */
	bool named;
	uint8_t reporter_id[CS_ID_LEN];
	char reporter[CS_HANDLE_MAX + 1]; /* handles; "" if not proved, or not
					     named */
	char reported[CS_HANDLE_MAX + 1];
	char problem[128]; /* of a rejected one */
};

/* One report, opened: the bundle, and what the verifier says of it now. */
struct cs_desk_report_opened {
	struct cs_desk_report report;
	struct cs_buf bundle;
	struct cs_evidence *evidence; /* NULL: not a bundle at all */
};

const char *cs_desk_report_state_name(enum cs_desk_report_state state);
/* Call ${each} for all reports in the order in which they came; stops at its
 * first error. */
CS_CHECKED enum cs_err cs_desk_reports(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct cs_desk_report *r), void *arg);
/* Find the id that begins with the hex digits ${prefix}.  CS_ERR_FORMAT,
 * CS_ERR_NOT_FOUND, CS_ERR_EXISTS: more than one does. */
CS_CHECKED enum cs_err cs_desk_report_find(
    struct cs_desk *d, const char *prefix, uint8_t id[static CS_ID_LEN]);
/* Open one and verify it.  CS_ERR_NOT_FOUND.  The caller clears ${out}, also
 * after an error. */
CS_CHECKED enum cs_err cs_desk_report_load(struct cs_desk_report_opened *out,
    struct cs_desk *d, const uint8_t id[static CS_ID_LEN]);
void cs_desk_report_clear(struct cs_desk_report_opened *r);

/* Read the row of a report without opening its bundle.  CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err desk_report_read(struct cs_desk_report *out,
    struct cs_desk *d, const uint8_t id[static CS_ID_LEN]);
/* Store the new ${r}, which is in no case yet, with its ${bundle} and the key
 * ${reply} that seals answers to its reporter; in a transaction. */
CS_CHECKED enum cs_err desk_report_insert(struct cs_desk *d,
    const struct cs_desk_report *r, struct cs_view bundle,
    const uint8_t reply[static CS_KEY_LEN]);
CS_CHECKED enum cs_err desk_report_set_state(struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN], enum cs_desk_report_state state);
/* Append the ids of a case's reports, CS_ID_LEN bytes each, the oldest first.
 */
CS_CHECKED enum cs_err desk_reports_of_case(
    struct cs_buf *ids, struct cs_desk *d, uint64_t case_id);
/* Destroy the bundle of a report, and who reported whom.  That there was a
 * report stays, and what became of it.  In a transaction. */
CS_CHECKED enum cs_err desk_report_empty(
    struct cs_desk *d, const uint8_t id[static CS_ID_LEN]);
/* The hash by which a message is counted: each (tag, group_seq) counts once
 * (FRANKING, rule 6). */
CS_CHECKED enum cs_err desk_report_message_hash(
    uint8_t out[static CS_HASH_LEN], const struct cs_stamp *s);
/* The key that seals answers to its reporter; CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err desk_report_reply_key(uint8_t out[static CS_KEY_LEN],
    struct cs_desk *d, const uint8_t id[static CS_ID_LEN]);
/* The id of the report that the file ${place} of a notice becomes. */
CS_CHECKED enum cs_err desk_report_id_of_filing(
    uint8_t out[static CS_ID_LEN], uint64_t filing, uint64_t place);
/* Find the case that a report is in; CS_ERR_NOT_FOUND if it was rejected. */
CS_CHECKED enum cs_err desk_report_case(uint64_t *case_id, struct cs_desk *d,
    const uint8_t report[static CS_ID_LEN]);
/* Is everything in ${item}, an item of ${e}, proved? */
bool desk_report_item_proved(
    const struct cs_evidence *e, const struct cs_evidence_item *item);
