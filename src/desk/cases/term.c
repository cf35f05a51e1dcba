/* SPDX-License-Identifier: MIT */
/* The words by which a case is found, kept as keyed hashes. */
#include "desk/cases/term.h"

#include "desk/core/desk.h"
#include "desk/core/term.h"
#include "store/db.h"

#define WORD_MIN 3
#define WORD_MAX 40
#define WORDS_MAX 200 /* words of one text: a note is no dictionary */

static bool
is_word(uint8_t c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static enum cs_err
add_term(struct cs_desk *d, uint64_t case_id, struct cs_view word)
{
	uint8_t term[DESK_TERM_LEN];
	enum cs_err err = desk_term(term, d, word);

	return err ? err
		   : cs_db_exec(d->db,
			 "INSERT INTO term(term,case_id) VALUES(?,?)"
			 " ON CONFLICT DO NOTHING",
			 cs_blob(CS_VIEW_OF(term)), cs_int(case_id));
}

/* Take the next word of ${*rest}; its ASCII letters become lower case. */
static size_t
next_word(uint8_t out[static WORD_MAX], struct cs_view *rest)
{
	size_t n = 0;

	while (rest->len != 0 && !is_word(rest->data[0])) {
		rest->data++;
		rest->len--;
	}
	while (rest->len != 0 && is_word(rest->data[0])) {
		uint8_t c = rest->data[0];

		if (n < WORD_MAX)
			out[n++] = c >= 'A' && c <= 'Z' ? c + 32 : c;
		rest->data++;
		rest->len--;
	}
	return n;
}

enum cs_err
desk_term_first(
    uint8_t out[static DESK_TERM_LEN], struct cs_desk *d, struct cs_view text)
{
	uint8_t word[WORD_MAX];
	size_t n = next_word(word, &text);

	return desk_term(out, d, cs_view(word, n));
}

/* Add the words of ${text}, and their beginnings of ${shortest} bytes or
 * more. */
static enum cs_err
add_terms(
    struct cs_desk *d, uint64_t case_id, struct cs_view text, size_t shortest)
{
	uint8_t word[WORD_MAX];
	enum cs_err err = CS_OK;

	for (unsigned i = 0; i < WORDS_MAX && text.len != 0 && err == CS_OK;
	     i++) {
		size_t n = next_word(word, &text);

		if (n < WORD_MIN)
			continue;
		err = add_term(d, case_id, cs_view(word, n));
		for (size_t k = shortest; k < n && err == CS_OK; k++)
			err = add_term(d, case_id, cs_view(word, k));
	}
	return err;
}

enum cs_err
desk_terms_add(struct cs_desk *d, uint64_t case_id, struct cs_view text)
{
	return add_terms(d, case_id, text, WORD_MAX);
}

enum cs_err
desk_terms_add_handle(
    struct cs_desk *d, uint64_t case_id, struct cs_view handle)
{
	return add_terms(d, case_id, handle, WORD_MIN);
}
