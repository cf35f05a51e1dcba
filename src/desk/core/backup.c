/* SPDX-License-Identifier: MIT */
#include "desk/core/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/units.h"
#include "base/wipe.h"
#include "base/writer.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "store/blocks.h"
#include "store/db.h"
#include "store/file.h"
#include "store/folder.h"
#include "store/vault.h"

#define CHUNK CS_MIB
#define HEAD_LEN (9 + CS_PASSWORD_SALT_LEN + 8)
#define PATH_SIZE 4096
#define NAME_MAX_LEN 200

static const char magic[] = "CSBACKUP1";

/* ---- sealed chunks ------------------------------------------------------ */

/* A stream in or out; bytes gather in ${plain} until they are a chunk. */
struct stream {
	struct cs_blocks blocks;
	struct cs_buf plain;
	size_t at; /* while reading: how much was taken */
	uint64_t done;
};

static struct stream
stream_of(int fd)
{
	return (struct stream){
		.blocks = {
			.fd = fd,
			.context = { (const uint8_t *)"b", 1 },
			.max = CHUNK,
		},
	};
}

static enum cs_err
write_chunk(struct stream *s, bool last)
{
	enum cs_err err =
	    cs_blocks_write(&s->blocks, cs_buf_view(&s->plain), last);

	cs_buf_reset(&s->plain);
	return err;
}

static enum cs_err
put(struct stream *s, struct cs_view v)
{
	enum cs_err err = CS_OK;

	while (v.len != 0 && err == CS_OK) {
		size_t room = CHUNK - s->plain.len;
		size_t n = v.len < room ? v.len : room;

		if ((err = cs_buf_add(&s->plain, cs_view(v.data, n))))
			break;
		v = cs_view(v.data + n, v.len - n);
		s->done += n;
		if (s->plain.len == CHUNK)
			err = write_chunk(s, false);
	}
	return err;
}

static enum cs_err
read_chunk(struct stream *s)
{
	enum cs_err err = cs_blocks_read(&s->plain, &s->blocks);

	s->at = 0;
	return err == CS_ERR_DECRYPT ? CS_ERR_FORMAT : err;
}

/* Get up to ${max} of the next bytes, borrowed until the next call; empty at
 * the end. */
static enum cs_err
get(struct stream *s, size_t max, struct cs_view *out)
{
	enum cs_err err = CS_OK;

	*out = cs_view(NULL, 0);
	while (err == CS_OK && s->at == s->plain.len && !s->blocks.last)
		err = read_chunk(s);
	if (err)
		return err;
	*out = cs_view(s->plain.data + s->at, s->plain.len - s->at);
	if (out->len > max)
		out->len = max;
	s->at += out->len;
	return CS_OK;
}

static enum cs_err
get_exactly(struct stream *s, uint8_t *to, size_t n)
{
	while (n != 0) {
		struct cs_view v;
		enum cs_err err = get(s, n, &v);

		if (err)
			return err;
		if (v.len == 0)
			return CS_ERR_FORMAT;
		memcpy(to, v.data, v.len);
		to += v.len;
		n -= v.len;
	}
	return CS_OK;
}

static enum cs_err
derive(struct stream *s, struct cs_view passphrase, const uint8_t *salt,
    struct cs_password_cost cost)
{
	return cs_password_key(
	    s->blocks.key.b, sizeof s->blocks.key.b, passphrase, salt, cost);
}

static void
stream_clear(struct stream *s)
{
	if (s->blocks.fd >= 0)
		close(s->blocks.fd);
	cs_buf_free(&s->plain);
	cs_blocks_clear(&s->blocks);
}

/* ---- making one --------------------------------------------------------- */

static enum cs_err
put_file(struct stream *s, const char *path, const char *name)
{
	uint8_t chunk[65536], size[8];
	struct cs_buf head = { 0 };
	struct cs_writer w = cs_writer(&head);
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t left;
	enum cs_err err = CS_OK;

	if (fd < 0)
		return cs_file_errno();
	if (fstat(fd, &st) != 0)
		err = cs_file_errno();
	left = err ? 0 : (uint64_t)st.st_size;
	cs_vault_row(size, left);
	cs_write_u8(&w, (uint8_t)strlen(name));
	cs_write_bytes(&w, cs_view_str(name));
	cs_write_bytes(&w, CS_VIEW_OF(size));
	if (err == CS_OK && (err = cs_writer_end(&w)) == CS_OK)
		err = put(s, cs_buf_view(&head));
	while (left != 0 && err == CS_OK) {
		size_t n = left < sizeof chunk ? (size_t)left : sizeof chunk;

		if ((err = cs_file_read_exactly(fd, chunk, n)) == CS_OK)
			err = put(s, cs_view(chunk, n));
		left -= n;
	}
	close(fd);
	cs_wipe(chunk, sizeof chunk);
	cs_buf_free(&head);
	return err;
}

