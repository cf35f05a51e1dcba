/* SPDX-License-Identifier: MIT */
/*
 * Tiles and entry bundles (C2SP tlog-tiles): the tree as files that never
 * change.
 *
 *	tile/L/N[.p/W]		 256 hashes of nodes at level 8 * L, or W
 *	tile/entries/N[.p/W]	 256 entries, or W, each as u16 length | bytes
 *
 * N is in groups of three digits, all but the last with an x before it.
 */
#pragma once

#include "tlog/tree.h"

/* Nodes of a full tile, and entries of a full bundle. */
#define CS_TLOG_TILE_WIDTH 256
#define CS_TLOG_TILE_HEIGHT 8
#define CS_TLOG_TILE_BYTES (CS_TLOG_TILE_WIDTH * CS_HASH_LEN)
/* Of tiles that a log of CS_TLOG_SIZE_MAX has. */
#define CS_TLOG_LEVELS 8
/* What an entry's length is written in holds no more. */
#define CS_TLOG_ENTRY_MAX 65535
#define CS_TLOG_BUNDLE_MAX                                                     \
	((size_t)CS_TLOG_TILE_WIDTH * (2 + CS_TLOG_ENTRY_MAX))
/* The longest path, and a zero. */
#define CS_TLOG_PATH_SIZE 64

/* Which file. */
struct cs_tlog_tile {
	bool entries;   /* a bundle of entries; then level is 0 */
	unsigned level; /* below CS_TLOG_LEVELS */
	uint64_t n;
	unsigned width; /* 1 to CS_TLOG_TILE_WIDTH, which is a full one */
};

/* C2SP tlog-tiles, "Merkle Tree" and "Log entries": the path of ${tile}, below
 * the log's prefix and without a slash before it. */
void cs_tlog_tile_path(
    char out[static CS_TLOG_PATH_SIZE], const struct cs_tlog_tile *tile);

/* The way back.  CS_ERR_FORMAT: it is no such path, or there is another for the
 * same tile; CS_ERR_LIMIT: no log has such a tile. */
CS_CHECKED enum cs_err cs_tlog_tile_parse(
    struct cs_tlog_tile *out, struct cs_view path);

/* C2SP tlog-tiles, "Partial Tiles": how wide the tile ${n} of ${level} is in a
 * tree of ${size}; 0: it has none. */
unsigned cs_tlog_tile_width(unsigned level, uint64_t n, uint64_t size);

/*
 * The tile of a tree of ${size} that tells the node of ${index} at ${level}:
 * that is the fold of ${*count} hashes from ${*first} on.  CS_ERR_NOT_FOUND:
 * the tree has no such node.
 */
CS_CHECKED enum cs_err cs_tlog_tile_of_node(struct cs_tlog_tile *out,
    unsigned *first, unsigned *count, unsigned level, uint64_t index,
    uint64_t size);

/* Append ${entry} to a bundle.  CS_ERR_LIMIT: it is longer than
 * CS_TLOG_ENTRY_MAX. */
CS_CHECKED enum cs_err cs_tlog_bundle_add(
    struct cs_buf *bundle, struct cs_view entry);

/* Take the first entry off ${bundle}, a view into it.  CS_ERR_NOT_FOUND: it was
 * empty; CS_ERR_FORMAT: it ends within an entry. */
CS_CHECKED enum cs_err cs_tlog_bundle_next(
    struct cs_view *entry, struct cs_view *bundle);

/*
 * Nodes out of tiles, for cs_tlog_root() and the proofs.  The last tile of each
 * level is kept, so neighbours cost nothing.  Set size, fetch and arg; the rest
 * is zero.
 */
typedef enum cs_err cs_tlog_fetch_tile(
    void *arg, struct cs_buf *out, const struct cs_tlog_tile *tile);
struct cs_tlog_tiles {
	uint64_t size; /* of a checkpoint */
	cs_tlog_fetch_tile *fetch;
	void *arg;
	struct {
		struct cs_tlog_tile tile; /* width 0: none */
		struct cs_tlog_hash hashes[CS_TLOG_TILE_WIDTH];
	} kept[CS_TLOG_LEVELS];
};

/* A cs_tlog_read_node of ${tiles}, a struct cs_tlog_tiles.  CS_ERR_FORMAT: what
 * was fetched is not as long as that tile; what fetch says. */
CS_CHECKED enum cs_err cs_tlog_tiles_node(
    void *tiles, struct cs_tlog_hash *out, unsigned level, uint64_t index);
