/* SPDX-License-Identifier: MIT */
#include "hub/site/words.h"

#include <stdio.h>
#include <string.h>

#include "hub/site/site_words.h"

/* Longer than any list of languages that somebody speaks. */
#define ACCEPTED_MAX 32

static bool
is_code(const char *code)
{
	size_t n = strlen(code);

	return n >= 2 && n < SITE_CODE_SIZE &&
	    strspn(code,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-") == n;
}

static bool
are_words(const json_t *words)
{
	const char *key;
	json_t *text;

	if (!json_is_object(words))
		return false;
	json_object_foreach ((json_t *)(uintptr_t)words, key, text)
		if (!json_is_string(text))
			return false;
	return json_object_get(words, "name") != NULL;
}

enum cs_err
site_words_add(struct site *s, const char *code, struct cs_view json)
{
	struct site_words *w = NULL;
	json_t *words;

	words = json_loadb(
	    (const char *)json.data, json.len, JSON_REJECT_DUPLICATES, NULL);
	if (!is_code(code) || !are_words(words)) {
		json_decref(words);
		return CS_ERR_FORMAT;
	}
	for (size_t i = 0; i < s->n_languages; i++)
		if (strcmp(s->languages[i].code, code) == 0)
			w = &s->languages[i];
	if (w == NULL && s->n_languages == SITE_LANGUAGES_MAX) {
		json_decref(words);
		return CS_ERR_LIMIT;
	}
	if (w == NULL)
		w = &s->languages[s->n_languages++];
	json_decref(w->words);
	snprintf(w->code, sizeof w->code, "%s", code);
	w->words = words;
	w->right_to_left = strcmp(site_word(s, w, "direction"), "rtl") == 0;
	return CS_OK;
}

enum cs_err
site_words_load(struct site *s)
{
	for (size_t i = 0;
	     i < sizeof site_words_built / sizeof *site_words_built; i++) {
		enum cs_err err = site_words_add(s, site_words_built[i].code,
		    cs_view_str((const char *)site_words_built[i].json));

		if (err)
			return err == CS_ERR_FORMAT ? CS_ERR_CORRUPT : err;
	}
	return CS_OK;
}

void
site_words_free(struct site *s)
{
	for (size_t i = 0; i < s->n_languages; i++)
		json_decref(s->languages[i].words);
	s->n_languages = 0;
}

const struct site_words *
site_words_of(const struct site *s, struct cs_view code)
{
	for (size_t i = 0; i < s->n_languages; i++)
		if (cs_view_equal(code, cs_view_str(s->languages[i].code)))
			return &s->languages[i];
	return NULL;
}

/* ---- what a browser says ------------------------------------------------- */

/* Does ${code} begin with the tag that is wanted, or the other way round: "ar"
 * and "ar-SY"? */
static bool
fits(const char *code, struct cs_view tag)
{
	size_t n = strlen(code), least = n < tag.len ? n : tag.len;

	for (size_t i = 0; i < least; i++)
		if ((code[i] | 0x20) != (tag.data[i] | 0x20))
			return false;
	return n == tag.len ||
	    (n > tag.len ? code[tag.len] : tag.data[n]) == '-';
}

/* Thousandths, as in "q=0.8"; 1000 if nothing is said. */
static unsigned
quality(struct cs_view v)
{
	unsigned q = 0, digits = 0;
	size_t i = 0;

	while (i + 1 < v.len && !(v.data[i] == 'q' && v.data[i + 1] == '='))
		i++;
	if (i + 1 >= v.len)
		return 1000;
	for (i += 2; i < v.len && digits < 4; i++) {
		if (v.data[i] == '.')
			continue;
		if (v.data[i] < '0' || v.data[i] > '9')
			break;
		q = q * 10 + (unsigned)(v.data[i] - '0');
		digits++;
	}
	for (; digits < 4; digits++)
		q *= 10;
	return q;
}

/* Take what stands before the next comma off ${v}, without blanks. */
static struct cs_view
next_part(struct cs_view *v)
{
	struct cs_view part = *v;
	const uint8_t *comma = memchr(v->data, ',', v->len);

	if (comma != NULL)
		part.len = (size_t)(comma - v->data);
	*v = comma != NULL ? cs_view(comma + 1, v->len - part.len - 1)
			   : cs_view(NULL, 0);
	while (part.len != 0 && part.data[0] == ' ')
		part = cs_view(part.data + 1, part.len - 1);
	return part;
}

const struct site_words *
site_words_accept(const struct site *s, struct cs_view languages)
{
	const struct site_words *best = &s->languages[0];
	unsigned best_q = 0;

	for (int n = 0; n < ACCEPTED_MAX && languages.len != 0; n++) {
		struct cs_view part = next_part(&languages), tag = part;
		unsigned q;

		for (size_t i = 0; i < part.len; i++)
			if (part.data[i] == ';' || part.data[i] == ' ') {
				tag.len = i;
				break;
			}
		q = quality(cs_view(part.data + tag.len, part.len - tag.len));
		for (size_t i = 0; tag.len != 0 && i < s->n_languages; i++)
			if (q > best_q && fits(s->languages[i].code, tag)) {
				best = &s->languages[i];
				best_q = q;
			}
	}
	return best;
}

const char *
site_word(const struct site *s, const struct site_words *words, const char *key)
{
	const char *text =
	    json_string_value(json_object_get(words->words, key));

	if (text == NULL)
		text = json_string_value(
		    json_object_get(s->languages[0].words, key));
	return text != NULL ? text : "";
}
