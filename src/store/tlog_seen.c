/* SPDX-License-Identifier: MIT */
#include "store/tlog_seen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "store/file.h"
#include "tlog/lines.h"

#define LOG ".log"
#define CHECKPOINT ".checkpoint"
#define NAME_SIZE (CS_TLOG_SEEN_ID_SIZE + 16)
#define LOG_MAX (CS_TLOG_TEXT_MAX + CS_NOTE_KEY_SIZE)
/* Anybody may know. */
#define MODE 0644

enum cs_err
cs_tlog_seen_id(char out[static CS_TLOG_SEEN_ID_SIZE], struct cs_view origin)
{
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err = cs_sha256(hash, origin);

	if (err == CS_OK)
		cs_hex(out, CS_VIEW_OF(hash));
	return err;
}

enum cs_err
cs_tlog_seen_settle(int dir)
{
	return syncfs(dir) == 0 ? CS_OK : cs_file_errno();
}

/* ---- files -------------------------------------------------------------- */

static void
name_of(char out[static NAME_SIZE], const char *id, const char *kind)
{
	snprintf(out, NAME_SIZE, "%.64s%s", id, kind);
}

static enum cs_err
read_file(struct cs_buf *out, int dir, const char *name, size_t max)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	err = cs_file_read_fd(out, fd, max);
	close(fd);
	return err == CS_ERR_LIMIT ? CS_ERR_CORRUPT : err;
}

/* A file of its own, on disk, that is not in its place yet. */
static enum cs_err
write_new(int dir, const char *name, struct cs_view content)
{
	int fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, MODE);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	err = cs_file_write_fd(fd, content);
	if (err == CS_OK && fsync(fd) != 0)
		err = cs_file_errno();
	if (close(fd) != 0 && err == CS_OK)
		err = cs_file_errno();
	return err;
}

static enum cs_err
sync_folder(int dir)
{
	return fsync(dir) == 0 ? CS_OK : cs_file_errno();
}

/* ---- which logs there are ----------------------------------------------- */

/* Could a checkpoint say so?  Its origin is one line. */
static bool
is_origin(struct cs_view origin)
{
	return origin.len != 0 && origin.len < CS_TLOG_TEXT_MAX &&
	    cs_tlog_is_text(origin) &&
	    memchr(origin.data, '\n', origin.len) == NULL;
}

static enum cs_err
write_log(
    struct cs_buf *out, struct cs_view origin, const struct cs_note_key *key)
{
	char text[CS_NOTE_KEY_SIZE];
	enum cs_err err;

	cs_note_key_text(text, key);
	if ((err = cs_buf_add(out, origin)) ||
	    (err = cs_buf_add(out, cs_view_str("\n"))) ||
	    (err = cs_buf_add(out, cs_view_str(text))))
		return err;
	return cs_buf_add(out, cs_view_str("\n"));
}

enum cs_err
cs_tlog_seen_add(int dir, struct cs_view origin, const struct cs_note_key *key)
{
	char id[CS_TLOG_SEEN_ID_SIZE], name[NAME_SIZE], tmp[NAME_SIZE];
	struct cs_buf content = { 0 };
	enum cs_err err;

	if (!is_origin(origin))
		return CS_ERR_FORMAT;
	if ((err = cs_tlog_seen_id(id, origin)) ||
	    (err = write_log(&content, origin, key)))
		goto out;
	name_of(name, id, LOG);
	name_of(tmp, id, LOG ".new");
	if ((err = write_new(dir, tmp, cs_buf_view(&content))))
		goto out;
	if (linkat(dir, tmp, dir, name, 0) != 0)
		err = cs_file_errno();
	(void)unlinkat(dir, tmp, 0);
	if (err == CS_OK)
		err = sync_folder(dir);
out:
	cs_buf_free(&content);
	return err;
}

enum cs_err
cs_tlog_seen_remove(int dir, struct cs_view origin)
{
	char id[CS_TLOG_SEEN_ID_SIZE], name[NAME_SIZE];
	enum cs_err err = cs_tlog_seen_id(id, origin);

	if (err)
		return err;
	name_of(name, id, LOG);
	return unlinkat(dir, name, 0) == 0 ? sync_folder(dir) : cs_file_errno();
}

