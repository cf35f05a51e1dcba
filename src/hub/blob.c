/* SPDX-License-Identifier: MIT */
/* A device asks for a ticket on the WebSocket, where it is logged in. The token
 * is a MAC of the hub over blob, direction and time, so the hub stores nothing
 * for it. */
#include "hub/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "hub/core/batch.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "store/file.h"

#define PATH_MAX_HERE 4096

static void
blob_path(char out[static PATH_MAX_HERE], const struct cs_hub *hub,
    const uint8_t id[static CS_ID_LEN], const char *suffix)
{
	char hex[33];

	cs_hex(hex, cs_view(id, CS_ID_LEN));
	snprintf(out, PATH_MAX_HERE, "%s/blobs/%s%s", hub->dir, hex, suffix);
}

/* What a token is good for.  That it is the desk's is said, and follows from no
 * id: no device can have one that is taken for it. */
struct ticket {
	bool put, desk;
	uint8_t blob[CS_ID_LEN];
	uint8_t device[CS_ID_LEN]; /* zero for the desk */
	uint64_t until_ms;
};

static enum cs_err
ticket_mac(uint8_t out[static CS_HASH_LEN], const struct cs_hub *hub,
    const struct ticket *t)
{
	uint8_t in[42];
	struct cs_view v = CS_VIEW_OF(in);

	in[0] = t->put;
	in[1] = t->desk;
	memcpy(in + 2, t->blob, CS_ID_LEN);
	for (unsigned i = 0; i < 8; i++)
		in[18 + i] = (uint8_t)(t->until_ms >> 8 * (7 - i));
	memcpy(in + 26, t->device, CS_ID_LEN);
	return cs_hmac_parts(out, CS_SHA256, CS_VIEW_OF(hub->blob_key), &v, 1);
}

/* "DEADLINE.DEVICE.MAC" in hex, with '-' for the first point in the desk's. */
static enum cs_err
ticket_write(char out[static CS_WIRE_TOKEN_MAX], const struct cs_hub *hub,
    const struct ticket *t)
{
	uint8_t mac[CS_HASH_LEN];
	char hex[65], device_hex[33];
	enum cs_err err = ticket_mac(mac, hub, t);

	if (err)
		return err;
	cs_hex(hex, CS_VIEW_OF(mac));
	cs_hex(device_hex, CS_VIEW_OF(t->device));
	snprintf(out, CS_WIRE_TOKEN_MAX, "%016llx%c%s.%s",
	    (unsigned long long)t->until_ms, t->desk ? '-' : '.', device_hex,
	    hex);
	return CS_OK;
}

static bool
ticket_read(
    struct ticket *t, const struct cs_hub *hub, const struct cs_net_blob *b)
{
	char text[16 + 1 + 32 + 1 + 64 + 1];
	uint8_t until_bytes[8], mac[CS_HASH_LEN], want[CS_HASH_LEN];

	memset(t, 0, sizeof *t);
	t->put = b->put;
	memcpy(t->blob, b->id, sizeof t->blob);
	if (b->token.len != sizeof text - 1)
		return false;
	memcpy(text, b->token.data, sizeof text - 1);
	text[sizeof text - 1] = '\0';
	t->desk = text[16] == '-';
	if ((text[16] != '.' && !t->desk) || text[49] != '.')
		return false;
	text[16] = text[49] = '\0';
	if (cs_unhex(until_bytes, 8, text) != CS_OK ||
	    cs_unhex(t->device, 16, text + 17) != CS_OK ||
	    cs_unhex(mac, 32, text + 50) != CS_OK)
		return false;
	for (unsigned i = 0; i < 8; i++)
		t->until_ms = t->until_ms << 8 | until_bytes[i];
	return ticket_mac(want, hub, t) == CS_OK &&
	    cs_equal_ct(mac, want, sizeof mac) && t->until_ms >= hub->now_ms;
}

struct blob_row {
	uint8_t account[CS_ID_LEN];
	uint64_t size;
	uint8_t sha256[CS_HASH_LEN];
	bool complete;
	uint64_t quarantined; /* until when; 0: it is not */
};

static enum cs_err
load(struct blob_row *out, struct cs_hub *hub,
    const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, hub->db,
	    "SELECT account,size,sha256,complete,quarantined FROM blob"
	    " WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK) {
		cs_col_copy(&rows, 0, out->account, CS_ID_LEN);
		out->size = cs_col_int(&rows, 1);
		cs_col_copy(&rows, 2, out->sha256, 32);
		out->complete = cs_col_int(&rows, 3) != 0;
		out->quarantined = cs_col_int(&rows, 4);
	}
	return cs_rows_end(&rows, err);
}

