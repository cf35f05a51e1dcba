/* SPDX-License-Identifier: MIT */
#include "hub/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "hub/core/keys.h"
#include "hub/core/schema.h"
#include "store/db.h"
#include "store/file.h"
#include "store/folder.h"

#define PATH_MAX_HERE 4096
#define CHUNK ((size_t)1 << 20)
#define MANIFEST "MANIFEST"
#define MANIFEST_MAX ((size_t)256 << 20)

struct copying {
	const char *from, *to;
	struct cs_buf manifest;
	uint64_t done, total;
	void (*progress)(uint64_t done, uint64_t total);
};

static bool
path_of(char out[static PATH_MAX_HERE], const char *dir, const char *name)
{
	return snprintf(out, PATH_MAX_HERE, "%s/%s", dir, name) < PATH_MAX_HERE;
}

/* ---- one file ----------------------------------------------------------- */

/* Copy what ${in} has to ${out}, which may be -1, and hash it. */
static enum cs_err
pump(int in, int out, uint8_t hash[static CS_HASH_LEN], uint64_t *size)
{
	uint8_t *chunk = cs_calloc(CHUNK, 1);
	struct cs_hasher *h = NULL;
	ssize_t n = 1;
	enum cs_err err;

	*size = 0;
	if (chunk == NULL)
		return CS_ERR_NOMEM;
	err = cs_hasher_new(&h, CS_SHA256);
	while (err == CS_OK && n != 0) {
		n = read(in, chunk, CHUNK);
		if (n < 0 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n < 0) {
			err = cs_file_errno();
			break;
		}
		*size += (uint64_t)n;
		if ((err = cs_hasher_add(h, cs_view(chunk, (size_t)n))) ==
			CS_OK &&
		    out >= 0)
			err = cs_file_write_fd(out, cs_view(chunk, (size_t)n));
	}
	if (err == CS_OK)
		err = cs_hasher_end(h, hash);
	cs_hasher_free(h);
	cs_free(chunk, CHUNK);
	return err;
}

/* Copy ${from} to ${to}, whole or not at all. */
static enum cs_err
copy_file(const char *from, const char *to, uint8_t hash[static CS_HASH_LEN],
    uint64_t *size)
{
	char tmp[PATH_MAX_HERE + 8];
	int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), out;
	enum cs_err err;

	if (in < 0)
		return cs_file_errno();
	snprintf(tmp, sizeof tmp, "%s.part", to);
	out = open(
	    tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	err = out < 0 ? cs_file_errno() : pump(in, out, hash, size);
	if (err == CS_OK && (fsync(out) != 0 || rename(tmp, to) != 0))
		err = cs_file_errno();
	if (out >= 0)
		close(out);
	if (err && out >= 0)
		unlink(tmp);
	close(in);
	return err;
}

static enum cs_err
hash_file(const char *path, uint8_t hash[static CS_HASH_LEN], uint64_t *size)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	enum cs_err err = fd < 0 ? cs_file_errno() : pump(fd, -1, hash, size);

	if (fd >= 0)
		close(fd);
	return err;
}

/* ---- making it ---------------------------------------------------------- */

static enum cs_err
note(struct copying *c, const char *name,
    const uint8_t hash[static CS_HASH_LEN], uint64_t size)
{
	struct cs_writer w = cs_writer(&c->manifest);
	char hex[2 * CS_HASH_LEN + 1], line[512];

	cs_hex(hex, cs_view(hash, CS_HASH_LEN));
	if (snprintf(line, sizeof line, "%s %llu %s\n", hex,
		(unsigned long long)size, name) >= (int)sizeof line)
		return CS_ERR_LIMIT;
	cs_write_bytes(&w, cs_view_str(line));
	if (c->progress != NULL)
		c->progress(++c->done, c->total);
	return cs_writer_end(&w);
}

/* A blob never changes once it is whole; what is there from before stays. */
static bool
is_there(const char *from, const char *to)
{
	struct stat a, b;

	return stat(from, &a) == 0 && stat(to, &b) == 0 &&
	    a.st_size == b.st_size && a.st_mtim.tv_sec <= b.st_mtim.tv_sec;
}

