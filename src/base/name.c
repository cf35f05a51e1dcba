/* SPDX-License-Identifier: MIT */
#include "base/name.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>

#include "base/alloc.h"
#include "base/confusables.h"
#include "base/text.h"
#include "base/writer.h"

/* ---- characters --------------------------------------------------------- */

bool
cs_name_is_blank(uint32_t x)
{
	return x == ' ' || x == '\t' || x == '\n' || x == '\r' || x == 0xa0 ||
	    x == 0x1680 || (x >= 0x2000 && x <= 0x200a) || x == 0x202f ||
	    x == 0x205f || x == 0x3000 ||
	    /* Letters and signs that have no ink. */
	    x == 0x115f || x == 0x1160 || x == 0x2800 || x == 0x3164 ||
	    x == 0xffa0;
}

/* The joiners are part of words, and nobody sees whether they are there. */
static bool
is_joiner(uint32_t x)
{
	return x == 0x200c || x == 0x200d;
}

enum joiners { KEEP_JOINERS, DROP_JOINERS };

/* Append ${name} on one line, as cs_name_clean() says. */
static enum cs_err
tidy(struct cs_buf *out, struct cs_view name, enum joiners joiners)
{
	struct cs_writer w = cs_writer(out);
	bool blank = false;

	if (!cs_utf8_valid(name))
		return CS_ERR_FORMAT;
	while (name.len != 0) {
		const uint8_t *from = name.data;
		size_t n;
		uint32_t x = cs_utf8_next(&name, &n);

		if (cs_name_is_blank(x)) {
			blank = out->len != 0;
			continue;
		}
		if (cs_utf8_hidden(x) ||
		    (joiners == DROP_JOINERS && is_joiner(x)))
			continue;
		if (blank)
			cs_write_u8(&w, ' ');
		blank = false;
		cs_write_bytes(&w, cs_view(from, n));
	}
	return cs_writer_end(&w);
}

/* ---- forms -------------------------------------------------------------- */

/* Replace ${text} by the bytes at ${made}, which libunistring has allocated, or
 * say why there are none. */
static enum cs_err
take(struct cs_buf *text, uint8_t *made, size_t n)
{
	enum cs_err err;

	if (made == NULL)
		return CS_ERR_NOMEM;
	err = cs_buf_set(text, cs_view(made, n));
	free(made); /* not from cs_alloc() */
	return err;
}

static enum cs_err
normalize(struct cs_buf *text, uninorm_t form)
{
	uint8_t *made;
	size_t n = 0;

	if (text->len == 0)
		return CS_OK;
	made = u8_normalize(form, text->data, text->len, NULL, &n);
	return take(text, made, n);
}

/* ASCII is in NFC, and folds to its small letters; false: it is not all. */
static bool
fold_ascii(struct cs_buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] >= 0x80)
			return false;
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] >= 'A' && text->data[i] <= 'Z')
			text->data[i] += 'a' - 'A';
	return true;
}

static enum cs_err
fold_case(struct cs_buf *text)
{
	uint8_t *made;
	size_t n = 0;

	if (text->len == 0)
		return CS_OK;
	if (fold_ascii(text))
		return CS_OK;
	/* For no language: a name is the same wherever it is read. */
	made = u8_casefold(text->data, text->len, "", UNINORM_NFC, NULL, &n);
	return take(text, made, n);
}

enum cs_err
cs_name_fold(struct cs_buf *out, struct cs_view name)
{
	enum cs_err err;

	cs_buf_reset(out);
	if ((err = tidy(out, name, DROP_JOINERS)))
		return err;
	return fold_case(out);
}

static int
by_character(const void *key, const void *item)
{
	const uint32_t *x = key;
	const struct cs_confusable *c = item;

	return *x < c->from ? -1 : *x > c->from;
}

