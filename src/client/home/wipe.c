/* SPDX-License-Identifier: MIT */
#include "client/home/wipe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/home/client.h"
#include "store/file.h"
#include "store/folder.h"

#define KEY "key"

static enum cs_err
overwrite(int folder, const char *name)
{
	int fd = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	enum cs_err err;

	if (fd < 0)
		return errno == ENOENT ? CS_OK : cs_file_errno();
	err = cs_file_overwrite(fd);
	close(fd);
	return err;
}

static bool
is_ours(const char *name)
{
	static const char *const names[] = { KEY, "client.db", "client.db-wal",
		"client.db-shm", "client.db-journal", "lock", "attempts",
		"locked", "history-out", "history-in" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return strncmp(name, "upload-", 7) == 0;
}

static enum cs_err
remove_rest(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	enum cs_err err = CS_OK;

	if (dir == NULL) {
		err = cs_file_errno();
		if (fd >= 0)
			close(fd);
		return err;
	}
	while ((entry = readdir(dir)) != NULL)
		if (is_ours(entry->d_name) &&
		    unlinkat(folder, entry->d_name, 0) != 0 && errno != ENOENT)
			err = cs_file_errno();
	if (fsync(folder) != 0 && err == CS_OK)
		err = cs_file_errno();
	closedir(dir);
	return err;
}

enum cs_err
client_home_destroy(const struct cs_folder *home)
{
	enum cs_err err = overwrite(home->fd, KEY), rest;

	if (unlinkat(home->fd, KEY, 0) != 0 && errno != ENOENT && err == CS_OK)
		err = cs_file_errno();
	rest = remove_rest(home->fd);
	return err ? err : rest;
}

enum cs_err
cs_client_wipe(const char *home)
{
	struct cs_folder folder;
	enum cs_err err = cs_folder_open(&folder, home);

	if (err)
		return err;
	err = client_home_destroy(&folder);
	cs_folder_close(&folder);
	return err;
}