/* How much of an upload is there. */
static uint64_t
stored(const struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	char path[PATH_MAX_HERE];
	struct stat st;

	blob_path(path, hub, id, ".part");
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static enum cs_err
make_new(struct hub_request *rq, struct cs_wire_blob_put *m)
{
	uint64_t today;
	enum cs_err err;

	if (m->size == 0 || m->size > HUB_BLOB_MAX)
		return hub_refuse(rq, CS_WIRE_E_TOO_LARGE);
	err = cs_db_get_int(&today, rq->hub->db,
	    "SELECT COALESCE(SUM(size),0) FROM blob WHERE account=?"
	    " AND created>?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_int(rq->hub->now_ms - CS_DAY_MS));
	if (err)
		return err;
	if (today + m->size > HUB_BLOB_BYTES_DAY)
		return hub_refuse(rq, CS_WIRE_E_LIMIT);
	cs_random(m->blob, sizeof m->blob);
	return cs_db_exec(rq->hub->db,
	    "INSERT INTO blob(id,account,size,sha256,created)"
	    " VALUES(?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(m->blob)),
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(m->size),
	    cs_blob(CS_VIEW_OF(m->sha256)), cs_int(rq->hub->now_ms));
}

static enum cs_err
answer_ticket(struct hub_request *rq, const uint8_t id[static CS_ID_LEN],
    const struct blob_row *row, bool put)
{
	char token[CS_WIRE_TOKEN_MAX];
	struct cs_wire_blob_answer answer = { .size = row->size };
	struct ticket t = {
		.put = put,
		.desk = rq->conn->role == HUB_DESK,
		.until_ms = rq->hub->now_ms + HUB_BLOB_TOKEN_MS,
	};
	enum cs_err err;

	memcpy(t.blob, id, CS_ID_LEN);
	memcpy(t.device, rq->conn->device, CS_ID_LEN);
	if ((err = ticket_write(token, rq->hub, &t)))
		return err;
	memcpy(answer.blob, id, CS_ID_LEN);
	answer.stored = row->complete ? row->size : stored(rq->hub, id);
	answer.token = cs_view_str(token);
	return hub_answer(rq, &cs_wire_blob_answer_shape, &answer);
}

enum cs_err
hub_blob_put(struct hub_request *rq)
{
	static const uint8_t fresh[CS_ID_LEN];
	struct cs_wire_blob_put m;
	struct blob_row row;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_blob_put_shape, rq->body)))
		return err;
	if (memcmp(m.blob, fresh, CS_ID_LEN) == 0 && (err = make_new(rq, &m)))
		return err;
	err = load(&row, rq->hub, m.blob);
	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK &&
		memcmp(row.account, rq->conn->account, CS_ID_LEN) != 0))
		return hub_refuse(rq, CS_WIRE_E_NO_BLOB);
	if (err)
		return err;
	return answer_ticket(rq, m.blob, &row, true);
}

enum cs_err
hub_blob_get(struct hub_request *rq)
{
	struct cs_wire_blob_get m;
	struct blob_row row;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_blob_get_shape, rq->body)))
		return err;
	err = load(&row, rq->hub, m.blob);
	if (err == CS_ERR_NOT_FOUND || (err == CS_OK && !row.complete))
		return hub_refuse(rq, CS_WIRE_E_NO_BLOB);
	if (err)
		return err;
	/* The desk has to see the file that it decides about. */
	if (rq->conn->role != HUB_DESK && row.quarantined > rq->hub->now_ms)
		return hub_refuse(rq, CS_WIRE_E_QUARANTINED);
	return answer_ticket(rq, m.blob, &row, false);
}

static int
open_get(struct cs_hub *hub, struct cs_net_blob *b, const struct blob_row *row)
{
	char path[PATH_MAX_HERE];

	if (!row->complete)
		return 404;
	if (b->offset >= row->size)
		return 416;
	if (b->length > row->size - b->offset)
		b->length = row->size - b->offset;
	blob_path(path, hub, b->id, "");
	b->fd = open(path, O_RDONLY | O_CLOEXEC);
	return b->fd >= 0 ? 0 : 404;
}

