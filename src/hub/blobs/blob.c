/* SPDX-License-Identifier: MIT */
#include "hub/blobs/blob.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "family/channel.h"
#include "hub/blobs/ticket.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/files/folder.h"

#define AT_ONCE 100          /* that go in one round */
#define PASS_MS CS_MINUTE_MS /* from the grant to the files */

/* What is known of a blob. */
struct row {
	uint8_t account[CS_ID_LEN];
	uint64_t size;
	uint8_t sha256[CS_HASH_LEN];
	bool complete;
	bool own;             /* for devices of the account alone */
	uint64_t quarantined; /* until when; 0: it is not */
};

static enum cs_err
load(struct row *out, struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, hub->db,
	    "SELECT account,size,sha256,complete,quarantined,own FROM blob"
	    " WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK) {
		cs_col_copy(&rows, 0, out->account, CS_ID_LEN);
		out->size = cs_col_int(&rows, 1);
		cs_col_copy(&rows, 2, out->sha256, 32);
		out->complete = cs_col_int(&rows, 3) != 0;
		out->quarantined = cs_col_int(&rows, 4);
		out->own = cs_col_int(&rows, 5) != 0;
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
make_new(struct hub_request *rq, struct cs_wire_blob_put *m)
{
	enum cs_err err;

	if (m->size == 0 || m->size > HUB_BLOB_MAX)
		return hub_refuse(rq, CS_WIRE_E_TOO_LARGE);
	if (m->own > 1)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = hub_spend(rq, HUB_B_FILES_DAY, 1)) ||
	    (err = hub_spend(rq, HUB_B_FILE_BYTES_DAY, m->size)) ||
	    (err = hub_spend(rq, HUB_B_FILES, 1)) ||
	    (err = hub_spend(rq, HUB_B_FILE_BYTES, m->size)))
		return err;
	return cs_db_exec(rq->hub->db,
	    "INSERT INTO blob(id,account,size,sha256,created,own)"
	    " VALUES(?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(m->blob)),
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(m->size),
	    cs_blob(CS_VIEW_OF(m->sha256)), cs_int(rq->hub->now_ms),
	    cs_int(m->own));
}

/* How much of an incomplete blob need not come again.  Its last byte has to:
 * then it is verified, and whoever sent it is told. */
static uint64_t
stored(const struct cs_hub *hub, const uint8_t id[static CS_ID_LEN],
    const struct row *row)
{
	uint64_t n = hub_folder_stored(hub->blobs, id);

	return n < row->size ? n : row->size - 1;
}

static enum cs_err
answer_ticket(struct hub_request *rq, const uint8_t id[static CS_ID_LEN],
    const struct row *row, bool put)
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
	answer.stored = row->complete ? row->size : stored(rq->hub, id, row);
	answer.token = cs_view_str(token);
	return hub_answer(rq, &cs_wire_blob_answer_shape, &answer);
}

/* Whoever does not name a blob is given a name for it. */
static void
choose_id(struct cs_wire_blob_put *m)
{
	static const uint8_t none[CS_ID_LEN];

	if (memcmp(m->blob, none, CS_ID_LEN) == 0)
		cs_random(m->blob, sizeof m->blob);
}

static bool
is_ours(const struct row *row, const struct hub_request *rq)
{
	return rq->conn->role == HUB_DEVICE &&
	    memcmp(row->account, rq->conn->account, CS_ID_LEN) == 0;
}

/* Is it the blob that this account began? */
static bool
is_same(const struct row *row, const struct hub_request *rq,
    const struct cs_wire_blob_put *m)
{
	return is_ours(row, rq) && row->size == m->size &&
	    row->own == (m->own != 0) &&
	    memcmp(row->sha256, m->sha256, CS_HASH_LEN) == 0;
}

enum cs_err
hub_blob_put(struct hub_request *rq)
{
	struct cs_wire_blob_put m;
	struct row row;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_blob_put_shape, rq->body)))
		return err;
	choose_id(&m);
	err = load(&row, rq->hub, m.blob);
	if (err == CS_ERR_NOT_FOUND && (err = make_new(rq, &m)) == CS_OK)
		err = load(&row, rq->hub, m.blob);
	if (err)
		return err;
	if (!is_same(&row, rq, &m))
		return hub_refuse(rq, CS_WIRE_E_NO_BLOB);
	return answer_ticket(rq, m.blob, &row, true);
}

