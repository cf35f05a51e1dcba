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

/* Overwrite the file ${path} with zeroes, remove it and sync its folder.  A
 * crash leaves the file, zeroes of its length, or nothing. */
CS_CHECKED enum cs_err cs_file_destroy(const char *path);

/* Make a folder, mode 0700; CS_OK if it is there already and is ours.
 * CS_ERR_SHARED: it is not, and whoever it belongs to could put other files in
 * the place of ours. */
CS_CHECKED enum cs_err cs_file_mkdir(const char *path);

/* May what lies in a folder be trusted?  CS_ERR_SHARED: it belongs to somebody
 * else (which root may pass over), or others can write into it.
 * CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err cs_file_check_dir(const char *path);

/* Sync the folder that holds ${path}. */
CS_CHECKED enum cs_err cs_file_sync_dir(const char *path);

/* Take the lock file ${path} for this process, and wait for it if another one
 * has it; release with cs_file_unlock(). */
CS_CHECKED enum cs_err cs_file_lock(int *fd, const char *path);
/* The same without waiting: CS_ERR_BUSY. */
CS_CHECKED enum cs_err cs_file_try_lock(int *fd, const char *path);
void cs_file_unlock(int fd);
