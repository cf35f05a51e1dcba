/* SPDX-License-Identifier: MIT */
/*
 * A log's files (C2SP tlog-tiles) in a folder that any web server can serve as
 * it is: checkpoint, and below tile/ what does not change.
 */
#pragma once

#include "tlog/tile.h"

struct cs_tlog_folder {
	char *path; /* borrowed */
};

/* A cs_tlog_fetch_tile of ${folder}, a struct cs_tlog_folder: append the file
 * of ${tile} to ${out}; for a partial one that is gone, as much of the full
 * one.  CS_ERR_NOT_FOUND; CS_ERR_CORRUPT: its length is wrong. */
CS_CHECKED enum cs_err cs_tlog_folder_fetch(
    void *folder, struct cs_buf *out, const struct cs_tlog_tile *tile);

/* Put ${content} at the path of ${tile}, whole or not at all, in place of what
 * is there; its folders are made.  Not synced. */
CS_CHECKED enum cs_err cs_tlog_folder_put(const struct cs_tlog_folder *folder,
    const struct cs_tlog_tile *tile, struct cs_view content);

/* C2SP tlog-tiles, "Partial Tiles": remove the partial ones beside ${tile},
 * which is full.  That there are none is fine. */
CS_CHECKED enum cs_err cs_tlog_folder_drop_partial(
    const struct cs_tlog_folder *folder, const struct cs_tlog_tile *tile);

/* Everything that was put is on disk when this returns. */
CS_CHECKED enum cs_err cs_tlog_folder_sync(const struct cs_tlog_folder *folder);
