/* SPDX-License-Identifier: MIT */
/* Where the files of a log are: a folder, or below a URL. */
#pragma once

#include "net/post.h"
#include "tlog/tile.h"

struct log_source {
	const char *prefix; /* without a slash at its end where it is a URL */
	size_t prefix_len;
	bool far;                        /* a URL */
	void *ssl_ctx;                   /* NULL: "http://" only */
	struct cs_net_kept kept;         /* between two files */
	char missing[CS_TLOG_PATH_SIZE]; /* the path that failed last */
};

/*
 * The files below ${prefix}: "https://NAME[:PORT]/PATH", whose host one of
 * ${authorities} certifies, a file of PEM, or NULL for the system's;
 * "http://127.0.0.1[:PORT]/PATH"; or a folder.  ${prefix} is borrowed.
 * CS_ERR_FORMAT: a URL that is none of these; CS_ERR_NOT_FOUND: there are no
 * authorities.
 */
CS_CHECKED enum cs_err log_source_open(
    struct log_source *out, const char *prefix, const char *authorities);
void log_source_close(struct log_source *s);

/* Append the file ${path}, of at most ${max} bytes.  CS_ERR_NOT_FOUND;
 * CS_ERR_LIMIT: it is longer; CS_ERR_CLOSED, CS_ERR_TIMEOUT: nobody answers. */
CS_CHECKED enum cs_err log_source_read(
    struct log_source *s, struct cs_buf *out, const char *path, size_t max);

/* A cs_tlog_fetch_tile of ${source}, a struct log_source: for a partial tile
 * that is gone, as much of the full one.  CS_ERR_CORRUPT: its length is wrong;
 * else as above. */
CS_CHECKED enum cs_err log_source_fetch(
    void *source, struct cs_buf *out, const struct cs_tlog_tile *tile);
