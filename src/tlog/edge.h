/* SPDX-License-Identifier: MIT */
/* The right edge of a tree of tiles, which is all that it takes to grow. */
#pragma once

#include "tlog/tile.h"

struct cs_tlog_edge {
	uint64_t size;
	/* The tile of each level that is not full. */
	struct {
		struct cs_tlog_hash hashes[CS_TLOG_TILE_WIDTH];
		unsigned n;
		bool touched; /* by what was added */
	} levels[CS_TLOG_LEVELS];
	struct cs_buf bundle; /* and its entries */
};

/* Files that are to be written. */
struct cs_tlog_files {
	struct cs_tlog_file {
		struct cs_tlog_tile tile;
		struct cs_buf content;
	} * list;
	size_t n, room;
};
void cs_tlog_files_clear(struct cs_tlog_files *files);

/* A copy of ${from} in ${out}, which is empty or one before; nothing of it is
 * touched. */
CS_CHECKED enum cs_err cs_tlog_edge_copy(
    struct cs_tlog_edge *out, const struct cs_tlog_edge *from);
void cs_tlog_edge_clear(struct cs_tlog_edge *e);

/* Add an entry; what became full goes to ${files}.  CS_ERR_LIMIT: the entry is
 * too long, or the tree too large. */
CS_CHECKED enum cs_err cs_tlog_edge_add(
    struct cs_tlog_edge *e, struct cs_tlog_files *files, struct cs_view entry);

/* Put the tiles that are not full, and were touched, to ${files}. */
CS_CHECKED enum cs_err cs_tlog_edge_rest(
    const struct cs_tlog_edge *e, struct cs_tlog_files *files);

CS_CHECKED enum cs_err cs_tlog_edge_root(
    struct cs_tlog_hash *out, const struct cs_tlog_edge *e);

/* Read the edge of a tree of ${size}.  CS_ERR_CORRUPT: tiles are missing or too
 * short, or the entries are not those of the hashes. */
CS_CHECKED enum cs_err cs_tlog_edge_load(struct cs_tlog_edge *out,
    uint64_t size, cs_tlog_fetch_tile *fetch, void *arg);
