/* SPDX-License-Identifier: MIT */
/* The queue: cases in the order in which they are worked on. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_case;

#define CS_DESK_PAGE_MAX 200 /* rows in an answer */
#define CS_DESK_CURSOR_SIZE 80

/* Which cases to list, and from where. */
struct cs_desk_query {
	int state;          /* -1: all */
	int64_t assignee;   /* -1: whoever; 0: nobody */
	const char *reason; /* "": any */
	const char *words;  /* "": no search; a number, or one word */
	const char *cursor; /* "": the first page */
	unsigned limit;
};

struct desk_queue_counts {
	uint64_t open, waiting, overdue, mine;
};

/*
 * Call ${each} for the cases of a page: people in danger first, then by age.
 * ${next} becomes the cursor of the next page, or "".  A case that is damaged
 * on the disk is shown as damaged, with the gravest severity, so that it hides
 * nowhere.
 */
CS_CHECKED enum cs_err desk_queue_page(char next[static CS_DESK_CURSOR_SIZE],
    struct cs_desk *d, const struct cs_desk_query *q,
    enum cs_err (*each)(void *arg, const struct desk_case *c), void *arg);
CS_CHECKED enum cs_err desk_queue_counts(struct desk_queue_counts *out,
    struct cs_desk *d, const struct cs_desk_actor *actor);

struct cs_desk_case_at {
	uint64_t id, version;
};
/* Find the case that ${text} names: its number, or at least the first four
 * digits of the number of a report in it. */
CS_CHECKED enum cs_err cs_desk_case_find(
    struct cs_desk_case_at *out, struct cs_desk *d, const char *text);
