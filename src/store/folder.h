/* SPDX-License-Identifier: MIT */
/* Folders that may be trusted, and locks in them. */
#pragma once

#include "base/bytes.h"

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

/* Take the lock file ${path} for this process, and wait for it if another one
 * has it; release with cs_file_unlock(). */
CS_CHECKED enum cs_err cs_file_lock(int *fd, const char *path);
/* The same without waiting: CS_ERR_BUSY. */
CS_CHECKED enum cs_err cs_file_try_lock(int *fd, const char *path);
void cs_file_unlock(int fd);
