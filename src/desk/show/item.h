/* SPDX-License-Identifier: MIT */
/* The items of a case: reported messages, with what is proved of each. */
#pragma once

#include "base/bytes.h"
#include "content/evidence.h"

struct cs_desk;
struct desk_case;

#define CS_DESK_ITEMS_PAGE 200 /* items of a case at once */

struct desk_item {
	uint64_t id;
	uint64_t reporter;      /* its number in the case: 1 and up */
	uint64_t since_version; /* whoever read an earlier one has not seen
				 * it */
	const struct cs_evidence *evidence;
	const struct cs_evidence_item *item;
	struct cs_view text; /* the working copy, or the original */
	bool redacted;       /* it is the working copy */
};

/* One link of the proof: what it says, and whether it holds. */
struct desk_link {
	const char *name, *text;
	enum cs_err result;
};

/* Call ${each} for a page of items after number ${after}; items that were
 * destroyed are left out.  Stops at its first error. */
CS_CHECKED enum cs_err desk_items(struct cs_desk *d, const struct desk_case *c,
    uint64_t after, enum cs_err (*each)(void *arg, const struct desk_item *i),
    void *arg);
/* Call ${each} for every link of the proof, each after those that it rests
 * on. */
void desk_item_links(const struct desk_item *i,
    void (*each)(void *arg, const struct desk_link *link), void *arg);
/* The handle of its sender; empty if it is not proved. */
struct cs_view desk_item_handle(const struct desk_item *i);
