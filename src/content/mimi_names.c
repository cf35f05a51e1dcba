/* SPDX-License-Identifier: MIT */
#include "content/mimi_names.h"

#include <string.h>

#include "base/text.h"
#include "base/writer.h"

/* ---- people and rooms -------------------------------------------------- */

static enum cs_err
write_uri(
    struct cs_buf *out, const char *hub, const char *kind, struct cs_view name)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view_str("mimi://"));
	cs_write_bytes(&w, cs_view_str(hub));
	cs_write_bytes(&w, cs_view_str(kind));
	cs_write_bytes(&w, name);
	return cs_writer_end(&w);
}

enum cs_err
cs_mimi_user_uri(struct cs_buf *out, const char *hub, struct cs_view handle)
{
	return write_uri(out, hub, "/u/", handle);
}

enum cs_err
cs_mimi_room_uri(
    struct cs_buf *out, const char *hub, const uint8_t group_ref[static 32])
{
	char hex[65];

	cs_hex(hex, cs_view(group_ref, 32));
	return write_uri(out, hub, "/r/", cs_view_str(hex));
}

/* The host of a uri of ours, and what comes behind it. */
static bool
split_uri(struct cs_view uri, struct cs_view *host, struct cs_view *rest)
{
	const uint8_t *slash;

	if (uri.len < 7 || memcmp(uri.data, "mimi://", 7) != 0)
		return false;
	slash = memchr(uri.data + 7, '/', uri.len - 7);
	if (slash == NULL || slash == uri.data + 7)
		return false;
	*host = cs_view(uri.data + 7, (size_t)(slash - uri.data) - 7);
	*rest = cs_view(slash, uri.len - (size_t)(slash - uri.data));
	return true;
}

static bool
names(struct cs_view uri, const char *kind, struct cs_view name)
{
	struct cs_view host, rest;

	return split_uri(uri, &host, &rest) && rest.len == 3 + name.len &&
	    memcmp(rest.data, kind, 3) == 0 &&
	    cs_view_equal(cs_view(rest.data + 3, name.len), name);
}

bool
cs_mimi_user_uri_names(struct cs_view uri, struct cs_view handle)
{
	return names(uri, "/u/", handle);
}

bool
cs_mimi_room_uri_names(struct cs_view uri, const uint8_t group_ref[static 32])
{
	char hex[65];

	cs_hex(hex, cs_view(group_ref, 32));
	return names(uri, "/r/", cs_view_str(hex));
}

struct cs_view
cs_mimi_user_of(struct cs_view uri)
{
	struct cs_view host, rest;

	if (!split_uri(uri, &host, &rest) || rest.len < 4 ||
	    memcmp(rest.data, "/u/", 3) != 0)
		return cs_view("", 0);
	return cs_view(rest.data + 3, rest.len - 3);
}

/* Can ${c} stand in the middle of a handle?  A dot ends a sentence, too. */
static bool
goes_on(const uint8_t *p, size_t left)
{
	if (left == 0)
		return false;
	if (*p == '.')
		return left > 1 && p[1] != '.' && goes_on(p + 1, left - 1);
	return (*p | 0x20) >= 'a' && (*p | 0x20) <= 'z' ? true
	    : *p >= '0' && *p <= '9'                    ? true
				     : *p == '_' || *p == '-';
}

static bool
same_letters(const uint8_t *p, struct cs_view handle)
{
	for (size_t i = 0; i < handle.len; i++) {
		uint8_t c = p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c | 0x20);
		if (c != handle.data[i])
			return false;
	}
	return true;
}

bool
cs_mimi_mentions(struct cs_view text, struct cs_view handle)
{
	for (size_t i = 0; i + 1 + handle.len <= text.len; i++) {
		size_t after = i + 1 + handle.len;

		if (text.data[i] == '@' &&
		    (i == 0 || !goes_on(text.data + i - 1, 1)) &&
		    same_letters(text.data + i + 1, handle) &&
		    !goes_on(text.data + after, text.len - after))
			return handle.len != 0;
	}
	return false;
}

bool
cs_mimi_same_hub(struct cs_view a, struct cs_view b)
{
	struct cs_view host_a, host_b, rest;

	return split_uri(a, &host_a, &rest) && split_uri(b, &host_b, &rest) &&
	    cs_view_equal(host_a, host_b);
}

/* ---- files ------------------------------------------------------------- */

/* U+202A-202E, U+2066-2069, U+200E/F, U+061C and line separators. */
static bool
turns_writing(const uint8_t *p, size_t left)
{
	if (left >= 3 && p[0] == 0xe2 && p[1] == 0x80 &&
	    (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae)))
		return true;
	if (left >= 3 && p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 &&
	    p[2] <= 0xa9)
		return true;
	return left >= 2 && p[0] == 0xd8 && p[1] == 0x9c;
}

void
cs_mimi_filename(char *out, struct cs_view name)
{
	size_t n = 0;

	for (size_t i = 0; i < name.len && n < CS_MIMI_FILENAME_MAX; i++) {
		uint8_t c = name.data[i];

		if (turns_writing(name.data + i, name.len - i)) {
			i += c == 0xe2 ? 2 : 1;
			continue;
		}
		if (c < 0x20 || c == 0x7f || c == '/' || c == '\\' ||
		    (c == '.' && n == 0) ||
		    (c == 0xc2 && i + 1 < name.len && name.data[i + 1] < 0xa0))
			c = '_';
		out[n++] = (char)c;
	}
	/* A cut in the middle of a character leaves nothing of it. */
	while (n > 0 && !cs_utf8_valid(cs_view(out, n)))
		n--;
	out[n] = '\0';
	if (n == 0)
		strcpy(out, "file");
}

/* ---- blobs -------------------------------------------------------------- */

#define BLOB_TAIL_LEN (3 + 32) /* "/b/" and the id */

enum cs_err
cs_mimi_blob_url(
    struct cs_buf *out, const char *hub, const uint8_t blob[static 16])
{
	char hex[33];
	enum cs_err err;

	cs_hex(hex, cs_view(blob, 16));
	if ((err = cs_buf_add(out, cs_view_str("https://"))) ||
	    (err = cs_buf_add(out, cs_view_str(hub))) ||
	    (err = cs_buf_add(out, cs_view_str("/b/"))))
		return err;
	return cs_buf_add(out, cs_view_str(hex));
}

enum cs_err
cs_mimi_blob(uint8_t blob[static 16], const struct cs_mimi_external *part)
{
	const uint8_t *tail;
	char hex[33];

	if (part->url.len < BLOB_TAIL_LEN)
		return CS_ERR_FORMAT;
	tail = part->url.data + part->url.len - BLOB_TAIL_LEN;
	if (memcmp(tail, "/b/", 3) != 0)
		return CS_ERR_FORMAT;
	memcpy(hex, tail + 3, 32);
	hex[32] = '\0';
	return cs_unhex(blob, 16, hex);
}
