/* SPDX-License-Identifier: MIT */
#include "store/tlog_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/file.h"

/* Anybody may read what is served. */
#define FOLDER_MODE 0755
#define FILE_MODE 0644

static char *
path_of(const struct cs_tlog_folder *f, const struct cs_tlog_tile *tile)
{
	char name[CS_TLOG_PATH_SIZE];

	cs_tlog_tile_path(name, tile);
	return cs_path_join(f->path, name);
}

static enum cs_err
read_tile(struct cs_buf *out, const struct cs_tlog_folder *f,
    const struct cs_tlog_tile *tile)
{
	char *path = path_of(f, tile);
	enum cs_err err = CS_ERR_NOMEM;

	if (path != NULL)
		err = cs_file_read(out, path,
		    tile->entries ? CS_TLOG_BUNDLE_MAX : CS_TLOG_TILE_BYTES);
	cs_free_plain(path);
	return err;
}

/* How long the first ${n} hashes or entries of ${content} are. */
static enum cs_err
length_of(size_t *out, struct cs_view content, bool entries, unsigned n)
{
	struct cs_view left = content, entry;

	*out = (size_t)n * CS_HASH_LEN;
	if (!entries)
		return content.len >= *out ? CS_OK : CS_ERR_CORRUPT;
	for (; n != 0; n--)
		if (cs_tlog_bundle_next(&entry, &left) != CS_OK)
			return CS_ERR_CORRUPT;
	*out = content.len - left.len;
	return CS_OK;
}

enum cs_err
cs_tlog_folder_fetch(
    void *folder, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	struct cs_tlog_tile there = *tile;
	size_t before = out->len, n;
	enum cs_err err = read_tile(out, folder, &there);

	if (err == CS_ERR_NOT_FOUND && tile->width != CS_TLOG_TILE_WIDTH) {
		there.width = CS_TLOG_TILE_WIDTH;
		err = read_tile(out, folder, &there);
	}
	if (err)
		return err == CS_ERR_LIMIT ? CS_ERR_CORRUPT : err;
	if ((err = length_of(&n, cs_view(out->data + before, out->len - before),
		 tile->entries, tile->width)))
		return err;
	if (there.width == tile->width && out->len - before != n)
		return CS_ERR_CORRUPT;
	out->len = before + n;
	return CS_OK;
}

/* ---- written ------------------------------------------------------------ */

/* Make the folders above ${path}, below the log's own. */
static enum cs_err
make_above(const struct cs_tlog_folder *f, char *path)
{
	for (char *at = path + strlen(f->path) + 1;
	     (at = strchr(at, '/')) != NULL; at++) {
		int failed;

		*at = '\0';
		failed = mkdir(path, FOLDER_MODE);
		*at = '/';
		if (failed != 0 && errno != EEXIST)
			return cs_file_errno();
	}
	return CS_OK;
}

static enum cs_err
write_new(const char *tmp, struct cs_view content)
{
	int fd = open(tmp,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	err = cs_file_write_fd(fd, content);
	if (close(fd) != 0 && err == CS_OK)
		err = cs_file_errno();
	return err;
}

enum cs_err
cs_tlog_folder_put(const struct cs_tlog_folder *folder,
    const struct cs_tlog_tile *tile, struct cs_view content)
{
	char *path = path_of(folder, tile);
	char *tmp = cs_path_join(folder->path, "tile.new");
	enum cs_err err = CS_ERR_NOMEM;

	if (path == NULL || tmp == NULL)
		goto out;
	if ((err = write_new(tmp, content)))
		goto out;
	/* Most often its folder is there. */
	if (rename(tmp, path) == 0)
		goto out;
	if (errno != ENOENT)
		err = cs_file_errno();
	else if ((err = make_above(folder, path)) == CS_OK &&
	    rename(tmp, path) != 0)
		err = cs_file_errno();
out:
	cs_free_plain(path);
	cs_free_plain(tmp);
	return err;
}

static enum cs_err
remove_one(int dir, const char *name)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return CS_OK;
	return cs_file_errno();
}

static enum cs_err
remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	enum cs_err err = CS_OK;

	if (dir == NULL)
		return errno == ENOENT ? CS_OK : cs_file_errno();
	while (err == CS_OK && (e = readdir(dir)) != NULL)
		err = remove_one(dirfd(dir), e->d_name);
	closedir(dir);
	if (err == CS_OK && rmdir(path) != 0 && errno != ENOENT)
		err = cs_file_errno();
	return err;
}

enum cs_err
cs_tlog_folder_drop_partial(
    const struct cs_tlog_folder *folder, const struct cs_tlog_tile *tile)
{
	struct cs_tlog_tile full = *tile;
	char name[CS_TLOG_PATH_SIZE + 2];
	char *path;
	enum cs_err err;

	full.width = CS_TLOG_TILE_WIDTH;
	cs_tlog_tile_path(name, &full);
	snprintf(name + strlen(name), 3, ".p");
	if ((path = cs_path_join(folder->path, name)) == NULL)
		return CS_ERR_NOMEM;
	err = remove_folder(path);
	cs_free_plain(path);
	return err;
}

/* One call for any number of files and folders. */
enum cs_err
cs_tlog_folder_sync(const struct cs_tlog_folder *folder)
{
	int fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum cs_err err = CS_OK;

	if (fd < 0)
		return cs_file_errno();
	if (syncfs(fd) != 0)
		err = cs_file_errno();
	close(fd);
	return err;
}