enum cs_err
hub_blob_get(struct hub_request *rq)
{
	struct cs_wire_blob_get m;
	struct row row;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_blob_get_shape, rq->body)))
		return err;
	err = load(&row, rq->hub, m.blob);
	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK &&
		(!row.complete || (row.own && !is_ours(&row, rq)))))
		return hub_refuse(rq, CS_WIRE_E_NO_BLOB);
	if (err)
		return err;
	/* The desk has to see the file that it decides about. */
	if (rq->conn->role != HUB_DESK && row.quarantined > rq->hub->now_ms)
		return hub_refuse(rq, CS_WIRE_E_QUARANTINED);
	return answer_ticket(rq, m.blob, &row, false);
}

/* A file without a row is nobody's; a row without a file is asked for again. */
static enum cs_err
drop(struct cs_hub *hub, struct cs_view id)
{
	enum cs_err err = hub->files == NULL
	    ? CS_ERR_CLOSED
	    : cs_channel_put(hub->files, HUB_TALK_REMOVE, 0, id);

	return err
	    ? err
	    : cs_db_exec(hub->db, "DELETE FROM blob WHERE id=?", cs_blob(id));
}

enum cs_err
hub_blob_remove(struct hub_request *rq)
{
	const struct cs_wire_empty answer = { 0 };
	struct cs_wire_blob_get m;
	struct row row;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_blob_get_shape, rq->body)))
		return err;
	err = load(&row, rq->hub, m.blob);
	if (err == CS_OK) {
		if (!row.own || !is_ours(&row, rq))
			return hub_refuse(rq, CS_WIRE_E_NO_BLOB);
		err = drop(rq->hub, CS_VIEW_OF(m.blob));
	}
	if (err && err != CS_ERR_NOT_FOUND)
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
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

/* Where the request begins, and how much of the blob it is about. */
static int
bound(struct hub_pass *pass, const struct row *row, bool put)
{
	if (put)
		return row->complete ? 409 : 0;
	if (!row->complete)
		return 404;
	if (pass->offset >= row->size)
		return 416;
	if (pass->length > row->size - pass->offset)
		pass->length = row->size - pass->offset;
	return 0;
}

static int
grant(struct hub_pass *pass, struct cs_hub *hub,
    const struct hub_talk_blob *asked, struct cs_view token)
{
	struct hub_ticket t;
	struct row row;
	enum cs_err err;
	int status;

	if (!hub_ticket_read(&t, hub, asked, token))
		return 401;
	if (!t.desk && (status = check_device(hub, t.device)) != 0)
		return status;
	if ((err = load(&row, hub, asked->id)))
		return err == CS_ERR_NOT_FOUND ? 404 : 500;
	if (!t.desk && !t.put && row.quarantined > hub->now_ms)
		return 403;
	*pass = (struct hub_pass){
		.size = row.size,
		.offset = asked->offset,
		.length = asked->length,
		.until_ms = hub->now_ms + PASS_MS,
		.put = t.put,
	};
	memcpy(pass->id, asked->id, CS_ID_LEN);
	memcpy(pass->account, row.account, CS_ID_LEN);
	memcpy(pass->sha256, row.sha256, CS_HASH_LEN);
	return bound(pass, &row, t.put);
}

void
hub_blob_grant(struct cs_hub *hub, struct hub_talk_grant *out,
    const struct hub_talk_blob *asked, struct cs_view token)
{
	const struct cs_view pass = HUB_TALK_OF(out->pass);

	memset(out, 0, sizeof *out);
	out->status = grant(&out->pass, hub, asked, token);
	if (out->status == 0 &&
	    cs_hmac_parts(out->mac, CS_SHA256, CS_VIEW_OF(hub->pass_key), &pass,
		1) != CS_OK)
		out->status = 500;
}

enum cs_err
hub_blob_complete(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	struct row row;
	enum cs_err err;

	/* It may have gone while it came. */
	if ((err = load(&row, hub, id)) || (err = hub_batch_begin(hub)))
		return err;
	return cs_db_exec(hub->db, "UPDATE blob SET complete=? WHERE id=?",
	    cs_int(true), cs_blob(cs_view(id, CS_ID_LEN)));
}

enum cs_err
hub_blob_sweep(struct cs_hub *hub)
{
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

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
	     i += CS_ID_LEN)
		err = drop(hub, cs_view(ids.data + i, CS_ID_LEN));
	cs_buf_free(&ids);
	return err;
}
