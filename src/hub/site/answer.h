/* SPDX-License-Identifier: MIT */
/* Answers of the site. */
#pragma once

#include "base/json_writer.h"
#include "hub/site/visit.h"

/* How long others may keep an answer. */
enum site_keep {
	SITE_KEEP_NOT,   /* it has what one person filed */
	SITE_KEEP_FRESH, /* it changes: ask again */
	SITE_KEEP_DAY,
};
/* Bytes of ${type}; ${v} is over then. */
void site_answer(struct site_visit *v, int status, const char *type,
    struct cs_view bytes, enum site_keep keep);
/* JSON, which is closed and freed. */
void site_answer_json(
    struct site_visit *v, int status, struct cs_json_writer *j);

/* An error, as the request wants it: JSON or a page.  ${code} is stable, and
 * "error.CODE" is its word; ${seconds}: try again then; or 0. */
void site_refuse(
    struct site_visit *v, int status, const char *code, uint64_t seconds);
/* The same for what the database answered; NULL: nothing. */
void site_refuse_frame(
    struct site_visit *v, const struct cs_wire_frame *answer);
/* Is it a request of a program's? */
bool site_is_api(const struct site_visit *v);
