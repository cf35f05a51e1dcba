/* SPDX-License-Identifier: MIT */
/*
 * Answering what somebody outside filed: signed by the desk, sealed to whoever
 * filed it, and told to the hub until it has taken it.
 */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_edit;
struct desk_filing;

#define CS_DESK_NOTICE_TEXT_MAX 8192 /* bytes of an answer */

/* What somebody answers. */
struct cs_desk_notice_answer {
	uint64_t number;
	uint8_t outcome; /* franking/filing.h */
	const char *text;
};
/*
 * Answer a notice or an appeal of the case.  "acted" takes a decision of the
 * case that did something and that the hub has applied; an appeal is not
 * answered by who answered the notice; what came since that version was read
 * has to be read first (CS_ERR_EXISTS).  Each is answered once, "needs-more"
 * not counted.
 */
CS_CHECKED enum cs_err cs_desk_notice_answer(
    const struct cs_desk_edit *e, const struct cs_desk_notice_answer *answer);
/* The same of what the desk answers by itself: ${f}, which is stored by this,
 * is over then.  In a transaction. */
CS_CHECKED enum cs_err desk_filing_answer_itself(struct cs_desk *d,
    struct desk_filing *f, uint8_t outcome, const char *text);
/* The hub has taken the last answer about ${number}; or has refused it for good
 * with ${refused}.  In a transaction. */
CS_CHECKED enum cs_err desk_filing_told(
    struct cs_desk *d, uint64_t number, const char *refused);
