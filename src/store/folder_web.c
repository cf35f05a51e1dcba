/* SPDX-License-Identifier: MIT */
/* In a browser a page sees its own files only, and the worker that has them
 * holds a lock of the browser (web/member/src/worker): there is nobody to share
 * a folder with, and nobody to lock out. */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/file.h"

/* Names no descriptor, and is no error. */
#define NO_LOCK 0

enum cs_err
cs_folder_open(struct cs_folder *out, const char *path)
{
	out->path = NULL;
	out->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->fd < 0)
		return cs_file_errno();
	out->path = cs_strdup(path);
	if (out->path != NULL)
		return CS_OK;
	close(out->fd);
	out->fd = -1;
	return CS_ERR_NOMEM;
}

enum cs_err
cs_folder_make(struct cs_folder *out, const char *path)
{
	enum cs_err err;

	*out = (struct cs_folder){ .fd = -1 };
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return cs_file_errno();
	err = cs_folder_open(out, path);
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

enum cs_err
cs_file_lock(int *out, const char *path)
{
	(void)path;
	*out = NO_LOCK;
	return CS_OK;
}

enum cs_err
cs_file_try_lock(int *out, const char *path)
{
	return cs_file_lock(out, path);
}

void
cs_file_unlock(int fd)
{
	(void)fd;
}