static enum cs_err
keep_file(struct copying *c, const char *name, bool may_be_there)
{
	char from[PATH_MAX_HERE], to[PATH_MAX_HERE];
	uint8_t hash[CS_HASH_LEN];
	uint64_t size;
	enum cs_err err;

	if (!path_of(from, c->from, name) || !path_of(to, c->to, name))
		return CS_ERR_LIMIT;
	err = may_be_there && is_there(from, to)
	    ? hash_file(to, hash, &size)
	    : copy_file(from, to, hash, &size);
	/* It was deleted meanwhile. */
	if (err == CS_ERR_NOT_FOUND && may_be_there)
		return CS_OK;
	return err ? err : note(c, name, hash, size);
}

static enum cs_err
keep_folder(struct copying *c, const char *name, bool may_be_there)
{
	char path[PATH_MAX_HERE], inner[512];
	const struct dirent *entry;
	struct stat st;
	DIR *dir;
	enum cs_err err = CS_OK;

	if (!path_of(path, c->to, name))
		return CS_ERR_LIMIT;
	if ((err = cs_file_mkdir(path)))
		return err;
	if (!path_of(path, c->from, name) || (dir = opendir(path)) == NULL)
		return cs_file_errno();
	while (err == CS_OK && (entry = readdir(dir)) != NULL) {
		if (fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		err = snprintf(inner, sizeof inner, "%s/%s", name,
			  entry->d_name) >= (int)sizeof inner
		    ? CS_ERR_LIMIT
		    : keep_file(c, inner, may_be_there);
	}
	closedir(dir);
	return err;
}

/* The database as of one moment, whoever writes to it. */
static enum cs_err
keep_database(struct copying *c)
{
	char from[PATH_MAX_HERE], to[PATH_MAX_HERE], tmp[PATH_MAX_HERE + 8];
	uint8_t hash[CS_HASH_LEN];
	uint64_t size;
	struct cs_db *db = NULL;
	enum cs_err err;

	if (!path_of(from, c->from, "hub.db") || !path_of(to, c->to, "hub.db"))
		return CS_ERR_LIMIT;
	snprintf(tmp, sizeof tmp, "%s.part", to);
	unlink(tmp);
	if ((err = cs_db_open(&db, from, CS_DB_SHARED, &cs_hub_schema)) ==
		CS_OK &&
	    (err = cs_db_exec(
		 db, "VACUUM INTO ?", cs_text(cs_view_str(tmp)))) == CS_OK &&
	    (chmod(tmp, 0600) != 0 || rename(tmp, to) != 0))
		err = cs_file_errno();
	cs_db_close(db);
	if (err == CS_OK)
		err = hash_file(to, hash, &size);
	return err ? err : note(c, "hub.db", hash, size);
}

static uint64_t
count_files(const char *dir, const char *name)
{
	char path[PATH_MAX_HERE];
	uint64_t n = 0;
	DIR *d = path_of(path, dir, name) ? opendir(path) : NULL;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

enum cs_err
cs_hub_backup(const char *dir, const char *to,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct copying c = {
		.from = dir,
		.to = to,
		.progress = progress,
		.total = count_files(dir, "blobs") + count_files(dir, "keys"),
		.manifest = { .max = MANIFEST_MAX },
	};
	char manifest[PATH_MAX_HERE];
	struct hub_conf conf;
	enum cs_err err;

	if (!path_of(manifest, to, MANIFEST))
		return CS_ERR_LIMIT;
	if ((err = hub_conf_read(&conf, dir)) || (err = cs_file_mkdir(to)))
		return err;
	/* Until it is whole again, it is none. */
	if (unlink(manifest) != 0 && errno != ENOENT)
		return cs_file_errno();
	/* Blobs last: what the database knows of is there, or comes. */
	if ((err = keep_file(&c, "hub.conf", false)) == CS_OK &&
	    (err = keep_folder(&c, "keys", false)) == CS_OK &&
	    (err = keep_database(&c)) == CS_OK &&
	    (err = keep_folder(&c, "blobs", true)) == CS_OK)
		err = cs_file_write(manifest, cs_buf_view(&c.manifest), 0600);
	cs_buf_free(&c.manifest);
	return err;
}

/* ---- bringing it back --------------------------------------------------- */

/* A path of MANIFEST: of a file of a hub, and of nothing else. */
static bool
is_of_hub(const char *name)
{
	static const char *const plain[] = { "hub.conf", "hub.db" };
	const char *slash = strchr(name, '/');

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strcmp(name, plain[i]) == 0)
			return true;
	return slash != NULL && slash[1] != '\0' && slash[1] != '.' &&
	    strchr(slash + 1, '/') == NULL &&
	    (strncmp(name, "keys/", 5) == 0 || strncmp(name, "blobs/", 6) == 0);
}

/* Copy a file, and see that it is what the line says. */
static enum cs_err
bring_file(struct copying *c, const char *line)
{
	char hex[2 * CS_HASH_LEN + 1], name[300], from[PATH_MAX_HERE],
	    to[PATH_MAX_HERE];
	uint8_t want[CS_HASH_LEN], got[CS_HASH_LEN];
	unsigned long long size;
	uint64_t copied;
	int end = 0;
	enum cs_err err;

	if (sscanf(line, "%64s %20llu %299s%n", hex, &size, name, &end) != 3 ||
	    line[end] != '\0' || cs_unhex(want, sizeof want, hex) != CS_OK ||
	    !is_of_hub(name) || !path_of(from, c->from, name) ||
	    !path_of(to, c->to, name))
		return CS_ERR_FORMAT;
	if ((err = copy_file(from, to, got, &copied)))
		return err;
	if (copied != size || memcmp(want, got, sizeof want) != 0)
		return CS_ERR_DIGEST;
	if (c->progress != NULL)
		c->progress(++c->done, c->total);
	return CS_OK;
}

static enum cs_err
bring_all(struct copying *c)
{
	char path[PATH_MAX_HERE];
	struct cs_buf file = { .max = MANIFEST_MAX };
	enum cs_err err;

	if (!path_of(path, c->from, MANIFEST))
		return CS_ERR_LIMIT;
	if ((err = cs_file_read(&file, path, MANIFEST_MAX)) == CS_OK &&
	    (err = cs_buf_add(&file, cs_view("", 1))) == CS_OK &&
	    strlen((const char *)file.data) + 1 != file.len)
		err = CS_ERR_FORMAT;
	for (size_t i = 0; err == CS_OK && i < file.len; i++)
		c->total += file.data[i] == '\n';
	for (char *line = (char *)file.data; err == CS_OK && *line != '\0';) {
		char *next = strchr(line, '\n');

		if (next == NULL) {
			err = CS_ERR_FORMAT;
			break;
		}
		*next = '\0';
		err = bring_file(c, line);
		line = next + 1;
	}
	cs_buf_free(&file);
	return err;
}

static void
remove_folder(const char *dir, const char *name)
{
	char path[PATH_MAX_HERE];
	const struct dirent *entry;
	DIR *d;

	if (!path_of(path, dir, name) || (d = opendir(path)) == NULL)
		return;
	while ((entry = readdir(d)) != NULL)
		(void)!unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	(void)!rmdir(path);
}

enum cs_err
cs_hub_restore(const char *from, const char *dir,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct copying c = { .from = from, .to = dir, .progress = progress };
	char keys[PATH_MAX_HERE], blobs[PATH_MAX_HERE];
	struct hub_conf conf;
	enum cs_err err;

	if (!path_of(keys, dir, "keys") || !path_of(blobs, dir, "blobs"))
		return CS_ERR_LIMIT;
	if (mkdir(dir, 0700) != 0)
		return errno == EEXIST ? CS_ERR_EXISTS : cs_file_errno();
	if ((err = cs_file_mkdir(keys)) == CS_OK &&
	    (err = cs_file_mkdir(blobs)) == CS_OK &&
	    (err = bring_all(&c)) == CS_OK)
		err = hub_conf_read(&conf, dir);
	if (err) {
		remove_folder(dir, "keys");
		remove_folder(dir, "blobs");
		remove_folder(dir, ".");
		(void)!rmdir(dir);
	}
	return err;
}