/* Put each character's look in its place. */
static enum cs_err
map(struct cs_buf *text)
{
	struct cs_view rest = cs_buf_view(text);
	struct cs_buf mapped = { 0 };
	struct cs_writer w = cs_writer(&mapped);
	enum cs_err err;

	while (rest.len != 0) {
		const uint8_t *from = rest.data;
		size_t n;
		uint32_t x = cs_utf8_next(&rest, &n);
		const struct cs_confusable *look = bsearch(&x, cs_confusables,
		    cs_confusables_n, sizeof *look, by_character);

		cs_write_bytes(&w,
		    look != NULL ? cs_view_str(cs_confusable_looks + look->look)
				 : cs_view(from, n));
	}
	if ((err = cs_writer_end(&w)) == CS_OK) {
		cs_buf_free(text);
		cs_buf_move(text, &mapped);
	}
	cs_buf_free(&mapped);
	return err;
}

/* What people see of ${name}, whose case is as it is written. */
static enum cs_err
skeleton(struct cs_buf *out, struct cs_view name)
{
	enum cs_err err;

	cs_buf_reset(out);
	if ((err = tidy(out, name, DROP_JOINERS)) ||
	    (err = normalize(out, UNINORM_NFKD)) || (err = map(out)))
		return err;
	/* Two looks of one letter, such as O for a zero and o. */
	return fold_case(out);
}

enum cs_err
cs_name_skeleton(struct cs_buf *out, struct cs_view name)
{
	struct cs_buf folded = { 0 };
	enum cs_err err = cs_name_fold(&folded, name);

	if (err == CS_OK)
		err = skeleton(out, cs_buf_view(&folded));
	cs_buf_free(&folded);
	return err;
}

/* ---- comparing ---------------------------------------------------------- */

static enum cs_err
compare(bool *out, struct cs_view a, struct cs_view b,
    enum cs_err (*form)(struct cs_buf *out, struct cs_view name))
{
	struct cs_buf x = { 0 }, y = { 0 };
	enum cs_err err;

	*out = false;
	if ((err = form(&x, a)) == CS_OK && (err = form(&y, b)) == CS_OK)
		*out = cs_view_equal(cs_buf_view(&x), cs_buf_view(&y));
	cs_buf_free(&x);
	cs_buf_free(&y);
	return err == CS_ERR_FORMAT ? CS_OK : err;
}

enum cs_err
cs_name_same(bool *out, struct cs_view a, struct cs_view b)
{
	return compare(out, a, b, cs_name_fold);
}

enum cs_err
cs_name_alike(bool *out, struct cs_view a, struct cs_view b)
{
	enum cs_err err = compare(out, a, b, cs_name_skeleton);

	/* A capital I looks like an l, and its small letter does not. */
	return err || *out ? err : compare(out, a, b, skeleton);
}

/* ---- reserved words ----------------------------------------------------- */

/* Words as cs_name_skeleton() writes them: m as rn, w as vv. */

/* Whoever has one of these in the name speaks for the hub. */
static const char *const authority[] = { "abuse", "adrnin", "adrnins",
	"adrninistrator", "countersign", "desk", "helpdesk", "hostrnaster",
	"hub", "rnoderator", "official", "operator", "postrnaster", "reports",
	"root", "security", "staff", "support", "sysop", "systern",
	"vvebrnaster" };

/* The program says these of the reader, or of nobody. */
static const char *const others[] = { "anybody", "anyone", "everybody",
	"everyone", "rne", "nobody", "none", "self", "sornebody", "sorneone",
	"unknovvn", "yourself", "you" };

static bool
is_one_of(struct cs_view skeleton, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cs_view_equal(skeleton, cs_view_str(words[i])))
			return true;
	return false;
}

static bool
is_separator(uint8_t b)
{
	return b == '.' || b == '-' || b == '_' || b == ' ' || b == '@' ||
	    b == ':';
}

/* Take the first word off ${*rest}. */
static struct cs_view
next_word(struct cs_view *rest)
{
	size_t n = 0;
	struct cs_view word;

	while (rest->len != 0 && is_separator(rest->data[0]))
		*rest = cs_view(rest->data + 1, rest->len - 1);
	while (n < rest->len && !is_separator(rest->data[n]))
		n++;
	word = cs_view(rest->data, n);
	*rest = cs_view(rest->data + n, rest->len - n);
	return word;
}

