/* SPDX-License-Identifier: MIT */
#include "tlog/tile.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "base/writer.h"

/* Groups of three digits of the highest number of a tile: 2^54 is 18014... */
#define GROUPS_MAX 6

/* ---- paths -------------------------------------------------------------- */

void
cs_tlog_tile_path(
    char out[static CS_TLOG_PATH_SIZE], const struct cs_tlog_tile *tile)
{
	unsigned groups[GROUPS_MAX + 1], n = 0;
	uint64_t left = tile->n;
	int at;

	assert(left <= CS_TLOG_SIZE_MAX / CS_TLOG_TILE_WIDTH);
	do
		groups[n++] = (unsigned)(left % 1000);
	while ((left /= 1000) != 0);
	at = tile->entries
	    ? snprintf(out, CS_TLOG_PATH_SIZE, "tile/entries")
	    : snprintf(out, CS_TLOG_PATH_SIZE, "tile/%u", tile->level);
	while (n-- != 0)
		at += snprintf(out + at, CS_TLOG_PATH_SIZE - (size_t)at,
		    n != 0 ? "/x%03u" : "/%03u", groups[n]);
	if (tile->width != CS_TLOG_TILE_WIDTH)
		snprintf(out + at, CS_TLOG_PATH_SIZE - (size_t)at, ".p/%u",
		    tile->width);
}

/* Take ${word} off the front of ${v}. */
static bool
take(struct cs_view *v, const char *word)
{
	size_t n = strlen(word);

	if (v->len < n ||
	    !cs_view_equal(cs_view(v->data, n), cs_view_str(word)))
		return false;
	*v = cs_view(v->data + n, v->len - n);
	return true;
}

/* Take ${n} digits off the front of ${v} and append them to ${number}. */
static bool
take_digits(uint64_t *number, struct cs_view *v, size_t n)
{
	if (v->len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (v->data[i] < '0' || v->data[i] > '9')
			return false;
		*number = *number * 10 + (uint64_t)(v->data[i] - '0');
	}
	*v = cs_view(v->data + n, v->len - n);
	return true;
}

/* What cs_tlog_tile_path() writes is compared at the end, so that nothing but
 * the one spelling passes. */
enum cs_err
cs_tlog_tile_parse(struct cs_tlog_tile *out, struct cs_view path)
{
	struct cs_view v = path;
	uint64_t level = 0, n = 0, width = 0;
	bool entries = take(&v, "tile/entries/");
	char again[CS_TLOG_PATH_SIZE];
	unsigned groups = 1;

	if (!entries) {
		if (!take(&v, "tile/") || !take_digits(&level, &v, 1))
			return CS_ERR_FORMAT;
		if (!take(&v, "/") &&
		    !(take_digits(&level, &v, 1) && take(&v, "/")))
			return CS_ERR_FORMAT;
	}
	for (; take(&v, "x"); groups++)
		if (groups == GROUPS_MAX || !take_digits(&n, &v, 3) ||
		    !take(&v, "/"))
			return CS_ERR_FORMAT;
	if (!take_digits(&n, &v, 3))
		return CS_ERR_FORMAT;
	if (v.len == 0)
		width = CS_TLOG_TILE_WIDTH;
	else if (!take(&v, ".p/") || v.len > 3 ||
	    !take_digits(&width, &v, v.len) || width == 0 ||
	    width >= CS_TLOG_TILE_WIDTH)
		return CS_ERR_FORMAT;
	if (level > 63)
		return CS_ERR_FORMAT;
	if (level >= CS_TLOG_LEVELS ||
	    n > CS_TLOG_SIZE_MAX / CS_TLOG_TILE_WIDTH ||
	    n * CS_TLOG_TILE_WIDTH + width > CS_TLOG_SIZE_MAX >>
		(CS_TLOG_TILE_HEIGHT * level))
		return CS_ERR_LIMIT;
	*out = (struct cs_tlog_tile){ entries, (unsigned)level, n,
		(unsigned)width };
	cs_tlog_tile_path(again, out);
	return cs_view_equal(path, cs_view_str(again)) ? CS_OK : CS_ERR_FORMAT;
}