static enum cs_err
parse_log(struct cs_tlog_seen_log *out, const char *id, struct cs_view text)
{
	struct cs_view origin, key;

	if (cs_tlog_line_next(&origin, &text) != CS_OK ||
	    cs_tlog_line_next(&key, &text) != CS_OK || text.len != 0 ||
	    !is_origin(origin) || cs_note_key_read(&out->key, key) != CS_OK ||
	    cs_tlog_seen_id(out->id, origin) != CS_OK ||
	    strcmp(out->id, id) != 0)
		return CS_ERR_CORRUPT;
	return cs_buf_set(&out->origin, origin);
}

enum cs_err
cs_tlog_seen_log(struct cs_tlog_seen_log *out, int dir, const char *id)
{
	char name[NAME_SIZE];
	struct cs_buf text = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	name_of(name, id, LOG);
	if ((err = read_file(&text, dir, name, LOG_MAX)) == CS_OK)
		err = parse_log(out, id, cs_buf_view(&text));
	cs_buf_free(&text);
	return err;
}

/* The ID in the name of a log's file; false: it is of something else. */
static bool
id_of(char out[static CS_TLOG_SEEN_ID_SIZE], const char *name)
{
	const size_t n = CS_TLOG_SEEN_ID_SIZE - 1;

	if (strspn(name, "0123456789abcdef") != n || strcmp(name + n, LOG) != 0)
		return false;
	memcpy(out, name, n);
	out[n] = '\0';
	return true;
}

enum cs_err
cs_tlog_seen_list(int dir, void *arg,
    enum cs_err (*each)(void *arg, const struct cs_tlog_seen_log *log))
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	enum cs_err err = CS_OK;

	if (names == NULL) {
		err = cs_file_errno();
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (err == CS_OK && (e = readdir(names)) != NULL) {
		char id[CS_TLOG_SEEN_ID_SIZE];
		struct cs_tlog_seen_log log;

		if (!id_of(id, e->d_name))
			continue;
		if ((err = cs_tlog_seen_log(&log, dir, id)) == CS_OK)
			err = each(arg, &log);
		cs_buf_free(&log.origin);
	}
	closedir(names);
	return err;
}

/* ---- what was cosigned last --------------------------------------------- */

static enum cs_err
parse_last(struct cs_tlog_seen_last *out, const char *id,
    const struct cs_tlog_cosigner *who)
{
	char said[CS_TLOG_SEEN_ID_SIZE];
	struct cs_view lines;
	enum cs_err err;

	if ((err = cs_tlog_cosigned(
		 &out->time_s, cs_buf_view(&out->note), who)) ||
	    (err = cs_note_split(
		 &out->text, &lines, cs_buf_view(&out->note))) ||
	    (err = cs_tlog_checkpoint_parse(&out->checkpoint, out->text)) ||
	    (err = cs_tlog_seen_id(said, out->checkpoint.origin)))
		return cs_err_class(err) == CS_ERR_CLASS_OURS ? err
							      : CS_ERR_CORRUPT;
	return strcmp(said, id) == 0 ? CS_OK : CS_ERR_CORRUPT;
}

enum cs_err
cs_tlog_seen_last(struct cs_tlog_seen_last *out, int dir, const char *id,
    const struct cs_tlog_cosigner *who)
{
	char name[NAME_SIZE];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	name_of(name, id, CHECKPOINT);
	err = read_file(&out->note, dir, name, CS_TLOG_NOTE_MAX);
	return err ? err : parse_last(out, id, who);
}

enum cs_err
cs_tlog_seen_put(int dir, const char *id, struct cs_view note)
{
	char name[NAME_SIZE], tmp[NAME_SIZE];
	enum cs_err err;

	name_of(name, id, CHECKPOINT);
	name_of(tmp, id, CHECKPOINT ".new");
	if ((err = write_new(dir, tmp, note)))
		return err;
	/* Not rename(), which a confined process may not call. */
	if (renameat(dir, tmp, dir, name) != 0)
		return cs_file_errno();
	return sync_folder(dir);
}
