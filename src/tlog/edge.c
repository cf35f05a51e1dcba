/* SPDX-License-Identifier: MIT */
#include "tlog/edge.h"

#include <string.h>

#include "base/alloc.h"

/* ---- files -------------------------------------------------------------- */

void
cs_tlog_files_clear(struct cs_tlog_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		cs_buf_free(&files->list[i].content);
	cs_free_plain(files->list);
	*files = (struct cs_tlog_files){ 0 };
}

static enum cs_err
add_file(struct cs_tlog_files *files, const struct cs_tlog_tile *tile,
    struct cs_view content)
{
	struct cs_tlog_file *file;

	if (files->n == files->room) {
		size_t room = files->room != 0 ? 2 * files->room : 16;
		void *more = cs_grow(
		    files->list, files->room, room, sizeof *files->list);

		if (more == NULL)
			return CS_ERR_NOMEM;
		files->list = more;
		files->room = room;
	}
	file = &files->list[files->n++];
	file->tile = *tile;
	return cs_buf_set(&file->content, content);
}

/* The tile of ${level} that grows, and for level 0 its entries. */
static enum cs_err
add_level(const struct cs_tlog_edge *e, struct cs_tlog_files *files,
    unsigned level, uint64_t n)
{
	unsigned width = e->levels[level].n;
	const struct cs_tlog_tile tile = { false, level, n, width },
				  bundle = { true, 0, n, width };
	enum cs_err err = add_file(files, &tile,
	    cs_view(e->levels[level].hashes, (size_t)width * CS_HASH_LEN));

	if (err || level != 0)
		return err;
	return add_file(files, &bundle, cs_buf_view(&e->bundle));
}

/* ---- growing ------------------------------------------------------------ */

enum cs_err
cs_tlog_edge_copy(struct cs_tlog_edge *out, const struct cs_tlog_edge *from)
{
	struct cs_buf bundle = out->bundle;
	enum cs_err err = cs_buf_set(&bundle, cs_buf_view(&from->bundle));

	*out = *from;
	out->bundle = bundle;
	for (unsigned level = 0; level < CS_TLOG_LEVELS; level++)
		out->levels[level].touched = false;
	return err;
}

void
cs_tlog_edge_clear(struct cs_tlog_edge *e)
{
	cs_buf_free(&e->bundle);
	*e = (struct cs_tlog_edge){ 0 };
}

/* The tile of ${level} is full: it becomes one hash of the level above. */
static enum cs_err
carry(struct cs_tlog_edge *e, struct cs_tlog_files *files, unsigned level)
{
	unsigned shift = CS_TLOG_TILE_HEIGHT * (level + 1);
	struct cs_tlog_hash *up =
	    &e->levels[level + 1].hashes[e->levels[level + 1].n];
	enum cs_err err;

	if ((err = add_level(e, files, level, (e->size >> shift) - 1)) ||
	    (err = cs_tlog_fold(
		 up, e->levels[level].hashes, CS_TLOG_TILE_WIDTH)))
		return err;
	e->levels[level].n = 0;
	e->levels[level + 1].n++;
	e->levels[level + 1].touched = true;
	if (level == 0)
		cs_buf_reset(&e->bundle);
	return CS_OK;
}

enum cs_err
cs_tlog_edge_add(
    struct cs_tlog_edge *e, struct cs_tlog_files *files, struct cs_view entry)
{
	enum cs_err err;

	if (e->size == CS_TLOG_SIZE_MAX)
		return CS_ERR_LIMIT;
	if ((err = cs_tlog_bundle_add(&e->bundle, entry)) ||
	    (err = cs_tlog_leaf_hash(
		 &e->levels[0].hashes[e->levels[0].n], entry)))
		return err;
	e->levels[0].n++;
	e->levels[0].touched = true;
	e->size++;
	/* The highest level has 64 hashes at most, so it is never full. */
	for (unsigned level = 0; e->levels[level].n == CS_TLOG_TILE_WIDTH;
	     level++)
		if ((err = carry(e, files, level)))
			return err;
	return CS_OK;
}

