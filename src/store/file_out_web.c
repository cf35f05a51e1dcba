/* SPDX-License-Identifier: MIT */
/* Without a standard output, and with nobody else who would take the name. */
#include "store/file_out.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/file.h"

enum cs_err
cs_file_out_open(struct cs_file_out *out, const char *path)
{
	size_t size = strlen(path) + sizeof ".new";
	enum cs_err err;

	*out = (struct cs_file_out){ .fd = -1, .path = path };
	if ((out->tmp = cs_calloc(size, 1)) == NULL)
		return CS_ERR_NOMEM;
	snprintf(out->tmp, size, "%s.new", path);
	if ((out->fd = open(out->tmp, O_RDWR | O_CREAT | O_TRUNC, 0600)) >= 0)
		return CS_OK;
	err = cs_file_errno();
	cs_free_plain(out->tmp);
	out->tmp = NULL;
	return err;
}

enum cs_err
cs_file_out_end(struct cs_file_out *out, enum cs_err err)
{
	if (out->fd < 0)
		return err;
	if (err == CS_OK &&
	    (fsync(out->fd) != 0 || rename(out->tmp, out->path) != 0))
		err = cs_file_errno();
	if (err)
		unlink(out->tmp);
	close(out->fd);
	cs_free_plain(out->tmp);
	*out = (struct cs_file_out){ .fd = -1 };
	return err;
}
