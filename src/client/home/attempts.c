/* SPDX-License-Identifier: MIT */
#include "client/home/attempts.h"

#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "client/home/client.h"
#include "store/file.h"
#include "store/folder.h"

#define NAME "attempts"
#define FILE_MAX 64

struct attempts {
	unsigned limit, failed;
};

static enum cs_err
read_attempts(struct attempts *out, const char *path)
{
	struct cs_buf file = { 0 };
	enum cs_err err = cs_file_read(&file, path, FILE_MAX);

	*out = (struct attempts){ 0 };
	if (err == CS_OK &&
	    (err = cs_buf_add(&file, cs_view("", 1))) == CS_OK &&
	    sscanf((const char *)file.data, "limit %4u failed %4u", &out->limit,
		&out->failed) != 2)
		err = CS_ERR_CORRUPT;
	cs_buf_free(&file);
	return err;
}

static enum cs_err
write_attempts(const char *path, const struct attempts *a)
{
	char text[FILE_MAX];

	snprintf(
	    text, sizeof text, "limit %u failed %u\n", a->limit, a->failed);
	return cs_file_write(path, cs_view_str(text), 0600);
}

enum cs_err
client_attempt_begins(const struct cs_folder *home)
{
	char *path = cs_path_join(home->path, NAME);
	struct attempts a;
	enum cs_err err = path != NULL ? read_attempts(&a, path) : CS_ERR_NOMEM;

	if (err == CS_OK && a.failed >= a.limit) {
		err = CS_ERR_DENIED;
	} else if (err == CS_OK) {
		a.failed++;
		err = write_attempts(path, &a);
	} else if (err == CS_ERR_NOT_FOUND) {
		err = CS_OK;
	}
	cs_free_plain(path);
	return err;
}

enum cs_err
client_attempt_worked(const struct cs_folder *home)
{
	char *path = cs_path_join(home->path, NAME);
	struct attempts a;
	enum cs_err err = path != NULL ? read_attempts(&a, path) : CS_ERR_NOMEM;

	if (err == CS_OK && a.failed != 0) {
		a.failed = 0;
		err = write_attempts(path, &a);
	}
	cs_free_plain(path);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
client_attempts_limit(const struct cs_folder *home, unsigned limit)
{
	const struct attempts a = { .limit = limit };
	char *path = cs_path_join(home->path, NAME);
	enum cs_err err = CS_OK;

	if (path == NULL)
		return CS_ERR_NOMEM;
	if (limit != 0)
		err = write_attempts(path, &a);
	else if (unlink(path) != 0 && cs_file_errno() != CS_ERR_NOT_FOUND)
		err = cs_file_errno();
	cs_free_plain(path);
	return err;
}
