/* SPDX-License-Identifier: MIT */
/* The items of a case: reported messages, with what is proved of each. */
#pragma once

#include "base/bytes.h"
#include "content/evidence.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_case;

#define CS_DESK_ITEMS_PAGE 200 /* items of a case at once */

struct desk_item {
	uint64_t id;
	const uint8_t *report;  /* by which the desk knows it: CS_ID_LEN */
	uint64_t reporter;      /* its number in the case: 1 and up; 0: none */
	uint64_t filing;        /* the notice that it came with; 0: none */
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

/* Whose eyes they are for, and where a page begins. */
struct desk_items_page {
	const struct cs_desk_actor *actor;
	uint64_t after; /* the number of an item; 0: the first page */
};
/* Write down that they are read (reading.h), then call ${each} for a page of
 * items; items that were destroyed are left out.  Stops at its first error.
 * This is the one way to the texts of a case. */
CS_CHECKED enum cs_err desk_items(struct cs_desk *d, const struct desk_case *c,
    const struct desk_items_page *page,
    enum cs_err (*each)(void *arg, const struct desk_item *i), void *arg);
/* Call ${each} for every link of the proof, each after those that it rests
 * on. */
void desk_item_links(const struct desk_item *i,
    void (*each)(void *arg, const struct desk_link *link), void *arg);
/* "edited", "deleted": what its author did to it later, by another message of
 * the same report; otherwise empty. */
const char *desk_item_later(const struct desk_item *i);
/* The handle of its sender; empty if it is not proved. */
struct cs_view desk_item_handle(const struct desk_item *i);
