/* SPDX-License-Identifier: MIT */
#include "client/groups/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "client/home/outbox.h"
#include "store/file.h"

#define PREFIX "upload-"
#define NAME_SIZE (sizeof PREFIX + (size_t)2 * CS_ID_LEN)

static char *
spool_path(const struct cs_client *c, const uint8_t blob[static CS_ID_LEN])
{
	char name[NAME_SIZE] = PREFIX;

	cs_hex(name + strlen(PREFIX), cs_view(blob, CS_ID_LEN));
	return cs_path_join(c->home.path, name);
}

enum cs_err
client_spool_new(int *fd, char **path, const struct cs_client *c,
    const uint8_t blob[static CS_ID_LEN])
{
	*fd = -1;
	if ((*path = spool_path(c, blob)) == NULL)
		return CS_ERR_NOMEM;
	*fd = open(
	    *path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return *fd >= 0 ? CS_OK : cs_file_errno();
}

enum cs_err
client_spool_open(
    int *fd, const struct cs_client *c, const uint8_t blob[static CS_ID_LEN])
{
	char *path = spool_path(c, blob);

	if (path == NULL)
		return CS_ERR_NOMEM;
	*fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	cs_free_plain(path);
	return *fd >= 0 ? CS_OK : CS_ERR_NOT_FOUND;
}

void
client_spool_remove(
    const struct cs_client *c, const uint8_t blob[static CS_ID_LEN])
{
	char *path = spool_path(c, blob);

	/* What could not be removed is swept. */
	if (path != NULL)
		unlink(path);
	cs_free_plain(path);
}

/* Of a file of the home: does something wait for it? */
static enum cs_err
is_wanted(bool *wanted, struct cs_client *c, const char *name)
{
	uint8_t blob[CS_ID_LEN];

	*wanted = false;
	if (cs_unhex(blob, sizeof blob, name + strlen(PREFIX)) != CS_OK)
		return CS_OK;
	return client_outbox_waits_for(wanted, c, blob);
}

enum cs_err
client_spools_sweep(struct cs_client *c)
{
	DIR *dir = opendir(c->home.path);
	const struct dirent *e;
	enum cs_err err = CS_OK;
	bool wanted;

	while (err == CS_OK && dir != NULL && (e = readdir(dir)) != NULL) {
		if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0 ||
		    (err = is_wanted(&wanted, c, e->d_name)) || wanted)
			continue;
		unlinkat(dirfd(dir), e->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
	return err;
}