/* Put the files of a folder below the desk's, without half-written ones. */
static enum cs_err
put_folder(struct stream *s, const char *dir, const char *folder)
{
	char path[PATH_SIZE], name[NAME_MAX_LEN + 2];
	struct dirent *e;
	DIR *listing;
	enum cs_err err = CS_OK;

	snprintf(path, sizeof path, "%s/%s", dir, folder);
	listing = opendir(path);
	if (listing == NULL)
		return errno == ENOENT ? CS_OK : cs_file_errno();
	while (err == CS_OK && (e = readdir(listing)) != NULL) {
		if (e->d_name[0] == '.' || strchr(e->d_name, '~') != NULL ||
		    (size_t)snprintf(name, sizeof name, "%s/%s", folder,
			e->d_name) > NAME_MAX_LEN)
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, name);
		err = put_file(s, path, name);
		/* It was destroyed meanwhile, and must not be kept. */
		if (err == CS_ERR_NOT_FOUND)
			err = CS_OK;
	}
	closedir(listing);
	return err;
}

static enum cs_err
put_all(struct stream *s, struct cs_desk *d, const char *copy)
{
	char key[PATH_SIZE];
	enum cs_err err;

	snprintf(key, sizeof key, "%s/key", d->folder.path);
	/* The database first: each file that it names was there then. */
	unlink(copy);
	if ((err = cs_db_exec(d->db, "VACUUM INTO ?",
		 cs_text(cs_view_str(copy)))) == CS_OK &&
	    (err = put_file(s, key, "key")) == CS_OK &&
	    (err = put_file(s, copy, "desk.db")) == CS_OK &&
	    (err = put_folder(s, d->folder.path, "files")) == CS_OK)
		err = put_folder(s, d->folder.path, "referred");
	unlink(copy);
	return err;
}

static enum cs_err
write_head(struct stream *s, struct cs_view passphrase)
{
	struct cs_password_cost cost = cs_password_cost_default();
	uint8_t salt[CS_PASSWORD_SALT_LEN];
	struct cs_buf head = { 0 };
	struct cs_writer w = cs_writer(&head);
	enum cs_err err;

	cs_random(salt, sizeof salt);
	cs_write_bytes(&w, cs_view(magic, sizeof magic - 1));
	cs_write_bytes(&w, CS_VIEW_OF(salt));
	cs_write_u32(&w, cost.passes);
	cs_write_u32(&w, cost.memory_kib);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_file_write_fd(s->blocks.fd, cs_buf_view(&head))) == CS_OK)
		err = derive(s, passphrase, salt, cost);
	cs_buf_free(&head);
	return err;
}

