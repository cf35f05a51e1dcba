/* SPDX-License-Identifier: MIT */
#include "hub/blobs/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "hub/core/budget.h"
#include "store/file.h"

/* The disk begins to write after so many bytes, so that the sync at the end
 * finds little to do while everybody waits. */
#define WRITE_BEHIND CS_MIB

struct hub_upload {
	struct hub_upload *next;
	uint8_t blob[CS_ID_LEN], account[CS_ID_LEN];
	uint64_t stored;  /* bytes, written and hashed */
	uint64_t flushed; /* bytes that the disk was told to write */
	uint64_t used_ms;
	struct cs_hasher *hash;
	struct cs_net_blob *writer; /* NULL: it rests */
	int fd;                     /* -1: it rests */
};

void
hub_blob_path(char out[static HUB_BLOB_PATH_SIZE], const struct cs_hub *hub,
    const uint8_t id[static CS_ID_LEN], const char *suffix)
{
	char hex[33];

	cs_hex(hex, cs_view(id, CS_ID_LEN));
	snprintf(
	    out, HUB_BLOB_PATH_SIZE, "%s/blobs/%s%s", hub->dir, hex, suffix);
}

/* ---- those that are known ----------------------------------------------- */

static struct hub_upload *
find(const struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	struct hub_upload *u = hub->uploads;

	while (u != NULL && memcmp(u->blob, id, CS_ID_LEN) != 0)
		u = u->next;
	return u;
}

/* Whoever writes it cannot any longer. */
static void
rest(struct hub_upload *u)
{
	if (u->writer != NULL)
		u->writer->user = NULL;
	u->writer = NULL;
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}

static void
forget(struct cs_hub *hub, struct hub_upload *u)
{
	struct hub_upload **at = &hub->uploads;

	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
	hub->n_uploads--;
	rest(u);
	cs_hasher_free(u->hash);
	cs_free(u, sizeof *u);
}

/* Make room for one more of ${account}, if one rests that may go. */
static bool
make_room(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
{
	struct hub_upload *own = NULL, *any = NULL;
	unsigned n = 0;

	for (struct hub_upload *u = hub->uploads; u != NULL; u = u->next) {
		bool is_own = memcmp(u->account, account, CS_ID_LEN) == 0;

		n += is_own;
		if (u->writer != NULL)
			continue;
		if (any == NULL || u->used_ms < any->used_ms)
			any = u;
		if (is_own && (own == NULL || u->used_ms < own->used_ms))
			own = u;
	}
	if (n >= hub_budget_amount(hub, HUB_B_UPLOADS)) {
		if (own == NULL)
			return false;
		forget(hub, own);
	} else if (hub->n_uploads >=
	    hub_budget_amount(hub, HUB_B_UPLOADS_ALL)) {
		if (any == NULL)
			return false;
		forget(hub, any);
	}
	return true;
}

uint64_t
hub_upload_stored(const struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	const struct hub_upload *u = find(hub, id);
	char path[HUB_BLOB_PATH_SIZE];
	struct stat st;

	if (u != NULL)
		return u->stored;
	hub_blob_path(path, hub, id, ".part");
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
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
open_file(struct cs_hub *hub, struct hub_upload *u)
{
	char path[HUB_BLOB_PATH_SIZE];

	hub_blob_path(path, hub, u->blob, ".part");
	u->fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (u->fd < 0)
		return cs_file_errno();
	if (u->hash != NULL)
		return CS_OK;
	if (cs_hasher_new(&u->hash, CS_SHA256) != CS_OK)
		return CS_ERR_NOMEM;
	return hash_stored(u);
}

/* The upload of ${id}, open for whoever asked last; ${*status} if not. */
static struct hub_upload *
take_over(int *status, struct cs_hub *hub, const uint8_t id[static CS_ID_LEN],
    const struct hub_blob *blob)
{
	struct hub_upload *u = find(hub, id);

	*status = 0;
	if (u == NULL) {
		if (!make_room(hub, blob->account)) {
			*status = 429;
			return NULL;
		}
		if ((u = cs_calloc(1, sizeof *u)) == NULL) {
			*status = 507;
			return NULL;
		}
		memcpy(u->blob, id, CS_ID_LEN);
		memcpy(u->account, blob->account, CS_ID_LEN);
		u->fd = -1;
		u->next = hub->uploads;
		hub->uploads = u;
		hub->n_uploads++;
	}
	rest(u);
	u->used_ms = hub->now_ms;
	if (open_file(hub, u) == CS_OK)
		return u;
	forget(hub, u);
	*status = 507;
	return NULL;
}

int
hub_upload_begin(
    struct cs_hub *hub, struct cs_net_blob *b, const struct hub_blob *blob)
{
	struct hub_upload *u;
	int status;

	if (b->offset > blob->size || b->length > blob->size - b->offset)
		return 413;
	if ((u = take_over(&status, hub, b->id, blob)) == NULL)
		return status;
	if (b->offset != u->stored) {
		rest(u);
		return 409;
	}
	u->writer = b;
	b->user = u;
	return 0;
}

int
hub_upload_write(struct cs_net_blob *b, struct cs_view bytes)
{
	struct hub_upload *u = b->user;

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
complete(struct cs_hub *hub, struct hub_upload *u, const struct hub_blob *blob)
{
	char part[HUB_BLOB_PATH_SIZE], path[HUB_BLOB_PATH_SIZE];
	uint8_t sha256[CS_HASH_LEN];
	int status = 201;

	hub_blob_path(part, hub, u->blob, ".part");
	hub_blob_path(path, hub, u->blob, "");
	if (cs_hasher_end(u->hash, sha256) != CS_OK) {
		status = 507;
	} else if (memcmp(sha256, blob->sha256, sizeof sha256) != 0) {
		/* No part of it can be used. */
		unlink(part);
		status = 422;
	} else if (fsync(u->fd) != 0 || rename(part, path) != 0 ||
	    cs_file_sync_dir(path) != CS_OK) {
		status = 507;
	}
	forget(hub, u);
	return status;
}

int
hub_upload_end(struct cs_hub *hub, struct cs_net_blob *b, bool whole,
    const struct hub_blob *blob)
{
	struct hub_upload *u = b->user;

	if (u == NULL)
		return 409;
	if (whole && u->stored == blob->size)
		return complete(hub, u, blob);
	u->used_ms = hub->now_ms;
	whole &= fsync(u->fd) == 0;
	rest(u);
	return whole ? 202 : 400;
}

int
hub_upload_finish(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN],
    const struct hub_blob *blob)
{
	struct hub_upload *u;
	int status;

	if ((u = take_over(&status, hub, id, blob)) == NULL)
		return status;
	if (u->stored == blob->size)
		return complete(hub, u, blob);
	rest(u);
	return 409;
}

void
hub_uploads_sweep(struct cs_hub *hub)
{
	struct hub_upload *next;

	for (struct hub_upload *u = hub->uploads; u != NULL; u = next) {
		next = u->next;
		if (u->writer == NULL &&
		    hub->now_ms - u->used_ms > HUB_BLOB_TOKEN_MS)
			forget(hub, u);
	}
}

void
hub_uploads_close(struct cs_hub *hub)
{
	while (hub->uploads != NULL)
		forget(hub, hub->uploads);
}
