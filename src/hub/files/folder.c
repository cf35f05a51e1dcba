/* SPDX-License-Identifier: MIT */
#include "hub/files/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "store/file.h"

/* The disk begins to write after so many bytes, so that the sync at the end
 * finds little to do. */
#define WRITE_BEHIND CS_MIB
#define REST_MS CS_HOUR_MS /* as long as a ticket is good */
#define NAME_SIZE 40

struct hub_upload {
	struct hub_upload *next;
	uint8_t blob[CS_ID_LEN], account[CS_ID_LEN];
	uint64_t stored;  /* bytes, written and hashed */
	uint64_t flushed; /* bytes that the disk was told to write */
	uint64_t used_ms;
	struct cs_hasher *hash;
	struct hub_writing *writer; /* NULL: it rests */
	int fd;                     /* -1: it rests */
};

struct hub_folder {
	int fd;
	struct hub_upload *uploads;
	uint64_t n, most, most_all;
};

/* A blob's file is its id in hex; what is not complete has a suffix. */
static void
name_of(char out[static NAME_SIZE], const uint8_t id[static CS_ID_LEN],
    const char *suffix)
{
	char hex[33];

	cs_hex(hex, cs_view(id, CS_ID_LEN));
	snprintf(out, NAME_SIZE, "%s%s", hex, suffix);
}

/* ---- those that are known ----------------------------------------------- */

static struct hub_upload *
find(const struct hub_folder *f, const uint8_t id[static CS_ID_LEN])
{
	struct hub_upload *u = f->uploads;

	while (u != NULL && memcmp(u->blob, id, CS_ID_LEN) != 0)
		u = u->next;
	return u;
}

/* Whoever writes it cannot any longer. */
static void
rest(struct hub_upload *u)
{
	if (u->writer != NULL)
		u->writer->upload = NULL;
	u->writer = NULL;
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}

static void
forget(struct hub_folder *f, struct hub_upload *u)
{
	struct hub_upload **at = &f->uploads;

	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
	f->n--;
	rest(u);
	cs_hasher_free(u->hash);
	cs_free(u, sizeof *u);
}

/* Make room for one more of ${account}, if one rests that may go. */
static bool
make_room(struct hub_folder *f, const uint8_t account[static CS_ID_LEN])
{
	struct hub_upload *own = NULL, *any = NULL;
	unsigned n = 0;

	for (struct hub_upload *u = f->uploads; u != NULL; u = u->next) {
		bool is_own = memcmp(u->account, account, CS_ID_LEN) == 0;

		n += is_own;
		if (u->writer != NULL)
			continue;
		if (any == NULL || u->used_ms < any->used_ms)
			any = u;
		if (is_own && (own == NULL || u->used_ms < own->used_ms))
			own = u;
	}
	if (n >= f->most) {
		if (own == NULL)
			return false;
		forget(f, own);
	} else if (f->n >= f->most_all) {
		if (any == NULL)
			return false;
		forget(f, any);
	}
	return true;
}

uint64_t
hub_folder_stored(int fd, const uint8_t id[static CS_ID_LEN])
{
	char name[NAME_SIZE];
	struct stat st;

	name_of(name, id, ".part");
	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		S_ISREG(st.st_mode)
	    ? (uint64_t)st.st_size
	    : 0;
}

/* ---- bytes -------------------------------------------------------------- */

