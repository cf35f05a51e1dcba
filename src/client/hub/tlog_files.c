/* SPDX-License-Identifier: MIT */
#include "client/hub/tlog_files.h"

#include <stdio.h>

#include "client/home/client.h"
#include "client/home/problem.h"
#include "net/client_http.h"
#include "tlog/checkpoint.h"

#define PREFIX "/log/"

struct taking {
	struct cs_buf *out;
	size_t max;
};

static enum cs_err
take(void *arg, uint8_t *bytes, size_t n)
{
	struct taking *t = arg;

	if (n > t->max - t->out->len)
		return CS_ERR_LIMIT;
	return cs_buf_add(t->out, cs_view(bytes, n));
}

static enum cs_err
get(struct cs_buf *out, struct client_tlog_files *f, const char *name,
    size_t max)
{
	struct taking taking = { out, max };
	char path[sizeof PREFIX + CS_TLOG_PATH_SIZE];
	struct cs_net_transfer t = {
		.path = path,
		.token = "",
		.total = max,
		.move = take,
		.arg = &taking,
	};
	enum cs_err err = client_need_hub(f->c);

	if (err || (err = client_may_wait(f->c)))
		return err;
	if (f->n++ == CLIENT_TLOG_FILES_MAX)
		return CS_ERR_LIMIT;
	cs_buf_reset(out);
	snprintf(path, sizeof path, PREFIX "%s", name);
	if ((err = cs_net_client_get(f->c->link.session.net, &t)))
		return err;
	return t.status == 200 ? CS_OK
	    : t.status == 404  ? CS_ERR_NOT_FOUND
			       : CS_ERR_CLOSED;
}

enum cs_err
client_tlog_note_get(struct cs_buf *out, struct client_tlog_files *f)
{
	return get(out, f, "checkpoint", CS_TLOG_NOTE_MAX);
}

static enum cs_err
get_tile(struct cs_buf *out, struct client_tlog_files *f,
    const struct cs_tlog_tile *tile)
{
	char name[CS_TLOG_PATH_SIZE];

	cs_tlog_tile_path(name, tile);
	return get(out, f, name,
	    tile->entries ? CS_TLOG_BUNDLE_MAX : CS_TLOG_TILE_BYTES);
}

enum cs_err
client_tlog_tile_get(
    void *files, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	struct cs_tlog_tile full = *tile;
	size_t part = (size_t)tile->width * CS_HASH_LEN;
	enum cs_err err = get_tile(out, files, tile);

	if (err != CS_ERR_NOT_FOUND || tile->width == CS_TLOG_TILE_WIDTH)
		return err;
	full.width = CS_TLOG_TILE_WIDTH;
	if ((err = get_tile(out, files, &full)))
		return err;
	if (!tile->entries && out->len == CS_TLOG_TILE_BYTES)
		out->len = part;
	return CS_OK;
}
