/* SPDX-License-Identifier: MIT */
/* Languages of the site. */
#pragma once

#include "hub/site/visit.h"

/* Those that are built in.  CS_ERR_NOMEM, CS_ERR_CORRUPT. */
CS_CHECKED enum cs_err site_words_load(struct site *s);
/* One more, or another text of one: a JSON object of keys and texts, as those
 * that are built in.  CS_ERR_FORMAT: it is none; CS_ERR_LIMIT: there are too
 * many. */
CS_CHECKED enum cs_err site_words_add(
    struct site *s, const char *code, struct cs_view json);
void site_words_free(struct site *s);

/* The language with this tag; NULL: there is none. */
const struct site_words *site_words_of(
    const struct site *s, struct cs_view code);
/* The one that a browser would like best (RFC 9110, section 12.5.4). */
const struct site_words *site_words_accept(
    const struct site *s, struct cs_view languages);
/* The text of ${key}, in English if there is none; "" if there is none. */
const char *site_word(
    const struct site *s, const struct site_words *words, const char *key);
