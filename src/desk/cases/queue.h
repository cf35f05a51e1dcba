/* SPDX-License-Identifier: MIT */
/* The queue: lists of cases, in the order in which they are worked on. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_case;

#define CS_DESK_PAGE_MAX 200 /* rows an answer */

/* Which cases, from where on. */
struct cs_desk_query {
	int state;          /* -1: all */
	int64_t assignee;   /* -1: whoever; 0: nobody */
	const char *reason; /* "": any */
	const char *words;  /* "": no search; a number, or one word */
	const char *cursor; /* "": the first page */
	unsigned limit;
};

/* The case that people mean by ${text}: its number, or the beginning, from four
 * characters on, of the number of a report in it. */
struct cs_desk_case_at {
	uint64_t id, version;
};

/* {items, next, counts}: people in danger first, then by age. */
CS_CHECKED enum cs_err cs_desk_cases(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct cs_desk_query *q);
CS_CHECKED enum cs_err cs_desk_case_find(
    struct cs_desk_case_at *out, struct cs_desk *d, const char *text);
/* What a list shows of it; with why it stands where it stands. */
CS_CHECKED enum cs_err desk_case_row(
    json_t **out, struct cs_desk *d, const struct desk_case *c);