enum cs_err
cs_desk_backup(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *path, struct cs_view passphrase)
{
	struct stream s;
	char copy[PATH_SIZE];
	enum cs_err err;

	if (passphrase.len < CS_BACKUP_PASSPHRASE_MIN)
		return desk_problem(d, CS_ERR_FORMAT, "backup-passphrase",
		    "A backup has a passphrase of at least %d characters.",
		    CS_BACKUP_PASSPHRASE_MIN);
	s = stream_of(
	    open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	if (s.blocks.fd < 0)
		return desk_problem(d, cs_file_errno(), "file", "%s: %s.", path,
		    errno == EEXIST ? "there is such a file already"
				    : strerror(errno));
	snprintf(copy, sizeof copy, "%s/backup-%d.db", d->folder.path,
	    (int)getpid());
	if ((err = write_head(&s, passphrase)) == CS_OK &&
	    (err = put_all(&s, d, copy)) == CS_OK &&
	    (err = write_chunk(&s, true)) == CS_OK && fsync(s.blocks.fd) != 0)
		err = cs_file_errno();
	if (err == CS_OK)
		err = desk_audit_note(d,
		    &(struct desk_audit_event){
			.actor = actor, .what = "backup-made" });
	if (err)
		unlink(path);
	stream_clear(&s);
	return err;
}

/* ---- the way back ------------------------------------------------------- */

/* "key", "desk.db", or one name below "files" or "referred": nothing that
 * leads elsewhere. */
static bool
name_good(const char *name)
{
	const char *slash = strchr(name, '/');

	if (strcmp(name, "key") == 0 || strcmp(name, "desk.db") == 0)
		return true;
	return (strncmp(name, "files/", 6) == 0 ||
		   strncmp(name, "referred/", 9) == 0) &&
	    slash[1] != '\0' && slash[1] != '.' &&
	    strchr(slash + 1, '/') == NULL;
}

static enum cs_err
get_bytes(struct stream *s, const char *path, uint64_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum cs_err err = CS_OK;

	if (fd < 0)
		return cs_file_errno();
	while (size != 0 && err == CS_OK) {
		struct cs_view v;

		err = get(s, size < CHUNK ? (size_t)size : CHUNK, &v);
		if (err == CS_OK && v.len == 0)
			err = CS_ERR_FORMAT;
		if (err == CS_OK)
			err = cs_file_write_fd(fd, v);
		size -= v.len;
	}
	if (err == CS_OK && fsync(fd) != 0)
		err = cs_file_errno();
	close(fd);
	return err;
}

/* Take out one file; ${*more} is false at the end. */
static enum cs_err
get_file(struct stream *s, const char *dir, bool *more)
{
	char path[PATH_SIZE], name[256] = "";
	uint8_t size[8];
	struct cs_view first;
	uint64_t n = 0;
	uint8_t len;
	enum cs_err err = get(s, 1, &first);

	*more = err == CS_OK && first.len != 0;
	if (!*more)
		return err;
	len = first.data[0];
	if ((err = get_exactly(s, (uint8_t *)name, len)) ||
	    (err = get_exactly(s, size, sizeof size)))
		return err;
	if (strlen(name) != len || !name_good(name))
		return CS_ERR_FORMAT;
	for (unsigned i = 0; i < 8; i++)
		n = n << 8 | size[i];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return get_bytes(s, path, n);
}

static enum cs_err
read_head(struct stream *s, struct cs_view passphrase)
{
	uint8_t head[HEAD_LEN];
	struct cs_password_cost cost;
	struct cs_reader r = cs_reader(CS_VIEW_OF(head));
	struct cs_view begin, salt;
	enum cs_err err;

	if ((err = cs_file_read_exactly(s->blocks.fd, head, sizeof head)))
		return err;
	begin = cs_read_bytes(&r, sizeof magic - 1);
	salt = cs_read_bytes(&r, CS_PASSWORD_SALT_LEN);
	cost.passes = cs_read_u32(&r);
	cost.memory_kib = cs_read_u32(&r);
	if (!cs_view_equal(begin, cs_view(magic, sizeof magic - 1)))
		return CS_ERR_FORMAT;
	err = derive(s, passphrase, salt.data, cost);
	return err == CS_ERR_LIMIT ? CS_ERR_FORMAT : err;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

enum cs_err
cs_desk_restore(const char *path, const char *dir, struct cs_view passphrase)
{
	static const char *const folders[] = { "files", "referred" };
	struct stream s = stream_of(open(path, O_RDONLY | O_CLOEXEC));
	struct cs_folder new = { .fd = -1 };
	char folder[PATH_SIZE];
	bool more = true;
	enum cs_err err;

	if (s.blocks.fd < 0)
		return cs_file_errno();
	if (mkdir(dir, 0700) != 0) {
		err = errno == EEXIST ? CS_ERR_EXISTS : cs_file_errno();
		stream_clear(&s);
		return err;
	}
	if ((err = cs_folder_open(&new, dir)) == CS_OK)
		err = read_head(&s, passphrase);
	for (size_t i = 0; i < 2 && err == CS_OK; i++) {
		snprintf(folder, sizeof folder, "%s/%s", new.path, folders[i]);
		err = cs_file_mkdir(folder);
	}
	while (err == CS_OK && more)
		err = get_file(&s, new.path, &more);
	/* Nothing may be missing, and nothing may follow. */
	if (err == CS_OK &&
	    (!s.blocks.last || read(s.blocks.fd, folder, 1) != 0))
		err = CS_ERR_FORMAT;
	if (err == CS_OK)
		err = cs_file_sync_dir(dir);
	else
		nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	cs_folder_close(&new);
	stream_clear(&s);
	return err;
}
