/* SPDX-License-Identifier: MIT */
#include "hub/groups/read.h"

#include "hub/core/batch.h"
#include "hub/core/hub.h"

/* Of an entry, beside its message: ids, numbers and the stamp. */
#define ENTRY_BYTES 256

enum cs_err
hub_entry_read(struct cs_wire_entry *out, struct cs_rows *rows)
{
	out->group_seq = cs_col_int(rows, 0);
	cs_col_copy(rows, 1, out->account, CS_ID_LEN);
	cs_col_copy(rows, 2, out->device, CS_ID_LEN);
	out->epoch = cs_col_int(rows, 3);
	out->stamp = cs_col_blob(rows, 4);
	out->message = cs_col_blob(rows, 5);
	return rows->err;
}

enum cs_err
hub_sync(struct hub_request *rq)
{
	struct cs_wire_sync_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	uint64_t welcomes = 0;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT grp,cursor,MIN(seq,COALESCE(until_seq,seq)) AS head"
	    " FROM member JOIN grp ON grp.id=member.grp"
	    " WHERE device=? AND head>cursor LIMIT ?",
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(HUB_SYNC_ROWS));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_group_state item = {
			.group_id = cs_col_blob(&rows, 0),
			.cursor = cs_col_int(&rows, 1),
			.head = cs_col_int(&rows, 2),
		};

		err = cs_wire_list_add(
		    &list, &answer.groups.n, &cs_wire_group_state_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK)
		err = cs_db_get_int(&welcomes, rq->hub->db,
		    "SELECT COUNT(*) FROM welcome WHERE device=?",
		    cs_blob(CS_VIEW_OF(rq->conn->device)));
	answer.groups.raw = cs_buf_view(&list);
	answer.welcomes = (uint32_t)welcomes;
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_sync_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

/* How far a device has surely read in a log: where it was added again, its
 * cursor is where it may read from. */
#define READ                                                                   \
	"(CASE WHEN cursor>from_seq AND NOT EXISTS(SELECT 1 FROM past_member " \
	"p"                                                                    \
	" WHERE p.grp=member.grp AND p.device=member.device) THEN cursor"      \
	" ELSE 0 END)"

enum cs_err
hub_places_sum(uint64_t *read, struct hub_request *rq)
{
	return cs_db_get_int(read, rq->hub->db,
	    "SELECT COALESCE(SUM(" READ "),0) FROM member WHERE device=?",
	    cs_blob(CS_VIEW_OF(rq->conn->device)));
}

enum cs_err
hub_places(struct hub_request *rq)
{
	struct cs_wire_places_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, rq->hub->db,
	    "SELECT grp," READ ",MIN(seq,COALESCE(until_seq,seq)),chain"
	    " FROM member JOIN grp ON grp.id=member.grp WHERE device=? LIMIT ?",
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(HUB_SYNC_ROWS));

	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_place item = {
			.group_id = cs_col_blob(&rows, 0),
			.cursor = cs_col_int(&rows, 1),
			.head = cs_col_int(&rows, 2),
		};

		cs_col_copy(&rows, 3, item.chain, sizeof item.chain);
		err = cs_wire_list_add(
		    &list, &answer.groups.n, &cs_wire_place_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.groups.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_places_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

/* What of a log a device may read: entries behind ${from}, up to ${to}. */
struct window {
	uint64_t from, to;
};

/* Memberships of a device in a group that a page may be from: those before it
 * was added again, and the present one.  More are read by and by. */
#define WINDOWS_MAX 8

/* The windows that reach behind ${after}, in order. */
static enum cs_err
windows_of(struct window out[static WINDOWS_MAX], size_t *n,
    struct hub_request *rq, struct cs_view group, uint64_t after)
{
	struct cs_rows rows;
	enum cs_err err;

	*n = 0;
	/* In the order of the key, and the present one behind them. */
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT from_seq,until_seq FROM past_member"
	    " WHERE grp=? AND device=? AND until_seq>?"
	    " UNION ALL SELECT from_seq,COALESCE(until_seq,?) FROM member"
	    " WHERE grp=? AND device=? LIMIT ?",
	    cs_blob(group), cs_blob(CS_VIEW_OF(rq->conn->device)),
	    cs_int(after), cs_int(INT64_MAX), cs_blob(group),
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(WINDOWS_MAX));
	while (err == CS_OK && cs_rows_next(&rows))
		out[(*n)++] = (struct window){ cs_col_int(&rows, 0),
			cs_col_int(&rows, 1) };
	return cs_rows_end(&rows, err);
}

