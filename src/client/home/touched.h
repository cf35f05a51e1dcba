/* SPDX-License-Identifier: MIT */
/*
 * Which conversations a list shows otherwise than before.
 *
 * Triggers on the tables that listing.c reads write down each conversation that
 * a statement touches, whichever code runs it.  They and what they write are
 * TEMP: in memory, of this connection, and rolled back with the transaction.
 */
#pragma once

#include "client/home/client.h"

struct client_touched {
	uint64_t now; /* what a later question is about */
	bool whole;   /* any conversation may be shown otherwise */
	/* Which ones else, each as <V>; some may be gone. */
	struct cs_buf ids;
};

/*
 * What was touched after the look that gave ${since}, a number out of an answer
 * to this; 0, or one that this home never gave since it was opened: everything.
 * ${out} is empty before.
 */
CS_CHECKED enum cs_err client_touched_since(
    struct client_touched *out, struct cs_client *c, uint64_t since);
