/* SPDX-License-Identifier: MIT */
/* Taking sealed reports in. */
#pragma once

#include "base/units.h"
#include "wire/messages.h"

struct cs_desk;
struct cs_evidence;

#define DESK_ANSWER_SIZE 256

/* What the hub is to be told of a report: which of its files to keep, and then
 * how it is. */
struct desk_taken {
	struct cs_wire_desk_pins pins;       /* points into blobs */
	struct cs_wire_report_status status; /* points into answer */
	char answer[DESK_ANSWER_SIZE];
	struct cs_buf blobs;
};

/* Open, verify and store ${sealed}; once, however often it comes.  The caller
 * clears ${out}, also after an error. */
CS_CHECKED enum cs_err desk_report_take(struct desk_taken *out,
    struct cs_desk *d, const struct cs_wire_desk_report *sealed);
void desk_taken_clear(struct desk_taken *out);

/* A bundle that was filed from outside (reports/filing.h), of which all is
 * proved. */
struct desk_filed {
	uint64_t filing, place; /* the file */
	uint64_t received_ms;
	struct cs_view bundle;
	const struct cs_evidence *evidence;
};
/* Store it as a report that no member made, and put it into the case where it
 * belongs; ${id} is its number.  In a transaction. */
CS_CHECKED enum cs_err desk_report_take_filed(uint64_t *case_id,
    uint8_t id[static CS_ID_LEN], struct cs_desk *d,
    const struct desk_filed *filed);
/* What is not proved of ${e}, as words. */
void desk_evidence_problem(char *out, size_t size, const struct cs_evidence *e);
