/* SPDX-License-Identifier: MIT */
#include "load/peers/stanza.h"

#include <string.h>

char *
stanza_room(struct stanza_reader *r, size_t *n)
{
	/* What was taken makes room. */
	memmove(r->bytes, r->bytes + r->begin, r->len - r->begin);
	r->len -= r->begin;
	r->at -= r->begin;
	r->begin = 0;
	*n = sizeof r->bytes - r->len;
	return r->bytes + r->len;
}

void
stanza_came(struct stanza_reader *r, size_t n)
{
	r->len += n;
}

/* ---- tags --------------------------------------------------------------- */

/* Find the ">" of the tag that begins at ${from}; ${r->len} if it has not come.
 * One in quotes is none. */
static size_t
tag_end(const struct stanza_reader *r, size_t from)
{
	char quote = 0;
	size_t i = from;

	for (; i < r->len; i++) {
		char c = r->bytes[i];

		if (quote != 0)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			break;
	}
	return i;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct cs_view
name_of(struct cs_view tag)
{
	size_t n = 0;

	while (n < tag.len && !is_space(tag.data[n]) && tag.data[n] != '/')
		n++;
	return cs_view(tag.data, n);
}

/* Follow one tag; ${*whole} if a stanza ends with it. */
static enum cs_err
follow(bool *whole, struct stanza_reader *r, struct cs_view tag)
{
	*whole = false;
	if (tag.len == 0 || tag.data[0] == '!')
		return CS_ERR_FORMAT;
	if (tag.data[0] == '?') /* the declaration before the stream */
		return r->depth == 0 ? CS_OK : CS_ERR_FORMAT;
	if (tag.data[0] == '/') {
		if (r->depth <= 1)
			return CS_ERR_CLOSED;
		*whole = --r->depth == 1;
	} else if (tag.data[tag.len - 1] == '/') {
		*whole = r->depth == 1;
		return r->depth == 0 ? CS_ERR_FORMAT : CS_OK;
	} else if (++r->depth > STANZA_DEPTH_MAX) {
		return CS_ERR_LIMIT;
	}
	return CS_OK;
}

/* ---- stanzas ------------------------------------------------------------ */

static void
take(struct stanza *out, struct stanza_reader *r)
{
	const char *from = r->bytes + r->begin;

	out->all = cs_view(from, r->at - r->begin);
	out->tag = cs_view(from + 1, tag_end(r, r->begin) - r->begin - 1);
	out->name = name_of(out->tag);
	r->begin = r->at;
}

enum cs_err
stanza_next(struct stanza *out, struct stanza_reader *r)
{
	while (r->at < r->len) {
		const char *open =
		    memchr(r->bytes + r->at, '<', r->len - r->at);
		size_t from, end;
		bool whole;
		enum cs_err err;

		if (open == NULL) {
			r->at = r->len;
			break;
		}
		from = (size_t)(open - r->bytes);
		if (r->depth <= 1)
			r->begin = from; /* spaces between stanzas */
		if ((end = tag_end(r, from)) == r->len) {
			r->at = from;
			break;
		}
		err = follow(&whole, r, cs_view(open + 1, end - from - 1));
		if (err)
			return err;
		r->at = end + 1;
		if (whole) {
			take(out, r);
			return CS_OK;
		}
	}
	if (r->depth <= 1 && r->at == r->len)
		r->begin = r->at;
	return r->len - r->begin == sizeof r->bytes ? CS_ERR_LIMIT
						    : CS_ERR_NOT_FOUND;
}

struct cs_view
stanza_attribute(const struct stanza *s, const char *name)
{
	size_t n = strlen(name);
	const uint8_t *p = s->name.data + s->name.len;
	const uint8_t *end = s->tag.data + s->tag.len;

	while (p < end) {
		const uint8_t *is = memchr(p, '=', (size_t)(end - p)), *close;

		if (is == NULL || is + 1 == end)
			break;
		close = memchr(is + 2, is[1], (size_t)(end - is - 2));
		if (close == NULL)
			break;
		while (p < is && is_space(*p))
			p++;
		if ((size_t)(is - p) == n && memcmp(p, name, n) == 0)
			return cs_view(is + 2, (size_t)(close - is - 2));
		p = close + 1;
	}
	return cs_view(NULL, 0);
}
