/* SPDX-License-Identifier: MIT */
#include "store/file_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/wipe.h"
#include "store/file.h"

enum cs_err
cs_file_out_open(struct cs_file_out *out, const char *path)
{
	size_t size = strlen(path) + sizeof ".123456";
	enum cs_err err;

	*out = (struct cs_file_out){ .fd = -1, .path = path };
	if (strcmp(path, "-") == 0) {
		out->fd = memfd_create("out", MFD_CLOEXEC);
		return out->fd >= 0 ? CS_OK : cs_file_errno();
	}
	if ((out->tmp = cs_calloc(size, 1)) == NULL)
		return CS_ERR_NOMEM;
	snprintf(out->tmp, size, "%s.XXXXXX", path);
	if ((out->fd = mkostemp(out->tmp, O_CLOEXEC)) >= 0)
		return CS_OK;
	err = cs_file_errno();
	cs_free_plain(out->tmp);
	out->tmp = NULL;
	return err;
}

static enum cs_err
copy_out(int fd)
{
	uint8_t bytes[16384];
	enum cs_err err = CS_OK;
	ssize_t n = 1;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return cs_file_errno();
	while (err == CS_OK && n != 0) {
		n = read(fd, bytes, sizeof bytes);
		if (n < 0)
			err = cs_file_errno();
		else
			err = cs_file_write_fd(
			    STDOUT_FILENO, cs_view(bytes, (size_t)n));
	}
	cs_wipe(bytes, sizeof bytes);
	return err;
}

static enum cs_err
finish(const struct cs_file_out *out)
{
	if (out->tmp == NULL)
		return copy_out(out->fd);
	if (fsync(out->fd) != 0 || rename(out->tmp, out->path) != 0)
		return cs_file_errno();
	return cs_file_sync_dir(out->path);
}

enum cs_err
cs_file_out_end(struct cs_file_out *out, enum cs_err err)
{
	if (out->fd < 0)
		return err;
	if (err == CS_OK)
		err = finish(out);
	if (err && out->tmp != NULL)
		unlink(out->tmp);
	close(out->fd);
	cs_free_plain(out->tmp);
	*out = (struct cs_file_out){ .fd = -1 };
	return err;
}