/* hub.example.org is known as that, and as "hub". */
static enum cs_err
is_hub(bool *out, struct cs_view name, struct cs_view hub)
{
	struct cs_view label = hub;
	enum cs_err err;

	for (size_t i = 0; i < hub.len; i++)
		if (hub.data[i] == '.') {
			label = cs_view(hub.data, i);
			break;
		}
	if ((err = compare(out, name, hub, cs_name_skeleton)) || *out)
		return err;
	return compare(out, name, label, cs_name_skeleton);
}

enum cs_err
cs_name_reserved(bool *out, struct cs_view name, struct cs_view hub)
{
	struct cs_buf looks = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if ((err = is_hub(out, name, hub)) || *out)
		return err;
	if ((err = cs_name_skeleton(&looks, name)) == CS_OK) {
		rest = cs_buf_view(&looks);
		*out = is_one_of(rest, others, sizeof others / sizeof *others);
		while (!*out && rest.len != 0)
			*out = is_one_of(next_word(&rest), authority,
			    sizeof authority / sizeof *authority);
	}
	cs_buf_free(&looks);
	return err == CS_ERR_FORMAT ? CS_OK : err;
}

/* ---- slips -------------------------------------------------------------- */

#define NEAR_MAX 64 /* characters of a name that are compared */

static size_t
characters(uint32_t out[static NEAR_MAX], struct cs_view v)
{
	size_t n = 0, taken;

	while (v.len != 0 && n < NEAR_MAX)
		out[n++] = cs_utf8_next(&v, &taken);
	return n;
}

/* One typed wrong, or two in each other's place. */
static bool
one_other(const uint32_t *a, const uint32_t *b, size_t n)
{
	size_t i = 0;

	while (i < n && a[i] == b[i])
		i++;
	if (i == n)
		return true;
	if (memcmp(a + i + 1, b + i + 1, (n - i - 1) * sizeof *a) == 0)
		return true;
	return i + 1 < n && a[i] == b[i + 1] && a[i + 1] == b[i] &&
	    memcmp(a + i + 2, b + i + 2, (n - i - 2) * sizeof *a) == 0;
}

/* ${longer} has one more. */
static bool
one_more(const uint32_t *longer, const uint32_t *shorter, size_t n)
{
	size_t i = 0;

	while (i < n && longer[i] == shorter[i])
		i++;
	return memcmp(longer + i + 1, shorter + i, (n - i) * sizeof *shorter) ==
	    0;
}

enum cs_err
cs_name_near(bool *out, struct cs_view a, struct cs_view b)
{
	uint32_t x[NEAR_MAX], y[NEAR_MAX];
	struct cs_buf p = { 0 }, q = { 0 };
	size_t n, m;
	enum cs_err err;

	*out = false;
	if ((err = cs_name_fold(&p, a)) || (err = cs_name_fold(&q, b)))
		goto out;
	n = characters(x, cs_buf_view(&p));
	m = characters(y, cs_buf_view(&q));
	*out = n == m    ? one_other(x, y, n)
	    : n == m + 1 ? one_more(x, y, m)
	    : m == n + 1 ? one_more(y, x, n)
			 : false;
out:
	cs_buf_free(&p);
	cs_buf_free(&q);
	return err == CS_ERR_FORMAT ? CS_OK : err;
}

/* ---- showing ------------------------------------------------------------ */

void
cs_name_clean(char *out, size_t size, struct cs_view name)
{
	struct cs_buf tidied = { 0 };
	struct cs_view rest;
	size_t len = 0, n;

	if (tidy(&tidied, name, KEEP_JOINERS) != CS_OK)
		cs_buf_reset(&tidied);
	rest = cs_buf_view(&tidied);
	while (rest.len != 0) {
		const uint8_t *from = rest.data;

		(void)cs_utf8_next(&rest, &n);
		if (len + n >= size)
			break;
		memcpy(out + len, from, n);
		len += n;
	}
	out[len] = '\0';
	cs_buf_free(&tidied);
}
