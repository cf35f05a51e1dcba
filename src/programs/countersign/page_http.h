/* SPDX-License-Identifier: MIT */
/*
 * What the page asks of the program, over HTTP on this machine.
 *
 *	POST /api/begin		{"token"}: who has the link; gives the cookie
 *	POST /api/do		{"method", "take"}: of a READ the answer, of a
 *				CALL {"ticket"}, which "events" answers
 *	GET  /api/events	?after=N: what happened since
 *	POST /api/put		a file; gives its name in the exchange folder
 *	GET  /api/get		?file=NAME: once
 *
 * Only whoever began may ask; every request that does something has the header
 * X-CSRF-Token, which no other page can send, and no foreign Host or Origin.
 */
#pragma once

#include "member/member.h"
#include "net/web.h"
#include "programs/countersign/page.h"

struct page_http;

CS_CHECKED enum cs_err page_http_new(
    struct page_http **out, const struct page_conf *conf, const char *exchange);
void page_http_free(struct page_http *p);
/* The home that is asked for; set once. */
void page_http_serves(struct page_http *p, struct cs_member *m);

/* For cs_web_far_config. */
void page_http_handle(
    void *arg, const struct cs_web_request *rq, struct cs_web_answer *answer);
/* For cs_member_config. */
void page_http_event(void *arg, struct cs_view json);

/* Is there a CALL to do? */
bool page_http_has_call(const struct page_http *p);
/* Do the first of them. */
CS_CHECKED enum cs_err page_http_call(struct page_http *p);
