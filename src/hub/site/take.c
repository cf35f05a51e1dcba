/* SPDX-License-Identifier: MIT */
#include "hub/site/take.h"

#include <string.h>

#include "base/text.h"

#define HEX_LEN 64

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct cs_view
trimmed(struct cs_view v)
{
	while (v.len != 0 && is_blank(v.data[0]))
		v = cs_view(v.data + 1, v.len - 1);
	while (v.len != 0 && is_blank(v.data[v.len - 1]))
		v.len--;
	return v;
}

/* A text's place, until it is known where all of them are: the buffer moves as
 * it grows, so that it is given its room at first. */
static enum cs_err
room(struct site_filing *f)
{
	return f->texts.len != 0
	    ? CS_OK
	    : cs_buf_reserve(&f->texts,
		  CS_FILING_TEXT_MAX * 2 +
		      (size_t)CS_FILING_PLACES * CS_FILING_PLACE_MAX +
		      (size_t)CS_FILING_FILES * CS_FILING_FILE_NAME_MAX);
}

static enum cs_err
keep(struct cs_view *out, struct site_filing *f, struct cs_view v)
{
	uint8_t *before = f->texts.data;
	size_t from = f->texts.len;
	enum cs_err err = cs_buf_add(&f->texts, v);

	if (err)
		return err;
	/* It would have moved: more than there may be. */
	if (f->texts.data != before)
		return CS_ERR_LIMIT;
	*out = cs_view(f->texts.data + from, v.len);
	return CS_OK;
}

enum cs_err
site_take_text(struct cs_view *out, struct site_filing *f, struct cs_view text)
{
	size_t n = 0;
	enum cs_err err = room(f);

	text = trimmed(text);
	if (err == CS_OK && text.len > CS_FILING_TEXT_MAX)
		err = CS_ERR_LIMIT;
	if (err == CS_OK)
		err = keep(out, f, text);
	if (err || text.len == 0)
		return err;
	/* Forms end lines with CR LF. */
	for (size_t i = 0; i < out->len; i++) {
		uint8_t *at = f->texts.data + f->texts.len - out->len;

		if (at[i] != '\r')
			at[n++] = at[i];
	}
	f->texts.len -= out->len - n;
	out->len = n;
	return CS_OK;
}

enum cs_err
site_take_place(struct site_filing *f, uint8_t kind, struct cs_view value)
{
	struct cs_filing_place *p = &f->body.places[f->body.n_places];
	enum cs_err err = room(f);

	if (err)
		return err;
	if (f->body.n_places == CS_FILING_PLACES ||
	    value.len > CS_FILING_PLACE_MAX)
		return CS_ERR_LIMIT;
	p->kind = kind;
	if ((err = keep(&p->value, f, value)) == CS_OK)
		f->body.n_places++;
	return err;
}

enum cs_err
site_take_hash(struct site_filing *f, struct cs_view hex, struct cs_view label)
{
	struct cs_filing_hash hash = { .label = label };
	char text[HEX_LEN + 1] = { 0 };

	if (hex.len != HEX_LEN || label.len > CS_FILING_LABEL_MAX)
		return CS_ERR_FORMAT;
	memcpy(text, hex.data, HEX_LEN);
	if (cs_unhex(hash.pdq, sizeof hash.pdq, text) != CS_OK)
		return CS_ERR_FORMAT;
	return cs_filing_hash_add(&f->hashes, &hash);
}

enum cs_err
site_take_file(struct site_filing *f, struct cs_view name, struct cs_view bytes)
{
	struct cs_filing_file *file = &f->body.files[f->body.n_files];
	enum cs_err err = room(f);

	if (err)
		return err;
	if (bytes.len == 0)
		return CS_OK;
	if (f->body.n_files == CS_FILING_FILES)
		return CS_ERR_LIMIT;
	if (name.len > CS_FILING_FILE_NAME_MAX)
		return CS_ERR_LIMIT;
	if ((err = keep(&file->name, f, name)))
		return err;
	file->bytes = bytes;
	f->body.n_files++;
	return CS_OK;
}

/* ---- lines --------------------------------------------------------------- */

enum cs_err
site_take_places(struct site_filing *f, struct cs_view lines, const char *hub)
{
	uint8_t kind;
	enum cs_err err = CS_OK;

	while (err == CS_OK && lines.len != 0) {
		const uint8_t *end = memchr(lines.data, '\n', lines.len);
		struct cs_view line = lines;

		if (end != NULL)
			line.len = (size_t)(end - lines.data);
		lines = end != NULL ? cs_view(end + 1, lines.len - line.len - 1)
				    : cs_view(NULL, 0);
		line = trimmed(line);
		if (line.len == 0)
			continue;
		kind = cs_filing_place_guess(line, hub);
		err = kind == 0 ? site_take_hash(f, line, cs_view(NULL, 0))
				: site_take_place(f, kind, line);
	}
	return err;
}