/* Entries behind ${after}, as many as fit into an answer; one in any case. */
static enum cs_err
entries(struct cs_wire_list *out, struct cs_buf *list, struct hub_request *rq,
    const struct cs_wire_fetch *m, const struct window *w)
{
	struct cs_rows rows;
	enum cs_err err;

	/* One range of the key: of two lower bounds SQLite may take the one
	 * that is far from here. */
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT seq,account,device,epoch,stamp,message FROM log"
	    " WHERE grp=? AND seq>? AND seq<=? AND message IS NOT NULL"
	    " ORDER BY seq LIMIT ?",
	    cs_blob(m->group_id),
	    cs_int(m->after > w->from ? m->after : w->from), cs_int(w->to),
	    cs_int(m->max));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_entry item;

		if ((err = hub_entry_read(&item, &rows)) != CS_OK)
			break;
		if (out->n != 0 &&
		    list->len + item.message.len + ENTRY_BYTES > m->max_bytes)
			break;
		err = cs_wire_list_add(
		    list, &out->n, &cs_wire_entry_shape, &item);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_fetch(struct hub_request *rq)
{
	struct cs_wire_fetch_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_wire_fetch m;
	struct window w[WINDOWS_MAX];
	size_t n = 0;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_fetch_shape, rq->body)))
		return err;
	if (m.max == 0 || m.max > CS_WIRE_FETCH_MAX)
		m.max = CS_WIRE_FETCH_MAX;
	if (m.max_bytes == 0 || m.max_bytes > HUB_FETCH_BYTES)
		m.max_bytes = HUB_FETCH_BYTES;
	err = windows_of(w, &n, rq, m.group_id, m.after);
	for (size_t i = 0; err == CS_OK && i < n && answer.entries.n == 0; i++)
		err = entries(&answer.entries, &list, rq, &m, &w[i]);
	answer.entries.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_fetch_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

/* Every device has it: the bytes go, hash and stamp stay.  What was forgotten
 * before is not looked at again. */
static enum cs_err
forget_read(struct cs_hub *hub, struct cs_view group)
{
	uint64_t least, forgot;
	enum cs_err err;

	if ((err = cs_db_get_int(&least, hub->db,
		 "SELECT MIN(COALESCE((SELECT MIN(cursor) FROM member"
		 " WHERE grp=?),0),COALESCE((SELECT MIN(cursor) FROM"
		 " past_member WHERE grp=?),?))",
		 cs_blob(group), cs_blob(group), cs_int(INT64_MAX))) ||
	    (err = cs_db_get_int(&forgot, hub->db,
		 "SELECT COALESCE(MAX(forgot),0) FROM grp WHERE id=?",
		 cs_blob(group))) ||
	    least <= forgot)
		return err;
	/* The commit of the last epoch stays for those who lose against it. */
	if ((err = cs_db_exec(hub->db,
		 "UPDATE log SET message=NULL WHERE grp=? AND seq>? AND seq<=?"
		 " AND message IS NOT NULL AND content=?",
		 cs_blob(group), cs_int(forgot), cs_int(least),
		 cs_int(CS_MLS_CONTENT_APPLICATION))))
		return err;
	return cs_db_exec(hub->db, "UPDATE grp SET forgot=? WHERE id=?",
	    cs_int(least), cs_blob(group));
}

/* The same of what the device read of memberships before this one. */
static enum cs_err
ack_past(struct hub_request *rq, const struct cs_wire_ack *m)
{
	enum cs_err err = cs_db_exec(rq->hub->db,
	    "DELETE FROM past_member WHERE grp=? AND device=? AND"
	    " until_seq<=?",
	    cs_blob(m->group_id), cs_blob(CS_VIEW_OF(rq->conn->device)),
	    cs_int(m->group_seq));

	if (err)
		return err;
	return cs_db_exec(rq->hub->db,
	    "UPDATE past_member SET cursor=? WHERE grp=? AND device=? AND"
	    " from_seq<? AND cursor<?",
	    cs_int(m->group_seq), cs_blob(m->group_id),
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(m->group_seq),
	    cs_int(m->group_seq));
}

enum cs_err
hub_ack(struct hub_request *rq)
{
	struct cs_hub *hub = rq->hub;
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_ack m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_ack_shape, rq->body)))
		return err;
	err = cs_db_exec(hub->db,
	    "UPDATE member SET cursor=? WHERE grp=? AND device=? AND cursor<?"
	    " AND ?<=(SELECT seq FROM grp WHERE id=?)",
	    cs_int(m.group_seq), cs_blob(m.group_id),
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(m.group_seq),
	    cs_int(m.group_seq), cs_blob(m.group_id));
	/* A removed device that has read to its end is not waited for any
	 * longer. */
	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "DELETE FROM member WHERE grp=? AND device=?"
		    " AND until_seq<=cursor",
		    cs_blob(m.group_id), cs_blob(CS_VIEW_OF(rq->conn->device)));
	if (err == CS_OK)
		err = ack_past(rq, &m);
	if (err == CS_OK)
		err = forget_read(hub, m.group_id);
	if (err)
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
