/* SPDX-License-Identifier: MIT */
/* Taking sealed reports in. */
#pragma once

#include "wire/messages.h"

struct cs_desk;

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
