/* SPDX-License-Identifier: MIT */
#include "programs/verify/log_source.h"
#include "net/authorities.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/tls_public.h"
#include "store/file.h"

#define TIMEOUT_MS 20000
#define TRIES 3 /* a line that breaks is no fault of the log's */

static bool
is_url(const char *prefix)
{
	return strncmp(prefix, "https://", 8) == 0 ||
	    strncmp(prefix, "http://", 7) == 0;
}

/* ${s->prefix} and ${path}, parsed; the text is ${url}. */
static enum cs_err
place(struct cs_net_endpoint *out, char *url, size_t size,
    const struct log_source *s, const char *path)
{
	enum cs_err err;

	if (snprintf(url, size, "%.*s/%s", (int)s->prefix_len, s->prefix,
		path) >= (int)size)
		return CS_ERR_LIMIT;
	if ((err = cs_net_url_parse(out, cs_view_str(url))))
		return err;
	/* What is read over a line that others can change proves what it
	 * proves; but who watches it learns what is looked for. */
	return out->plain && strcmp(out->host, "127.0.0.1") != 0 ? CS_ERR_FORMAT
								 : CS_OK;
}

static enum cs_err
read_authorities(struct log_source *s, const char *path)
{
	enum cs_err err = cs_net_authorities(&s->ssl_ctx, path);

	return err == CS_OK || err == CS_ERR_NOMEM ? err : CS_ERR_NOT_FOUND;
}

enum cs_err
log_source_open(
    struct log_source *out, const char *prefix, const char *authorities)
{
	struct cs_net_endpoint to;
	char url[CS_NET_ENDPOINT_MAX + 1];
	enum cs_err err;

	*out = (struct log_source){ .prefix = prefix,
		.prefix_len = strlen(prefix),
		.far = is_url(prefix) };
	if (!out->far)
		return CS_OK;
	while (out->prefix_len != 0 && prefix[out->prefix_len - 1] == '/')
		out->prefix_len--;
	if ((err = place(&to, url, sizeof url, out, "checkpoint")))
		return err;
	return to.plain ? CS_OK : read_authorities(out, authorities);
}

void
log_source_close(struct log_source *s)
{
	cs_net_kept_close(&s->kept);
	cs_tls_public_free(s->ssl_ctx);
	s->ssl_ctx = NULL;
}

/* ---- reading ------------------------------------------------------------ */

static enum cs_err
get(struct log_source *s, struct cs_buf *out, const char *path)
{
	struct cs_net_endpoint to;
	char url[CS_NET_ENDPOINT_MAX + 1];
	struct cs_net_post p = {
		.ssl_ctx = s->ssl_ctx,
		.to = &to,
		.timeout_ms = TIMEOUT_MS,
		.answer = out,
		.kept = &s->kept,
	};
	enum cs_err err = place(&to, url, sizeof url, s, path);

	for (int i = 0; err == CS_OK && i < TRIES; i++) {
		cs_buf_reset(out);
		err = cs_net_get(&p);
		if (err == CS_OK && p.status >= 500)
			err = CS_ERR_CLOSED;
		if (err != CS_ERR_CLOSED && err != CS_ERR_TIMEOUT)
			break;
		if (i < TRIES - 1)
			err = CS_OK;
	}
	return err == CS_OK && p.status != 200 ? CS_ERR_NOT_FOUND : err;
}

static enum cs_err
read_near(
    struct log_source *s, struct cs_buf *out, const char *path, size_t max)
{
	char *full = cs_path_join(s->prefix, path);
	enum cs_err err =
	    full != NULL ? cs_file_read(out, full, max) : CS_ERR_NOMEM;

	cs_free_plain(full);
	return err;
}

enum cs_err
log_source_read(
    struct log_source *s, struct cs_buf *out, const char *path, size_t max)
{
	struct cs_buf file = { .max = max };
	enum cs_err err =
	    s->far ? get(s, &file, path) : read_near(s, &file, path, max);

	if (err == CS_OK)
		err = cs_buf_add(out, cs_buf_view(&file));
	cs_buf_free(&file);
	if (err)
		snprintf(s->missing, sizeof s->missing, "%s", path);
	return err;
}

/* How long the first ${n} hashes or entries of ${content} are. */
static enum cs_err
length_of(size_t *out, struct cs_view content, const struct cs_tlog_tile *tile)
{
	struct cs_view left = content, entry;

	*out = (size_t)tile->width * CS_HASH_LEN;
	if (!tile->entries)
		return content.len >= *out ? CS_OK : CS_ERR_CORRUPT;
	for (unsigned i = 0; i < tile->width; i++)
		if (cs_tlog_bundle_next(&entry, &left) != CS_OK)
			return CS_ERR_CORRUPT;
	*out = content.len - left.len;
	return CS_OK;
}

static enum cs_err
read_tile(
    struct log_source *s, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	char path[CS_TLOG_PATH_SIZE];

	cs_tlog_tile_path(path, tile);
	return log_source_read(s, out, path,
	    tile->entries ? CS_TLOG_BUNDLE_MAX : CS_TLOG_TILE_BYTES);
}

enum cs_err
log_source_fetch(
    void *source, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	struct log_source *s = source;
	struct cs_tlog_tile there = *tile;
	struct cs_buf file = { 0 };
	size_t n;
	enum cs_err err = read_tile(s, &file, &there);

	/* C2SP tlog-tiles, "Partial Tiles". */
	if (err == CS_ERR_NOT_FOUND && tile->width != CS_TLOG_TILE_WIDTH) {
		there.width = CS_TLOG_TILE_WIDTH;
		err = read_tile(s, &file, &there);
	}
	if (err == CS_OK &&
	    ((err = length_of(&n, cs_buf_view(&file), tile)) ||
		(there.width == tile->width && file.len != n))) {
		cs_tlog_tile_path(s->missing, &there);
		err = CS_ERR_CORRUPT;
	}
	if (err == CS_OK)
		err = cs_buf_add(out, cs_view(file.data, n));
	cs_buf_free(&file);
	return err == CS_ERR_LIMIT ? CS_ERR_CORRUPT : err;
}
