/* SPDX-License-Identifier: MIT */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/file.h"

/* A group of our own is no others. */
static bool
others_write(const struct stat *st)
{
	return (st->st_mode & S_IWOTH) != 0 ||
	    ((st->st_mode & S_IWGRP) != 0 && st->st_gid != getegid());
}

/* Can everybody rename what is in a folder on the way up from ${fd}?  By the
 * folders themselves, not by names, which may lead through links. */
static bool
can_be_moved(int fd)
{
	int here = fcntl(fd, F_DUPFD_CLOEXEC, 3), above;
	struct stat st, before;
	bool can = false;

	if (here < 0 || fstat(here, &before) != 0)
		can = true;
	while (here >= 0 && !can) {
		above = openat(here, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(here);
		here = above;
		/* What we may not look at lets us pass, and others less. */
		if (here < 0 || fstat(here, &st) != 0)
			break;
		if (st.st_dev == before.st_dev && st.st_ino == before.st_ino)
			break; /* the top */
		can =
		    (st.st_mode & S_IWOTH) != 0 && (st.st_mode & S_ISVTX) == 0;
		before = st;
	}
	if (here >= 0)
		close(here);
	return can;
}

enum owner { OWNER_US, OWNER_US_OR_ROOT };

static enum cs_err
check_folder(int fd, enum owner owner)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return cs_file_errno();
	if (st.st_uid != geteuid() &&
	    (owner == OWNER_US || (st.st_uid != 0 && geteuid() != 0)))
		return CS_ERR_SHARED;
	return others_write(&st) || can_be_moved(fd) ? CS_ERR_SHARED : CS_OK;
}

/* A path to the folder that is open as ${fd}, as long as that is. */
static char *
path_of(int fd, const char *path)
{
	char by_fd[32];
	struct stat is, named;

	snprintf(by_fd, sizeof by_fd, "/proc/self/fd/%d", fd);
	return fstat(fd, &is) == 0 && stat(by_fd, &named) == 0 &&
		is.st_dev == named.st_dev && is.st_ino == named.st_ino
	    ? cs_strdup(by_fd)
	    : cs_strdup(path);
}

static enum cs_err
open_folder(struct cs_folder *out, const char *path, enum owner owner)
{
	struct stat st;
	enum cs_err err;

	out->path = NULL;
	out->fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (out->fd < 0) {
		err = cs_file_errno();
		return lstat(path, &st) == 0 && S_ISLNK(st.st_mode)
		    ? CS_ERR_SHARED
		    : err;
	}
	if ((err = check_folder(out->fd, owner)) == CS_OK &&
	    (out->path = path_of(out->fd, path)) == NULL)
		err = CS_ERR_NOMEM;
	if (err) {
		close(out->fd);
		out->fd = -1;
	}
	return err;
}

enum cs_err
cs_folder_open(struct cs_folder *out, const char *path)
{
	return open_folder(out, path, OWNER_US_OR_ROOT);
}

enum cs_err
cs_folder_make(struct cs_folder *out, const char *path)
{
	enum cs_err err;

	out->path = NULL;
	out->fd = -1;
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return cs_file_errno();
	err = open_folder(out, path, OWNER_US);
	/* It is there, and no folder. */
	return err == CS_ERR_NOT_FOUND ? CS_ERR_EXISTS : err;
}

void
cs_folder_close(struct cs_folder *f)
{
	if (f->path == NULL)
		return;
	close(f->fd);
	cs_free_plain(f->path);
	f->path = NULL;
	f->fd = -1;
}

enum cs_err
cs_file_mkdir(const char *path)
{
	struct cs_folder f;
	enum cs_err err = cs_folder_make(&f, path);

	cs_folder_close(&f);
	return err;
}

enum cs_err
cs_file_check_dir(const char *path)
{
	struct cs_folder f;
	enum cs_err err = cs_folder_open(&f, path);

	cs_folder_close(&f);
	return err;
}

/* ---- locks --------------------------------------------------------------- */

static enum cs_err
lock(int *out, const char *path, int how)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	*out = -1;
	if (fd < 0)
		return cs_file_errno();
	while (flock(fd, LOCK_EX | how) != 0) {
		if (errno == EINTR)
			continue;
		close(fd);
		return errno == EWOULDBLOCK ? CS_ERR_BUSY : CS_ERR_IO;
	}
	*out = fd;
	return CS_OK;
}

enum cs_err
cs_file_lock(int *out, const char *path)
{
	return lock(out, path, 0);
}

enum cs_err
cs_file_try_lock(int *out, const char *path)
{
	return lock(out, path, LOCK_NB);
}

void
cs_file_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}