enum cs_err
cs_tlog_edge_rest(const struct cs_tlog_edge *e, struct cs_tlog_files *files)
{
	for (unsigned level = 0; level < CS_TLOG_LEVELS; level++) {
		/* The next one of this level. */
		uint64_t n = (e->size >> (CS_TLOG_TILE_HEIGHT * level)) /
		    CS_TLOG_TILE_WIDTH;
		enum cs_err err;

		if (e->levels[level].touched && e->levels[level].n != 0 &&
		    (err = add_level(e, files, level, n)))
			return err;
	}
	return CS_OK;
}

/* What a root is made of lies in the tiles that grow. */
static enum cs_err
edge_node(void *arg, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	const struct cs_tlog_edge *e = *(const struct cs_tlog_edge **)arg;
	struct cs_tlog_tile tile;
	unsigned first, count;
	enum cs_err err;

	if ((err = cs_tlog_tile_of_node(
		 &tile, &first, &count, level, index, e->size)))
		return err;
	if (tile.width != e->levels[tile.level].n)
		return CS_ERR_MISUSE;
	return cs_tlog_fold(out, e->levels[tile.level].hashes + first, count);
}

enum cs_err
cs_tlog_edge_root(struct cs_tlog_hash *out, const struct cs_tlog_edge *e)
{
	return cs_tlog_root(out, e->size, edge_node, &e);
}

/* ---- loading ------------------------------------------------------------ */

static enum cs_err
load_level(struct cs_tlog_edge *e, unsigned level, cs_tlog_fetch_tile *fetch,
    void *arg)
{
	uint64_t nodes = e->size >> (CS_TLOG_TILE_HEIGHT * level);
	struct cs_tlog_tile tile = { false, level, nodes / CS_TLOG_TILE_WIDTH,
		(unsigned)(nodes % CS_TLOG_TILE_WIDTH) };
	size_t n = (size_t)tile.width * CS_HASH_LEN;
	struct cs_buf bytes = { 0 };
	enum cs_err err = CS_OK;

	if (tile.width == 0)
		return CS_OK;
	if ((err = fetch(arg, &bytes, &tile)))
		goto out;
	if (bytes.len != n) {
		err = CS_ERR_CORRUPT;
		goto out;
	}
	memcpy(e->levels[level].hashes, bytes.data, n);
	e->levels[level].n = tile.width;
	tile.entries = true;
	if (level == 0)
		err = fetch(arg, &e->bundle, &tile);
out:
	cs_buf_free(&bytes);
	return err;
}

/* Are the entries those of the hashes? */
static enum cs_err
check_bundle(const struct cs_tlog_edge *e)
{
	struct cs_view left = cs_buf_view(&e->bundle), entry;
	struct cs_tlog_hash leaf;
	enum cs_err err;

	for (unsigned i = 0; i < e->levels[0].n; i++) {
		if (cs_tlog_bundle_next(&entry, &left) != CS_OK)
			return CS_ERR_CORRUPT;
		if ((err = cs_tlog_leaf_hash(&leaf, entry)))
			return err;
		if (!cs_tlog_hash_equal(&leaf, &e->levels[0].hashes[i]))
			return CS_ERR_CORRUPT;
	}
	return left.len == 0 ? CS_OK : CS_ERR_CORRUPT;
}

enum cs_err
cs_tlog_edge_load(struct cs_tlog_edge *out, uint64_t size,
    cs_tlog_fetch_tile *fetch, void *arg)
{
	enum cs_err err = CS_OK;

	cs_tlog_edge_clear(out);
	out->size = size;
	for (unsigned level = 0; err == CS_OK && level < CS_TLOG_LEVELS;
	     level++)
		err = load_level(out, level, fetch, arg);
	if (err == CS_OK)
		err = check_bundle(out);
	/* The checkpoint says that they are there. */
	return err == CS_ERR_NOT_FOUND ? CS_ERR_CORRUPT : err;
}
