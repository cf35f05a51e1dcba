/* SPDX-License-Identifier: MIT */
/* The public files of the hub's log, by HTTP (C2SP tlog-tiles). */
#pragma once

#include "client/home/client.h"
#include "tlog/tile.h"

/* Files that are fetched at once, at most: what more there is waits. */
#define CLIENT_TLOG_FILES_MAX 256

struct client_tlog_files {
	struct cs_client *c;
	unsigned n; /* fetched */
};

/* The checkpoint's note, as it comes; replaces what ${out} holds.
 * CS_ERR_NOT_FOUND: the hub has none; CS_ERR_LIMIT: too long, or too many
 * files; CS_ERR_CLOSED, CS_ERR_TIMEOUT, CS_ERR_FORMAT. */
CS_CHECKED enum cs_err client_tlog_note_get(
    struct cs_buf *out, struct client_tlog_files *f);
/* A cs_tlog_fetch_tile of ${files}, a struct client_tlog_files, for tiles and
 * bundles.  Where a full file has taken the place of a part, the part is cut
 * out of it; of a bundle more may come than was asked for. */
CS_CHECKED enum cs_err client_tlog_tile_get(
    void *files, struct cs_buf *out, const struct cs_tlog_tile *tile);
