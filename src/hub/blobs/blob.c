/* SPDX-License-Identifier: MIT */
#include "hub/blobs/blob.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/random.h"
#include "hub/blobs/ticket.h"
#include "hub/blobs/upload.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"

#define AT_ONCE 100 /* that go in one round */

static enum cs_err
load(struct hub_blob *out, struct cs_hub *hub,
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

static enum cs_err
make_new(struct hub_request *rq, struct cs_wire_blob_put *m)
{
	enum cs_err err;

	if (m->size == 0 || m->size > HUB_BLOB_MAX)
		return hub_refuse(rq, CS_WIRE_E_TOO_LARGE);
	if ((err = hub_spend(rq, HUB_B_FILES_DAY, 1)) ||
	    (err = hub_spend(rq, HUB_B_FILE_BYTES_DAY, m->size)) ||
	    (err = hub_spend(rq, HUB_B_FILES, 1)) ||
	    (err = hub_spend(rq, HUB_B_FILE_BYTES, m->size)))
		return err;
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
    const struct hub_blob *row, bool put)
{
	char token[CS_WIRE_TOKEN_MAX];
	struct cs_wire_blob_answer answer = { .size = row->size };
	struct hub_ticket t = {
		.put = put,
		.desk = rq->conn->role == HUB_DESK,
		.until_ms = rq->hub->now_ms + HUB_BLOB_TOKEN_MS,
	};
	enum cs_err err;

	memcpy(t.blob, id, CS_ID_LEN);
	memcpy(t.device, rq->conn->device, CS_ID_LEN);
	if ((err = hub_ticket_write(token, rq->hub, &t)))
		return err;
	memcpy(answer.blob, id, CS_ID_LEN);
	answer.stored =
	    row->complete ? row->size : hub_upload_stored(rq->hub, id);
	answer.token = cs_view_str(token);
	return hub_answer(rq, &cs_wire_blob_answer_shape, &answer);
}

static enum cs_err
note_complete(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	return cs_db_exec(hub->db, "UPDATE blob SET complete=? WHERE id=?",
	    cs_int(true), cs_blob(cs_view(id, CS_ID_LEN)));
}

enum cs_err
hub_blob_put(struct hub_request *rq)
{
	static const uint8_t fresh[CS_ID_LEN];
	struct cs_wire_blob_put m;
	struct hub_blob row;
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
	if (err == CS_OK && !row.complete &&
	    hub_upload_stored(rq->hub, m.blob) == row.size &&
	    hub_upload_finish(rq->hub, m.blob, &row) == 201 &&
	    (err = note_complete(rq->hub, m.blob)) == CS_OK)
		row.complete = true;
	if (err)
		return err;
	return answer_ticket(rq, m.blob, &row, true);
}

enum cs_err
hub_blob_get(struct hub_request *rq)
{
	struct cs_wire_blob_get m;
	struct hub_blob row;
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
open_get(struct cs_hub *hub, struct cs_net_blob *b, const struct hub_blob *row)
{
	char path[HUB_BLOB_PATH_SIZE];

	if (!row->complete)
		return 404;
	if (b->offset >= row->size)
		return 416;
	if (b->length > row->size - b->offset)
		b->length = row->size - b->offset;
	hub_blob_path(path, hub, b->id, "");
	b->fd = open(path, O_RDONLY | O_CLOEXEC);
	return b->fd >= 0 ? 0 : 404;
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
	struct hub_blob row;
	struct hub_ticket t;
	enum cs_err err;
	int status;

	if (!hub_ticket_read(&t, hub, b))
		return 401;
	if (!t.desk && (status = check_device(hub, t.device)) != 0)
		return status;
	if ((err = load(&row, hub, b->id)))
		return err == CS_ERR_NOT_FOUND ? 404 : 500;
	if (!t.desk && !b->put && row.quarantined > hub->now_ms)
		return 403;
	b->total = row.size;
	if (!b->put)
		return open_get(hub, b, &row);
	return row.complete ? 409 : hub_upload_begin(hub, b, &row);
}

int
hub_blob_done(struct cs_hub *hub, struct cs_net_blob *b, bool whole)
{
	struct hub_blob row;
	enum cs_err err = load(&row, hub, b->id);
	int status;

	/* It may have gone while it came. */
	if (err)
		memset(&row, 0, sizeof row);
	status = hub_upload_end(hub, b, whole && err == CS_OK, &row);
	if (status != 201)
		return status;
	if (hub_batch_begin(hub) != CS_OK || note_complete(hub, b->id) != CS_OK)
		return 507;
	/* The answer leaves at once, so the commit has to come first. */
	hub_batch_end(hub);
	return load(&row, hub, b->id) == CS_OK && row.complete ? 201 : 507;
}

enum cs_err
hub_blob_sweep(struct cs_hub *hub)
{
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	hub_uploads_sweep(hub);
	err = cs_db_query(&rows, hub->db,
	    "SELECT id FROM blob WHERE created<? AND quarantined<=?"
	    " AND NOT EXISTS(SELECT 1 FROM pin WHERE pin.blob=blob.id)"
	    " ORDER BY created LIMIT ?",
	    cs_int(hub->now_ms - HUB_KEEP_MS), cs_int(hub->now_ms),
	    cs_int(AT_ONCE));
	while (err == CS_OK && cs_rows_next(&rows))
		err = cs_buf_add(&ids, cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	for (size_t i = 0; err == CS_OK && i + CS_ID_LEN <= ids.len;
	     i += CS_ID_LEN) {
		char path[HUB_BLOB_PATH_SIZE];

		hub_blob_path(path, hub, ids.data + i, "");
		unlink(path);
		hub_blob_path(path, hub, ids.data + i, ".part");
		unlink(path);
		err = cs_db_exec(hub->db, "DELETE FROM blob WHERE id=?",
		    cs_blob(cs_view(ids.data + i, CS_ID_LEN)));
	}
	cs_buf_free(&ids);
	return err;
}
