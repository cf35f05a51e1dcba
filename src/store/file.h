/* SPDX-License-Identifier: MIT */
/* Small files, written whole or not at all. */
#pragma once

#include "base/bytes.h"

/* What errno says, in our codes. */
enum cs_err cs_file_errno(void);

/* ${a}/${b} in a new string; free with cs_free_plain(); NULL: no memory. */
char *cs_path_join(const char *a, const char *b);

/* Append a file of at most ${max} bytes to ${out}. */
CS_CHECKED enum cs_err cs_file_read(
    struct cs_buf *out, const char *path, size_t max);

/* The same of what is open as ${fd}, from where it is. */
CS_CHECKED enum cs_err cs_file_read_fd(struct cs_buf *out, int fd, size_t max);

/* Write all of ${v} to ${fd}; not synced. */
CS_CHECKED enum cs_err cs_file_write_fd(int fd, struct cs_view v);

/*
 * Put ${content} at ${path}: into a temporary file beside it, synced, renamed,
 * the folder synced.  A crash leaves the old file or the new one.  Nothing that
 * lay there under the temporary name is followed or written into.
 */
CS_CHECKED enum cs_err cs_file_write(
    const char *path, struct cs_view content, unsigned mode);

/* Put ${content} into a new file ${path}; file and folder are synced.
 * CS_ERR_EXISTS: there is something of that name, which stays as it is.  After
 * another error there is none. */
CS_CHECKED enum cs_err cs_file_create(
    const char *path, struct cs_view content, unsigned mode);

/* Read the next ${n} bytes of ${fd}.  CS_ERR_FORMAT: there are fewer. */
CS_CHECKED enum cs_err cs_file_read_exactly(int fd, uint8_t *out, size_t n);
/* Overwrite all of the file ${fd}, from its beginning, with zeroes, and sync
 * it: so what it held is gone also where the disk keeps what has no name any
 * more, but for copies that flash memory keeps.  CS_ERR_TYPE: it is no plain
 * file. */
CS_CHECKED enum cs_err cs_file_overwrite(int fd);
/* Overwrite the file ${path} with zeroes, remove it and sync its folder.  A
 * crash leaves the file, zeroes of its length, or nothing. */
CS_CHECKED enum cs_err cs_file_destroy(const char *path);
/* Destroy what cs_file_write(${path}) left when it was ended: it may be a
 * secret that is to be gone. */
CS_CHECKED enum cs_err cs_file_tidy(const char *path);

/* Sync the folder that holds ${path}. */
CS_CHECKED enum cs_err cs_file_sync_dir(const char *path);
