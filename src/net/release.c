/* SPDX-License-Identifier: MIT */
#include "net/release.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/note.h"

#define FIRST_LINE "countersign-page 1"
#define VERSION_WORD "version "
#define HEX_LEN ((size_t)2 * CS_HASH_LEN)
#define SIZE_DIGITS_MAX 8

/* ---- paths and types ---------------------------------------------------- */

static bool
begins_with(struct cs_view v, const char *word)
{
	size_t n = strlen(word);

	return v.len >= n &&
	    cs_view_equal(cs_view(v.data, n), cs_view_str(word));
}

static bool
ends_with(struct cs_view v, const char *word)
{
	size_t n = strlen(word);

	return v.len >= n &&
	    cs_view_equal(cs_view(v.data + v.len - n, n), cs_view_str(word));
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool
cs_release_path_valid(struct cs_view path)
{
	/* What the hub answers itself. */
	static const char *const own[] = { "/ws", "/b/", "/release/", "/file/",
		"/i/", "/d/", "/g/" };

	if (path.len < 2 || path.len > CS_RELEASE_PATH_MAX ||
	    path.data[0] != '/')
		return false;
	for (size_t i = 0; i < path.len; i++) {
		bool begins = path.data[i] == '/';

		if (begins ? i + 1 == path.len || path.data[i + 1] == '/' ||
			    path.data[i + 1] == '.'
			   : !is_letter(path.data[i]))
			return false;
	}
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (begins_with(path, own[i]))
			return false;
	return true;
}

const char *
cs_release_type(struct cs_view path)
{
	static const struct {
		const char *end, *type;
	} all[] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".mjs", "text/javascript; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".json", "application/json" },
		{ ".webmanifest", "application/manifest+json" },
		{ ".wasm", "application/wasm" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".webp", "image/webp" },
		{ ".ico", "image/x-icon" },
		{ ".woff2", "font/woff2" },
		{ ".txt", "text/plain; charset=utf-8" },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (ends_with(path, all[i].end))
			return all[i].type;
	return "application/octet-stream";
}

static bool
is_version(struct cs_view v)
{
	if (v.len == 0 || v.len > CS_RELEASE_VERSION_MAX)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (!is_letter(v.data[i]) && v.data[i] != '+')
			return false;
	return true;
}

/* ---- reading ------------------------------------------------------------ */

/* The next line of ${v}, which moves on; false: there is no whole one. */
static bool
next_line(struct cs_view *line, struct cs_view *v)
{
	const uint8_t *end = v->len != 0 ? memchr(v->data, '\n', v->len) : NULL;

	if (end == NULL)
		return false;
	*line = cs_view(v->data, (size_t)(end - v->data));
	*v = cs_view(end + 1, v->len - line->len - 1);
	return true;
}

/* Small letters only, so that a manifest has one form. */
static bool
read_hash(uint8_t out[static CS_HASH_LEN], struct cs_view hex)
{
	char text[HEX_LEN + 1] = { 0 };

	for (size_t i = 0; i < HEX_LEN; i++)
		if (hex.data[i] >= 'A' && hex.data[i] <= 'F')
			return false;
	memcpy(text, hex.data, HEX_LEN);
	return cs_unhex(out, CS_HASH_LEN, text) == CS_OK;
}

/* A number without zeroes before it, up to a blank. */
static bool
read_size(size_t *out, struct cs_view *v)
{
	size_t i = 0;

	*out = 0;
	for (; i < v->len && i < SIZE_DIGITS_MAX && v->data[i] >= '0' &&
	     v->data[i] <= '9';
	     i++)
		*out = *out * 10 + (size_t)(v->data[i] - '0');
	if (i == 0 || i == v->len || v->data[i] != ' ' ||
	    (i > 1 && v->data[0] == '0'))
		return false;
	*v = cs_view(v->data + i + 1, v->len - i - 1);
	return true;
}

/* "HASH SIZE PATH"; the length stands in f->bytes.len. */
static enum cs_err
read_file_line(struct cs_release_file *f, struct cs_view line)
{
	size_t size;

	if (line.len < HEX_LEN + 1 || line.data[HEX_LEN] != ' ' ||
	    !read_hash(f->hash, line))
		return CS_ERR_FORMAT;
	line = cs_view(line.data + HEX_LEN + 1, line.len - HEX_LEN - 1);
	if (!read_size(&size, &line) || !cs_release_path_valid(line))
		return CS_ERR_FORMAT;
	if (size > CS_RELEASE_FILE_MAX)
		return CS_ERR_LIMIT;
	f->path = line;
	f->bytes = cs_view(NULL, size);
	return CS_OK;
}

static enum cs_err
read_manifest(struct cs_release *r, struct cs_view *rest)
{
	struct cs_view line;
	enum cs_err err;

	if (!next_line(&line, rest) ||
	    !cs_view_equal(line, cs_view_str(FIRST_LINE)) ||
	    !next_line(&line, rest) || !begins_with(line, VERSION_WORD))
		return CS_ERR_FORMAT;
	r->version = cs_view(
	    line.data + strlen(VERSION_WORD), line.len - strlen(VERSION_WORD));
	if (!is_version(r->version))
		return CS_ERR_FORMAT;
	for (;;) {
		struct cs_release_file *f = &r->files[r->n_files];

		if (!next_line(&line, rest))
			return CS_ERR_FORMAT;
		if (line.len == 0)
			break;
		if (r->n_files == CS_RELEASE_FILES_MAX)
			return CS_ERR_LIMIT;
		if ((err = read_file_line(f, line)))
			return err;
		if (r->n_files != 0 &&
		    cs_view_compare(f[-1].path, f->path) >= 0)
			return CS_ERR_FORMAT;
		r->n_files++;
	}
	/* Without the empty line. */
	r->manifest =
	    cs_view(r->pack.data, (size_t)(rest->data - r->pack.data) - 1);
	if (r->manifest.len > CS_RELEASE_MANIFEST_MAX)
		return CS_ERR_LIMIT;
	return cs_release_at(r, cs_view_str("/index.html")) != NULL
	    ? CS_OK
	    : CS_ERR_FORMAT;
}

/* Lines that sign, if there are any, up to an empty one. */
static enum cs_err
read_signatures(struct cs_release *r, struct cs_view *rest)
{
	struct cs_view line;

	r->note = r->manifest;
	for (int n = 0; n <= CS_NOTE_LINES_MAX; n++) {
		if (!next_line(&line, rest))
			return CS_ERR_FORMAT;
		if (line.len == 0)
			return CS_OK;
		if (!begins_with(line, CS_NOTE_DASH) ||
		    line.len >= CS_NOTE_LINE_SIZE || !cs_utf8_valid(line))
			return CS_ERR_FORMAT;
		r->note =
		    cs_view(r->pack.data, (size_t)(rest->data - r->pack.data));
	}
	return CS_ERR_LIMIT;
}

static enum cs_err
read_bytes(struct cs_release *r, struct cs_view rest)
{
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	for (size_t i = 0; i < r->n_files; i++) {
		struct cs_release_file *f = &r->files[i];

		if (f->bytes.len > rest.len)
			return CS_ERR_FORMAT;
		f->bytes = cs_view(rest.data, f->bytes.len);
		rest =
		    cs_view(rest.data + f->bytes.len, rest.len - f->bytes.len);
		if ((err = cs_sha256(hash, f->bytes)))
			return err;
		if (!cs_view_equal(CS_VIEW_OF(hash), CS_VIEW_OF(f->hash)))
			return CS_ERR_DIGEST;
	}
	return rest.len == 0 ? CS_OK : CS_ERR_FORMAT;
}

enum cs_err
cs_release_open(struct cs_release **out, struct cs_buf *pack)
{
	struct cs_release *r = cs_calloc(1, sizeof *r);
	struct cs_view rest;
	enum cs_err err;

	*out = NULL;
	if (r != NULL)
		r->files = cs_calloc(CS_RELEASE_FILES_MAX, sizeof *r->files);
	if (r == NULL || r->files == NULL) {
		cs_buf_free(pack);
		cs_free(r, sizeof *r);
		return CS_ERR_NOMEM;
	}
	r->users = 1;
	cs_buf_move(&r->pack, pack);
	rest = cs_buf_view(&r->pack);
	err = rest.len > CS_RELEASE_PACK_MAX ? CS_ERR_LIMIT
					     : read_manifest(r, &rest);
	if (err == CS_OK && (err = read_signatures(r, &rest)) == CS_OK &&
	    (err = read_bytes(r, rest)) == CS_OK)
		err = cs_sha256(r->hash, r->manifest);
	if (err)
		cs_release_drop(r);
	else
		*out = r;
	return err;
}

struct cs_release *
cs_release_use(struct cs_release *r)
{
	if (r != NULL)
		r->users++;
	return r;
}

void
cs_release_drop(struct cs_release *r)
{
	if (r == NULL || --r->users != 0)
		return;
	cs_free(r->files, CS_RELEASE_FILES_MAX * sizeof *r->files);
	cs_buf_free(&r->pack);
	cs_free(r, sizeof *r);
}

/* ---- writing ------------------------------------------------------------ */

enum cs_err
cs_release_manifest(struct cs_buf *out, struct cs_view version,
    const struct cs_release_file *files, size_t n)
{
	struct cs_writer w = cs_writer(out);
	bool index = false;

	if (n > CS_RELEASE_FILES_MAX)
		return CS_ERR_LIMIT;
	if (!is_version(version))
		return CS_ERR_FORMAT;
	cs_write_bytes(&w, cs_view_str(FIRST_LINE "\n" VERSION_WORD));
	cs_write_bytes(&w, version);
	cs_write_bytes(&w, cs_view_str("\n"));
	for (size_t i = 0; i < n; i++) {
		const struct cs_release_file *f = &files[i];
		char line[HEX_LEN + 32];
		uint8_t hash[CS_HASH_LEN];
		enum cs_err err;

		if (!cs_release_path_valid(f->path) ||
		    (i != 0 && cs_view_compare(f[-1].path, f->path) >= 0))
			return CS_ERR_FORMAT;
		if (f->bytes.len > CS_RELEASE_FILE_MAX)
			return CS_ERR_LIMIT;
		if ((err = cs_sha256(hash, f->bytes)))
			return err;
		index |= cs_view_equal(f->path, cs_view_str("/index.html"));
		cs_hex(line, CS_VIEW_OF(hash));
		snprintf(line + HEX_LEN, sizeof line - HEX_LEN, " %zu ",
		    f->bytes.len);
		cs_write_bytes(&w, cs_view_str(line));
		cs_write_bytes(&w, f->path);
		cs_write_bytes(&w, cs_view_str("\n"));
	}
	cs_write_bytes(&w, cs_view_str("\n"));
	return index ? cs_writer_end(&w) : CS_ERR_FORMAT;
}

/* ---- finding ------------------------------------------------------------ */

const struct cs_release_file *
cs_release_at(const struct cs_release *r, struct cs_view path)
{
	size_t from = 0, to = r->n_files;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = cs_view_compare(r->files[mid].path, path);

		if (order == 0)
			return &r->files[mid];
		if (order < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}

const struct cs_release_file *
cs_release_hashed(
    const struct cs_release *r, const uint8_t hash[static CS_HASH_LEN])
{
	for (size_t i = 0; i < r->n_files; i++)
		if (cs_view_equal(CS_VIEW_OF(r->files[i].hash),
			cs_view(hash, CS_HASH_LEN)))
			return &r->files[i];
	return NULL;
}