/* Hash what the file has already. */
static enum cs_err
hash_stored(struct hub_upload *u)
{
	uint8_t chunk[16384];
	enum cs_err err = CS_OK;
	ssize_t n;

	while (err == CS_OK &&
	    (n = pread(u->fd, chunk, sizeof chunk, (off_t)u->stored)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return CS_ERR_IO;
		err = cs_hasher_add(u->hash, cs_view(chunk, (size_t)n));
		u->stored += (uint64_t)n;
	}
	return err;
}

/* Open its file, and know what is in it. */
static enum cs_err
open_file(const struct hub_folder *f, struct hub_upload *u)
{
	char name[NAME_SIZE];

	name_of(name, u->blob, ".part");
	u->fd = openat(
	    f->fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (u->fd < 0)
		return cs_file_errno();
	if (u->hash != NULL)
		return CS_OK;
	if (cs_hasher_new(&u->hash, CS_SHA256) != CS_OK)
		return CS_ERR_NOMEM;
	return hash_stored(u);
}

/* The upload of ${pass}, open for whoever asked last; ${*status} if not. */
static struct hub_upload *
take_over(int *status, struct hub_folder *f, const struct hub_pass *pass)
{
	struct hub_upload *u = find(f, pass->id);

	*status = 507;
	if (u == NULL) {
		if (!make_room(f, pass->account)) {
			*status = 429;
			return NULL;
		}
		if ((u = cs_calloc(1, sizeof *u)) == NULL)
			return NULL;
		memcpy(u->blob, pass->id, CS_ID_LEN);
		memcpy(u->account, pass->account, CS_ID_LEN);
		u->fd = -1;
		u->next = f->uploads;
		f->uploads = u;
		f->n++;
	}
	rest(u);
	if (open_file(f, u) == CS_OK)
		return u;
	forget(f, u);
	return NULL;
}

/* All bytes are there, and nobody said so: this process was ended at that
 * moment.  The last ones come again. */
static bool
step_back(struct hub_upload *u, const struct hub_pass *pass)
{
	if (u->stored != pass->size || pass->offset >= pass->size ||
	    ftruncate(u->fd, (off_t)pass->offset) != 0)
		return false;
	cs_hasher_free(u->hash);
	u->hash = NULL;
	u->stored = u->flushed = 0;
	return cs_hasher_new(&u->hash, CS_SHA256) == CS_OK &&
	    hash_stored(u) == CS_OK && u->stored == pass->offset;
}

int
hub_writing_begin(struct hub_writing *w, struct hub_folder *f,
    const struct hub_pass *pass, uint64_t now_ms)
{
	struct hub_upload *u;
	int status;

	w->upload = NULL;
	if (pass->offset > pass->size ||
	    pass->length > pass->size - pass->offset)
		return 413;
	if ((u = take_over(&status, f, pass)) == NULL)
		return status;
	u->used_ms = now_ms;
	if (pass->offset != u->stored && !step_back(u, pass)) {
		rest(u);
		return 409;
	}
	u->writer = w;
	w->upload = u;
	return 0;
}

int
hub_writing_add(struct hub_writing *w, struct cs_view bytes)
{
	struct hub_upload *u = w->upload;

	if (u == NULL)
		return 409;
	while (bytes.len != 0) {
		ssize_t n =
		    pwrite(u->fd, bytes.data, bytes.len, (off_t)u->stored);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 ||
		    cs_hasher_add(u->hash, cs_view(bytes.data, (size_t)n)) !=
			CS_OK)
			return 507;
		bytes = cs_view(bytes.data + n, bytes.len - (size_t)n);
		u->stored += (uint64_t)n;
	}
	if (u->stored - u->flushed >= WRITE_BEHIND) {
		(void)!sync_file_range(u->fd, (off_t)u->flushed,
		    (off_t)(u->stored - u->flushed), SYNC_FILE_RANGE_WRITE);
		u->flushed = u->stored;
	}
	return 0;
}

/* ---- the end ------------------------------------------------------------ */

/* All of it is there: verify, make it durable, and give it its name. */
static int
complete(
    struct hub_folder *f, struct hub_upload *u, const struct hub_pass *pass)
{
	char part[NAME_SIZE], name[NAME_SIZE];
	uint8_t sha256[CS_HASH_LEN];
	int status = 201;

	name_of(part, u->blob, ".part");
	name_of(name, u->blob, "");
	if (cs_hasher_end(u->hash, sha256) != CS_OK) {
		status = 507;
	} else if (memcmp(sha256, pass->sha256, sizeof sha256) != 0) {
		/* No part of it can be used. */
		unlinkat(f->fd, part, 0);
		status = 422;
	} else if (fsync(u->fd) != 0 ||
	    renameat(f->fd, part, f->fd, name) != 0 || fsync(f->fd) != 0) {
		status = 507;
	}
	forget(f, u);
	return status;
}

int
hub_writing_end(struct hub_writing *w, struct hub_folder *f,
    const struct hub_pass *pass, bool whole, uint64_t now_ms)
{
	struct hub_upload *u = w->upload;

	if (u == NULL)
		return 409;
	if (whole && u->stored == pass->size)
		return complete(f, u, pass);
	u->used_ms = now_ms;
	whole &= fsync(u->fd) == 0;
	rest(u);
	return whole ? 202 : 400;
}

int
hub_folder_read(const struct hub_folder *f, const uint8_t id[static CS_ID_LEN])
{
	char name[NAME_SIZE];

	name_of(name, id, "");
	return openat(f->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

void
hub_folder_remove(struct hub_folder *f, const uint8_t id[static CS_ID_LEN])
{
	struct hub_upload *u = find(f, id);
	char name[NAME_SIZE];

	if (u != NULL)
		forget(f, u);
	name_of(name, id, "");
	unlinkat(f->fd, name, 0);
	name_of(name, id, ".part");
	unlinkat(f->fd, name, 0);
}

void
hub_folder_sweep(struct hub_folder *f, uint64_t now_ms)
{
	struct hub_upload *next;

	for (struct hub_upload *u = f->uploads; u != NULL; u = next) {
		next = u->next;
		if (u->writer == NULL && now_ms - u->used_ms > REST_MS)
			forget(f, u);
	}
}

/* ---- beginning and end -------------------------------------------------- */

enum cs_err
hub_folder_new(struct hub_folder **out, int fd)
{
	struct hub_folder *f = cs_calloc(1, sizeof *f);

	*out = f;
	if (f == NULL)
		return CS_ERR_NOMEM;
	f->fd = fd;
	return CS_OK;
}

void
hub_folder_bound(struct hub_folder *f, uint64_t account, uint64_t all)
{
	f->most = account;
	f->most_all = all;
}

void
hub_folder_free(struct hub_folder *f)
{
	if (f == NULL)
		return;
	while (f->uploads != NULL)
		forget(f, f->uploads);
	cs_free(f, sizeof *f);
}
