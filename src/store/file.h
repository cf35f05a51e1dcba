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

/*
 * A folder that is open.  Whoever can rename things around it can put another
 * in its place: what was checked is what the descriptor stands for, so files
 * in it are named by ${path}, which leads through the descriptor (/proc), for
 * as long as it is open, and in children of this process.  Where there is no
 * /proc it is the path that was given.
 */
struct cs_folder {
	int fd;
	char *path; /* owned; NULL: not open.  Not for people to read. */
};

/*
 * Open the folder ${path} if what lies in it may be trusted.  CS_ERR_SHARED: it
 * belongs neither to us nor to root (which itself passes over that), others
 * than a group of our own can write into it, it is a symbolic link, or
 * everybody can rename it, because a folder above it is writable for all and
 * not sticky.  CS_ERR_NOT_FOUND.
 *
 * Why the folders above matter although this one is ours: an old copy of it is
 * ours as well, and state that was used must not come back.  Folders above
 * that a group can write into are the administrator's choice.
 */
CS_CHECKED enum cs_err cs_folder_open(struct cs_folder *out, const char *path);
/* The same for a folder that need not be there: then it is made, mode 0700.
 * Not even root puts new things into somebody else's. */
CS_CHECKED enum cs_err cs_folder_make(struct cs_folder *out, const char *path);
/* NULL path: nothing. */
void cs_folder_close(struct cs_folder *f);

/* cs_folder_make() and cs_folder_open(), without keeping it open: for a folder
 * inside of one that is, or one that is used by its name all the same. */
CS_CHECKED enum cs_err cs_file_mkdir(const char *path);
CS_CHECKED enum cs_err cs_file_check_dir(const char *path);

/* Sync the folder that holds ${path}. */
CS_CHECKED enum cs_err cs_file_sync_dir(const char *path);

/* Take the lock file ${path} for this process, and wait for it if another one
 * has it; release with cs_file_unlock(). */
CS_CHECKED enum cs_err cs_file_lock(int *fd, const char *path);
/* The same without waiting: CS_ERR_BUSY. */
CS_CHECKED enum cs_err cs_file_try_lock(int *fd, const char *path);
void cs_file_unlock(int fd);
