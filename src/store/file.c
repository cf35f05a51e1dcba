/* SPDX-License-Identifier: MIT */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum cs_err
cs_file_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return CS_ERR_NOT_FOUND;
	case EEXIST:
		return CS_ERR_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS:
		return CS_ERR_READ_ONLY;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return CS_ERR_DISK_FULL;
	case ENOMEM:
		return CS_ERR_NOMEM;
	default:
		return CS_ERR_IO;
	}
}

char *
cs_path_join(const char *a, const char *b)
{
	size_t n = strlen(a) + 1 + strlen(b) + 1;
	char *out = cs_calloc(n, 1);

	if (out != NULL)
		snprintf(out, n, "%s/%s", a, b);
	return out;
}

enum cs_err
cs_file_read_fd(struct cs_buf *out, int fd, size_t max)
{
	size_t total = 0;
	uint8_t chunk[4096];
	enum cs_err err = CS_OK;

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = cs_file_errno();
		if (n <= 0)
			break;
		total += (size_t)n;
		if (total > max) {
			err = CS_ERR_LIMIT;
			break;
		}
		if ((err = cs_buf_add(out, cs_view(chunk, (size_t)n))))
			break;
	}
	cs_wipe(chunk, sizeof chunk);
	return err;
}

enum cs_err
cs_file_read(struct cs_buf *out, const char *path, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	err = cs_file_read_fd(out, fd, max);
	close(fd);
	return err;
}

enum cs_err
cs_file_write_fd(int fd, struct cs_view v)
{
	while (v.len != 0) {
		ssize_t n = write(fd, v.data, v.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cs_file_errno();
		v.data += n;
		v.len -= (size_t)n;
	}
	return CS_OK;
}

enum cs_err
cs_file_sync_dir(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = cs_strdup(path);
	enum cs_err err = CS_OK;
	int fd;

	if (dir == NULL)
		return CS_ERR_NOMEM;
	/* A path is never empty, so there is room for ".". */
	if (slash == NULL)
		dir[0] = '.', dir[1] = '\0';
	else
		dir[slash == path ? 1 : slash - path] = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		err = cs_file_errno();
	if (fd >= 0)
		close(fd);
	cs_free_plain(dir);
	return err;
}

/* ${path} while it is written; NULL: no memory. */
static char *
temporary(const char *path)
{
	size_t n = strlen(path) + 5;
	char *tmp = cs_calloc(n, 1);

	if (tmp != NULL)
		snprintf(tmp, n, "%s.new", path);
	return tmp;
}

enum cs_err
cs_file_write(const char *path, struct cs_view content, unsigned mode)
{
	char *tmp = temporary(path);
	enum cs_err err;
	int fd;

	if (tmp == NULL)
		return CS_ERR_NOMEM;
	/* Left by a crash, or put there by somebody. */
	if (unlink(tmp) != 0 && errno != ENOENT) {
		err = cs_file_errno();
		goto out;
	}
	fd = open(
	    tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0) {
		err = cs_file_errno();
		goto out;
	}
	err = cs_file_write_fd(fd, content);
	if (err == CS_OK && fsync(fd) != 0)
		err = cs_file_errno();
	close(fd);
	if (err == CS_OK && rename(tmp, path) != 0)
		err = cs_file_errno();
	if (err == CS_OK)
		err = cs_file_sync_dir(path);
	else
		unlink(tmp);
out:
	cs_free_plain(tmp);
	return err;
}

enum cs_err
cs_file_create(const char *path, struct cs_view content, unsigned mode)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	err = cs_file_write_fd(fd, content);
	if (err == CS_OK && fsync(fd) != 0)
		err = cs_file_errno();
	close(fd);
	if (err == CS_OK)
		err = cs_file_sync_dir(path);
	if (err)
		unlink(path);
	return err;
}

enum cs_err
cs_file_read_exactly(int fd, uint8_t *out, size_t n)
{
	while (n != 0) {
		ssize_t got = read(fd, out, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? cs_file_errno() : CS_ERR_FORMAT;
		out += got;
		n -= (size_t)got;
	}
	return CS_OK;
}

enum cs_err
cs_file_overwrite(int fd)
{
	static const uint8_t zeroes[256];
	struct stat st;
	enum cs_err err;

	if (fstat(fd, &st) != 0)
		return cs_file_errno();
	/* A link to a device is not what was meant. */
	if (!S_ISREG(st.st_mode))
		return CS_ERR_TYPE;
	if (lseek(fd, 0, SEEK_SET) != 0)
		return cs_file_errno();
	for (off_t left = st.st_size; left > 0;) {
		size_t n =
		    left < (off_t)sizeof zeroes ? (size_t)left : sizeof zeroes;

		if ((err = cs_file_write_fd(fd, cs_view(zeroes, n))))
			return err;
		left -= (off_t)n;
	}
	return fsync(fd) == 0 ? CS_OK : cs_file_errno();
}

enum cs_err
cs_file_destroy(const char *path)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	err = cs_file_overwrite(fd);
	close(fd);
	if (err == CS_OK && unlink(path) != 0)
		err = cs_file_errno();
	return err ? err : cs_file_sync_dir(path);
}

enum cs_err
cs_file_tidy(const char *path)
{
	char *tmp = temporary(path);
	enum cs_err err = tmp != NULL ? cs_file_destroy(tmp) : CS_ERR_NOMEM;

	cs_free_plain(tmp);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}