static int
open_put(struct cs_hub *hub, struct cs_net_blob *b, const struct blob_row *row)
{
	char path[PATH_MAX_HERE];

	if (row->complete || b->offset != stored(hub, b->id))
		return 409;
	if (b->offset > row->size || b->length > row->size - b->offset)
		return 413;
	blob_path(path, hub, b->id, ".part");
	b->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return b->fd >= 0 ? 0 : 507;
}

/* A token ends with its device, and while the account is disabled. */
static int
check_device(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	uint64_t n;

	if (cs_db_get_int(&n, hub->db,
		"SELECT COUNT(*) FROM device JOIN account ON"
		" account.id=device.account WHERE device.id=? AND removed=0"
		" AND disabled=0",
		cs_blob(cs_view(device, CS_ID_LEN))) != CS_OK)
		return 500;
	return n == 1 ? 0 : 401;
}

int
hub_blob_open(struct cs_hub *hub, struct cs_net_blob *b)
{
	struct blob_row row;
	struct ticket t;
	enum cs_err err;
	int status;

	if (!ticket_read(&t, hub, b))
		return 401;
	if (!t.desk && (status = check_device(hub, t.device)) != 0)
		return status;
	if ((err = load(&row, hub, b->id)))
		return err == CS_ERR_NOT_FOUND ? 404 : 500;
	if (!t.desk && !b->put && row.quarantined > hub->now_ms)
		return 403;
	b->total = row.size;
	return b->put ? open_put(hub, b, &row) : open_get(hub, b, &row);
}

static enum cs_err
hash_file(uint8_t out[static 32], const char *path)
{
	struct cs_hasher *h = NULL;
	uint8_t chunk[16384];
	enum cs_err err;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return CS_ERR_IO;
	err = cs_hasher_new(&h, CS_SHA256);
	while (err == CS_OK && (n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		err = n < 0 ? CS_ERR_IO
			    : cs_hasher_add(h, cs_view(chunk, (size_t)n));
	}
	if (err == CS_OK)
		err = cs_hasher_end(h, out);
	cs_hasher_free(h);
	close(fd);
	return err;
}

/* The blob is whole: check it, make it durable, then say so. */
static int
complete(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN],
    const struct blob_row *row)
{
	char part[PATH_MAX_HERE], path[PATH_MAX_HERE];
	uint8_t sha256[CS_HASH_LEN];

	blob_path(part, hub, id, ".part");
	blob_path(path, hub, id, "");
	if (hash_file(sha256, part) != CS_OK)
		return 507;
	if (memcmp(sha256, row->sha256, sizeof sha256) != 0) {
		/* No part of it can be used. */
		unlink(part);
		return 422;
	}
	if (rename(part, path) != 0 || cs_file_sync_dir(path) != CS_OK ||
	    hub_batch_begin(hub) != CS_OK ||
	    cs_db_exec(hub->db, "UPDATE blob SET complete=? WHERE id=?",
		cs_int(true), cs_blob(cs_view(id, CS_ID_LEN))) != CS_OK)
		return 507;
	/* The answer leaves at once, so the commit has to come first. */
	hub_batch_end(hub);
	return load(&(struct blob_row){ 0 }, hub, id) == CS_OK ? 201 : 507;
}

int
hub_blob_done(struct cs_hub *hub, struct cs_net_blob *b, bool whole)
{
	struct blob_row row;

	if (fsync(b->fd) != 0)
		return 507;
	if (!whole)
		return 400;
	if (load(&row, hub, b->id) != CS_OK)
		return 507;
	if (row.complete)
		return 201;
	if (stored(hub, b->id) != row.size)
		return 202; /* a part: go on from here */
	return complete(hub, b->id, &row);
}

enum cs_err
hub_blob_sweep(struct cs_hub *hub)
{
	uint64_t before = hub->now_ms - HUB_KEEP_MS;
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT id FROM blob WHERE pinned=0 AND quarantined<=?"
	    " AND created<?",
	    cs_int(hub->now_ms), cs_int(before));
	while (err == CS_OK && cs_rows_next(&rows)) {
		char path[PATH_MAX_HERE];
		uint8_t id[CS_ID_LEN];

		cs_col_copy(&rows, 0, id, sizeof id);
		blob_path(path, hub, id, "");
		unlink(path);
		blob_path(path, hub, id, ".part");
		unlink(path);
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	return cs_db_exec(hub->db,
	    "DELETE FROM blob WHERE pinned=0 AND quarantined<=?"
	    " AND created<?",
	    cs_int(hub->now_ms), cs_int(before));
}
