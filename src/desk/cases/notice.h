/* SPDX-License-Identifier: MIT */
/*
 * Which case a notice belongs to.
 *
 * A notice joins a case about the same thing, or opens one that has no report.
 * Its category says how grave it is, as the reason of a report does.  However
 * many notices there are, they raise nothing by their number; and nobody is
 * acted against because of one: only what is proved allows that.
 */
#pragma once

#include "base/bytes.h"
#include "desk/cases/case.h"

struct cs_desk;
struct cs_filing_body;
struct desk_filing;

/* Cases that have something of a notice in them: a photo, a message. */
#define DESK_NOTICE_CASES_MAX 50
struct desk_notice_cases {
	uint64_t at[DESK_NOTICE_CASES_MAX];
	size_t n;
};

/* Put the notice ${f}, which is stored and in no case, into the case where it
 * belongs, or into a new one, and store both.  ${evidence} are cases that have
 * messages of its files, ${photos} those that have its photos.  In a
 * transaction. */
CS_CHECKED enum cs_err desk_notice_join(struct cs_desk *d,
    struct desk_filing *f, const struct cs_filing_body *body,
    const struct desk_notice_cases *evidence,
    const struct desk_notice_cases *photos);
/* Put ${f}, which is about the notice ${notice}, into its case; or, if it has
 * none any more and there is something to answer, into a new one.  In a
 * transaction. */
CS_CHECKED enum cs_err desk_notice_follow(
    struct cs_desk *d, struct desk_filing *f, const struct desk_filing *notice);
/* Count again what of the case has to be answered, and by when; ${c} is not
 * stored. */
CS_CHECKED enum cs_err desk_case_count_notices(
    struct cs_desk *d, struct desk_case *c);
