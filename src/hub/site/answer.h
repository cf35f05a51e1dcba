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