/* ---- coordinates -------------------------------------------------------- */

unsigned
cs_tlog_tile_width(unsigned level, uint64_t n, uint64_t size)
{
	uint64_t nodes, before = n * CS_TLOG_TILE_WIDTH;

	if (level >= CS_TLOG_LEVELS || size > CS_TLOG_SIZE_MAX ||
	    n > CS_TLOG_SIZE_MAX / CS_TLOG_TILE_WIDTH)
		return 0;
	nodes = size >> (CS_TLOG_TILE_HEIGHT * level);
	if (nodes <= before)
		return 0;
	return nodes - before < CS_TLOG_TILE_WIDTH ? (unsigned)(nodes - before)
						   : CS_TLOG_TILE_WIDTH;
}

enum cs_err
cs_tlog_tile_of_node(struct cs_tlog_tile *out, unsigned *first, unsigned *count,
    unsigned level, uint64_t index, uint64_t size)
{
	unsigned above = level % CS_TLOG_TILE_HEIGHT;

	if (size > CS_TLOG_SIZE_MAX || level > 62 || index >= size >> level)
		return CS_ERR_NOT_FOUND;
	index <<= above;
	*first = (unsigned)(index % CS_TLOG_TILE_WIDTH);
	*count = 1u << above;
	*out = (struct cs_tlog_tile){ .level = level / CS_TLOG_TILE_HEIGHT,
		.n = index / CS_TLOG_TILE_WIDTH };
	out->width = cs_tlog_tile_width(out->level, out->n, size);
	return CS_OK;
}

/* ---- entries ------------------------------------------------------------ */

enum cs_err
cs_tlog_bundle_add(struct cs_buf *bundle, struct cs_view entry)
{
	struct cs_writer w = cs_writer(bundle);

	if (entry.len > CS_TLOG_ENTRY_MAX)
		return CS_ERR_LIMIT;
	cs_write_u16(&w, (uint16_t)entry.len);
	cs_write_bytes(&w, entry);
	return cs_writer_end(&w);
}

enum cs_err
cs_tlog_bundle_next(struct cs_view *entry, struct cs_view *bundle)
{
	struct cs_reader r = cs_reader(*bundle);

	if (bundle->len == 0)
		return CS_ERR_NOT_FOUND;
	*entry = cs_read_bytes(&r, cs_read_u16(&r));
	if (r.err)
		return CS_ERR_FORMAT;
	*bundle = cs_view(r.data, r.left);
	return CS_OK;
}

/* ---- nodes out of tiles ------------------------------------------------- */

static enum cs_err
keep(struct cs_tlog_tiles *t, const struct cs_tlog_tile *tile)
{
	struct cs_buf bytes = { .max = CS_TLOG_TILE_BYTES };
	size_t n = (size_t)tile->width * CS_HASH_LEN;
	enum cs_err err = t->fetch(t->arg, &bytes, tile);

	if (err == CS_OK && bytes.len != n)
		err = CS_ERR_FORMAT;
	if (err == CS_OK) {
		memcpy(t->kept[tile->level].hashes, bytes.data, n);
		t->kept[tile->level].tile = *tile;
	}
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
cs_tlog_tiles_node(
    void *tiles, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	struct cs_tlog_tiles *t = tiles;
	const struct cs_tlog_tile *kept;
	struct cs_tlog_tile tile;
	unsigned first, count;
	enum cs_err err;

	if ((err = cs_tlog_tile_of_node(
		 &tile, &first, &count, level, index, t->size)))
		return err;
	kept = &t->kept[tile.level].tile;
	if ((kept->n != tile.n || kept->width != tile.width) &&
	    (err = keep(t, &tile)))
		return err;
	return cs_tlog_fold(out, t->kept[tile.level].hashes + first, count);
}
