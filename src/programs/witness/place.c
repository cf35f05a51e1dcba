/* SPDX-License-Identifier: MIT */
#include "programs/witness/place.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/report_error.h"
#include "store/clock.h"
#include "store/file.h"

#define KEY "key"
#define LOGS "logs"
#define LOCK "lock"
#define LOOK_MS 20

/* ---- making ------------------------------------------------------------- */

/* The key comes last: with it there is a witness. */
static enum cs_err
make(const struct cs_folder *folder, const struct cs_tlog_witness_key *key)
{
	char text[CS_TLOG_WITNESS_KEY_SIZE + 1];
	char *logs = cs_path_join(folder->path, LOGS);
	char *file = cs_path_join(folder->path, KEY);
	enum cs_err err = CS_ERR_NOMEM;
	size_t end;

	cs_tlog_witness_key_text(text, key);
	end = strlen(text);
	text[end] = '\n';
	text[end + 1] = '\0';
	if (logs != NULL && file != NULL &&
	    (err = cs_file_mkdir(logs)) == CS_OK)
		err = cs_file_create(file, cs_view_str(text), 0600);
	cs_wipe(text, sizeof text);
	cs_free_plain(logs);
	cs_free_plain(file);
	return err;
}

int
place_make(const char *dir, const struct cs_tlog_witness_key *key)
{
	struct cs_folder folder = { .fd = -1 };
	enum cs_err err = cs_folder_make(&folder, dir);

	if (err == CS_OK)
		err = make(&folder, key);
	cs_folder_close(&folder);
	if (err == CS_ERR_EXISTS)
		return cli_fail(
		    CLI_NOT_DONE, "There is a witness in %s already.", dir);
	return err
	    ? report_error(err, "The witness could not be made in %s", dir)
	    : CLI_OK;
}

/* ---- opening ------------------------------------------------------------ */

int
place_open(struct place *out, const char *dir)
{
	enum cs_err err;

	*out = (struct place){ .dir = dir, .logs = -1 };
	out->folder.fd = -1;
	if ((err = cs_folder_open(&out->folder, dir)) == CS_OK) {
		out->logs = openat(out->folder.fd, LOGS,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (out->logs < 0)
			err = cs_file_errno();
	}
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_STATE,
		    "There is no witness in %s; \"countersign-witness init "
		    "%s\" makes one.",
		    dir, dir);
	return err ? report_error(err, "The witness in %s", dir) : CLI_OK;
}

void
place_close(struct place *p)
{
	if (p->logs >= 0)
		close(p->logs);
	p->logs = -1;
	cs_folder_close(&p->folder);
}

/* ---- the key ------------------------------------------------------------ */

int
place_key_open(const struct place *p)
{
	return openat(p->folder.fd, KEY, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

enum cs_err
place_key_read(struct cs_tlog_witness_key *out, int fd)
{
	struct cs_buf text = { 0 };
	enum cs_err err = cs_file_read_fd(&text, fd, CS_TLOG_WITNESS_KEY_SIZE);
	struct cs_view line = cs_buf_view(&text);

	if (err == CS_OK && (line.len == 0 || line.data[line.len - 1] != '\n'))
		err = CS_ERR_FORMAT;
	if (err == CS_OK) {
		line.len--;
		err = cs_tlog_witness_key_read(out, line);
	}
	cs_buf_free(&text);
	return err == CS_ERR_FORMAT || err == CS_ERR_LIMIT ? CS_ERR_CORRUPT
							   : err;
}

int
place_key(struct cs_tlog_witness_key *out, const struct place *p)
{
	int fd = place_key_open(p);
	enum cs_err err = fd < 0 ? cs_file_errno() : place_key_read(out, fd);

	if (fd >= 0)
		close(fd);
	return err ? report_error(err, "The key of the witness in %s", p->dir)
		   : CLI_OK;
}

/* ---- the lock ----------------------------------------------------------- */

enum cs_err
place_lock(int *lock, const struct place *p, int patience_ms)
{
	char *path = cs_path_join(p->folder.path, LOCK);
	enum cs_err err = CS_ERR_NOMEM;

	while (path != NULL &&
	    (err = cs_file_try_lock(lock, path)) == CS_ERR_BUSY &&
	    patience_ms > 0) {
		cs_clock_sleep_ms(LOOK_MS);
		patience_ms -= LOOK_MS;
	}
	cs_free_plain(path);
	return err;
}
