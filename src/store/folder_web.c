/* SPDX-License-Identifier: MIT */
/* In a browser a page sees its own files only, and the worker that has them
 * holds a lock of the browser (web/member/src/worker): there is nobody to share
 * a folder with, and nobody to lock out. */
#include "store/folder.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "store/file.h"

/* Names no descriptor, and is no error. */
#define NO_LOCK 0

enum cs_err
cs_folder_open(struct cs_folder *out, const char *path)
{
	struct stat st;

	*out = (struct cs_folder){ .fd = -1 };
	if (stat(path, &st) != 0)
		return cs_file_errno();
	if (!S_ISDIR(st.st_mode))
		return CS_ERR_NOT_FOUND;
	out->path = cs_strdup(path);
	return out->path != NULL ? CS_OK : CS_ERR_NOMEM;
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
	cs_free_plain(f->path);
	f->path = NULL;
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
