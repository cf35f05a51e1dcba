/* SPDX-License-Identifier: MIT */
/*
 * The log of a group: one append a message, stamped before it is stored, and
 * one cursor a device.
 */
#include <string.h>

#include "crypto/hash.h"
#include "franking/safe_aad.h"
#include "franking/stamp.h"
#include "hub/core/hub.h"

static void
make_stamp(struct cs_stamp *s, const struct cs_hub *hub,
    const struct hub_group *group, const struct hub_entry *entry)
{
	memset(s, 0, sizeof *s);
	s->flags = entry->content == CS_MLS_CONTENT_APPLICATION
	    ? 0
	    : CS_STAMP_HANDSHAKE;
	/* FRANKING, rule 7: time never goes backwards in a group. */
	s->accepted_ms =
	    hub->now_ms > group->last_ms ? hub->now_ms : group->last_ms;
	s->epoch = entry->epoch;
	s->group_seq = group->seq + 1;
	memcpy(s->account, entry->account, 16);
	memcpy(s->device, entry->device, 16);
	memcpy(s->tag, entry->tag, 32);
	memcpy(s->msg_hash, entry->msg_hash, 32);
	memcpy(s->chain_prev, group->chain, 32);
}

static enum cs_err
wake(struct cs_hub *hub, const struct hub_group *group)
{
	const struct cs_wire_push push = {
		.kind = CS_WIRE_PUSH_GROUP,
		.group_id = group->id,
		.head = group->seq,
	};
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT device FROM member WHERE grp=? AND until_seq IS NULL",
	    cs_blob(group->id));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t device[16];

		cs_col_copy(&rows, 0, device, sizeof device);
		hub_push_device(hub, device, &push);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
store(struct cs_hub *hub, const struct hub_group *group,
    const struct hub_entry *entry, const struct cs_stamp *s,
    struct cs_view stamp)
{
	enum cs_err err;

	err = cs_db_exec(hub->db,
	    "INSERT INTO log(grp,seq,account,device,epoch,content,accepted,"
	    "msg_hash,stamp,message) VALUES(?,?,?,?,?,?,?,?,?,?)",
	    cs_blob(group->id), cs_int(s->group_seq),
	    cs_blob(CS_VIEW_OF(s->account)), cs_blob(CS_VIEW_OF(s->device)),
	    cs_int(s->epoch), cs_int(entry->content), cs_int(s->accepted_ms),
	    cs_blob(CS_VIEW_OF(s->msg_hash)), cs_blob(stamp),
	    cs_blob(entry->message));
	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "UPDATE grp SET seq=?,chain=?,last_ms=? WHERE id=?",
		    cs_int(group->seq), cs_blob(CS_VIEW_OF(group->chain)),
		    cs_int(group->last_ms), cs_blob(group->id));
	return err;
}

enum cs_err
hub_log_append(struct cs_hub *hub, struct hub_group *group,
    const struct hub_entry *entry, struct cs_buf *stamp)
{
	struct cs_stamp s;
	enum cs_err err;

	make_stamp(&s, hub, group, entry);
	if ((err = cs_group_ref(s.group_ref, group->id)) ||
	    (err = cs_stamp_sign(&s, hub->root_public, &hub->stamp_key)) ||
	    (err = cs_stamp_write(stamp, &s)) ||
	    (err = cs_stamp_chain(group->chain, &s)))
		return err;
	group->seq = s.group_seq;
	group->last_ms = s.accepted_ms;
	if ((err = store(hub, group, entry, &s, cs_buf_view(stamp))))
		return err;
	return wake(hub, group);
}

/* ---- submitting --------------------------------------------------------- */

/* Bytes that came before: the first answer again, if they are his. */
static uint16_t
repeated(struct hub_request *rq, const struct hub_group *group,
    const struct hub_entry *entry, bool *found)
{
	struct cs_wire_submit_answer answer = { 0 };
	struct cs_rows rows;
	uint16_t code = 0;
	enum cs_err err;

	*found = false;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT seq,stamp,device FROM log WHERE grp=? AND msg_hash=?",
	    cs_blob(group->id), cs_blob(CS_VIEW_OF(entry->msg_hash)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		*found = true;
		answer.group_seq = cs_col_int(&rows, 0);
		answer.stamp = cs_col_blob(&rows, 1);
		if (!cs_view_equal(
			cs_col_blob(&rows, 2), CS_VIEW_OF(rq->conn->device)))
			code = CS_WIRE_E_REPEATED;
		else
			code = hub_answer(
			    rq, &cs_wire_submit_answer_shape, &answer);
	}
	if ((err = cs_rows_end(&rows, err)))
		return hub_code(err);
	return code;
}

static enum cs_err
read_entry(struct cs_wire_entry *out, struct cs_rows *rows)
{
	out->group_seq = cs_col_int(rows, 0);
	cs_col_copy(rows, 1, out->account, 16);
	cs_col_copy(rows, 2, out->device, 16);
	out->epoch = cs_col_int(rows, 3);
	out->stamp = cs_col_blob(rows, 4);
	out->message = cs_col_blob(rows, 5);
	return rows->err;
}

/* Somebody was quicker: the loser gets the winner's commit. */
static uint16_t
stale(struct hub_request *rq, const struct hub_group *group, uint64_t epoch)
{
	struct cs_wire_entry winner;
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT seq,account,device,epoch,stamp,message FROM log"
	    " WHERE grp=? AND epoch=? AND content=3 AND message IS NOT NULL",
	    cs_blob(group->id), cs_int(epoch));
	if (err == CS_OK && cs_rows_next(&rows) &&
	    (err = read_entry(&winner, &rows)) == CS_OK)
		err = cs_wire_write(
		    &rq->error_data, &cs_wire_entry_shape, &winner);
	if ((err = cs_rows_end(&rows, err)))
		return hub_code(err);
	return CS_WIRE_E_STALE_EPOCH;
}

uint16_t
hub_is_member(struct hub_request *rq, struct cs_view group_id)
{
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, rq->hub->db,
	    "SELECT COUNT(*) FROM member WHERE grp=? AND device=?"
	    " AND until_seq IS NULL",
	    cs_blob(group_id), cs_blob(CS_VIEW_OF(rq->conn->device)));
	if (err)
		return hub_code(err);
	return n == 1 ? 0 : CS_WIRE_E_NO_GROUP;
}

/* Members may; and a device whose account is or was there may come by a commit,
 * which hub_handshake() looks at more closely. */
static uint16_t
may_submit(struct hub_request *rq, const struct cs_mls_message_info *info)
{
	bool there;
	enum cs_err err;

	if (info->content != CS_MLS_CONTENT_COMMIT ||
	    info->wire != CS_MLS_WIRE_PUBLIC)
		return hub_is_member(rq, info->group_id);
	err = hub_account_may_enter(
	    &there, rq->hub, info->group_id, rq->conn->account);
	if (err)
		return hub_code(err);
	return there ? 0 : CS_WIRE_E_NO_GROUP;
}

static uint16_t
application(struct hub_request *rq, struct hub_group *group,
    const struct cs_mls_message_info *info, struct hub_entry *entry,
    struct cs_buf *stamp)
{
	/* FRANKING: exactly one 0x0020 item, or it could not be reported. */
	if (cs_safe_aad_tag(entry->tag, info->authenticated_data) != CS_OK)
		return CS_WIRE_E_TAG;
	return hub_code(hub_log_append(rq->hub, group, entry, stamp));
}

static uint16_t
submit(struct hub_request *rq, const struct cs_wire_submit *m,
    struct hub_group *group, struct cs_buf *stamp)
{
	struct cs_wire_submit_answer answer = { 0 };
	struct cs_mls_message_info info;
	struct hub_entry entry = { .message = m->message };
	bool found;
	enum cs_err err;
	uint16_t code;

	if ((err = cs_mls_message_peek(&info, m->message)) ||
	    (err = cs_sha256(entry.msg_hash, m->message)))
		return hub_code(err);
	if (info.wire > CS_MLS_WIRE_PRIVATE ||
	    !cs_view_equal(info.group_id, m->group_id))
		return CS_WIRE_E_MALFORMED;
	code = repeated(rq, group, &entry, &found);
	if (found || code != 0)
		return code;
	if ((code = may_submit(rq, &info)) != 0)
		return code;
	/* Handshakes carry data, too. */
	if (group->dissolved > rq->hub->now_ms)
		return CS_WIRE_E_DISSOLVED;
	if (info.epoch != group->epoch)
		return stale(rq, group, info.epoch);
	memcpy(entry.account, rq->conn->account, 16);
	memcpy(entry.device, rq->conn->device, 16);
	entry.epoch = info.epoch;
	entry.content = info.content;
	/* Handshakes are public, so that the hub can follow them; what is said
	 * is not. */
	if (info.wire == CS_MLS_WIRE_PRIVATE &&
	    info.content == CS_MLS_CONTENT_APPLICATION)
		code = application(rq, group, &info, &entry, stamp);
	else if (info.wire == CS_MLS_WIRE_PUBLIC &&
	    info.content != CS_MLS_CONTENT_APPLICATION)
		code = hub_handshake(rq, group, m, &entry, stamp);
	else
		code = CS_WIRE_E_INVALID_HANDSHAKE;
	if (code != 0)
		return code;
	/* The entry may have been followed by proposals of the hub's. */
	answer.group_seq = 0;
	err = cs_db_get_int(&answer.group_seq, rq->hub->db,
	    "SELECT seq FROM log WHERE grp=? AND msg_hash=?",
	    cs_blob(group->id), cs_blob(CS_VIEW_OF(entry.msg_hash)));
	if (err)
		return hub_code(err);
	answer.stamp = cs_buf_view(stamp);
	return hub_answer(rq, &cs_wire_submit_answer_shape, &answer);
}

uint16_t
hub_submit(struct hub_request *rq)
{
	struct cs_buf stamp = { 0 };
	struct cs_wire_submit m;
	struct hub_group group;
	enum cs_err err;
	uint16_t code;

	if ((err = cs_wire_parse(&m, &cs_wire_submit_shape, rq->body)))
		return hub_code(err);
	err = hub_group_load(&group, rq->hub, m.group_id);
	if (err == CS_ERR_NOT_FOUND)
		return CS_WIRE_E_NO_GROUP;
	if (err)
		return hub_code(err);
	code = submit(rq, &m, &group, &stamp);
	cs_buf_free(&stamp);
	return code;
}

/* ---- reading ------------------------------------------------------------ */

uint16_t
hub_sync(struct hub_request *rq)
{
	struct cs_wire_sync_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	uint64_t welcomes = 0;
	enum cs_err err;
	uint16_t code;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT grp,cursor,MIN(seq,COALESCE(until_seq,seq)) AS head"
	    " FROM member JOIN grp ON grp.id=member.grp"
	    " WHERE device=? AND head>cursor LIMIT 10000",
	    cs_blob(CS_VIEW_OF(rq->conn->device)));
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
	code = err ? hub_code(err)
		   : hub_answer(rq, &cs_wire_sync_answer_shape, &answer);
	cs_buf_free(&list);
	return code;
}

uint16_t
hub_fetch(struct hub_request *rq)
{
	struct cs_wire_fetch_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_wire_fetch m;
	struct cs_rows rows;
	enum cs_err err;
	uint16_t code;

	if ((err = cs_wire_parse(&m, &cs_wire_fetch_shape, rq->body)))
		return hub_code(err);
	if (m.max == 0 || m.max > CS_WIRE_FETCH_MAX)
		m.max = CS_WIRE_FETCH_MAX;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT log.seq,log.account,log.device,epoch,stamp,message FROM log"
	    " JOIN member ON member.grp=log.grp"
	    " WHERE log.grp=? AND member.device=? AND log.seq>?"
	    " AND log.seq>from_seq AND log.seq<=COALESCE(until_seq,log.seq)"
	    " AND message IS NOT NULL ORDER BY log.seq LIMIT ?",
	    cs_blob(m.group_id), cs_blob(CS_VIEW_OF(rq->conn->device)),
	    cs_int(m.after), cs_int(m.max));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_entry item;

		if ((err = read_entry(&item, &rows)) != CS_OK)
			break;
		if (answer.entries.n != 0 &&
		    list.len + item.message.len > HUB_FETCH_BYTES)
			break;
		err = cs_wire_list_add(
		    &list, &answer.entries.n, &cs_wire_entry_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.entries.raw = cs_buf_view(&list);
	code = err ? hub_code(err)
		   : hub_answer(rq, &cs_wire_fetch_answer_shape, &answer);
	cs_buf_free(&list);
	return code;
}

/* Every device has it: the bytes go, hash and stamp stay. */
static enum cs_err
forget_read(struct cs_hub *hub, struct cs_view group)
{
	uint64_t least;
	enum cs_err err;

	err = cs_db_get_int(&least, hub->db,
	    "SELECT COALESCE(MIN(cursor),0) FROM member WHERE grp=?",
	    cs_blob(group));
	if (err)
		return err;
	/* The commit of the last epoch stays for those who lose against it. */
	return cs_db_exec(hub->db,
	    "UPDATE log SET message=NULL WHERE grp=? AND seq<=?"
	    " AND message IS NOT NULL AND content=1",
	    cs_blob(group), cs_int(least));
}

uint16_t
hub_ack(struct hub_request *rq)
{
	struct cs_hub *hub = rq->hub;
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_ack m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_ack_shape, rq->body)))
		return hub_code(err);
	err = cs_db_exec(hub->db,
	    "UPDATE member SET cursor=? WHERE grp=? AND device=? AND cursor<?"
	    " AND ?<=(SELECT seq FROM grp WHERE id=?)",
	    cs_int(m.group_seq), cs_blob(m.group_id),
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(m.group_seq),
	    cs_int(m.group_seq), cs_blob(m.group_id));
	/* Who was removed and has read to the end is waited for no longer. */
	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "DELETE FROM member WHERE grp=? AND device=?"
		    " AND until_seq<=cursor",
		    cs_blob(m.group_id), cs_blob(CS_VIEW_OF(rq->conn->device)));
	if (err == CS_OK)
		err = forget_read(hub, m.group_id);
	if (err)
		return hub_code(err);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

uint16_t
hub_welcomes(struct hub_request *rq)
{
	struct cs_wire_welcomes_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;
	uint16_t code;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT id,grp,account,seq,chain,bytes FROM welcome"
	    " WHERE device=? ORDER BY id LIMIT 100",
	    cs_blob(CS_VIEW_OF(rq->conn->device)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_welcome item = {
			.id = cs_col_int(&rows, 0),
			.group_id = cs_col_blob(&rows, 1),
			.group_seq = cs_col_int(&rows, 3),
			.welcome = cs_col_blob(&rows, 5),
		};

		cs_col_copy(&rows, 2, item.account, sizeof item.account);
		cs_col_copy(&rows, 4, item.chain, sizeof item.chain);
		if (answer.welcomes.n != 0 &&
		    list.len + item.welcome.len > HUB_FETCH_BYTES)
			break;
		err = cs_wire_list_add(
		    &list, &answer.welcomes.n, &cs_wire_welcome_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.welcomes.raw = cs_buf_view(&list);
	code = err ? hub_code(err)
		   : hub_answer(rq, &cs_wire_welcomes_answer_shape, &answer);
	cs_buf_free(&list);
	return code;
}

uint16_t
hub_welcome_ack(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_welcome_ack m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_welcome_ack_shape, rq->body)) ||
	    (err = cs_db_exec(rq->hub->db,
		 "DELETE FROM welcome WHERE id=? AND device=?", cs_int(m.id),
		 cs_blob(CS_VIEW_OF(rq->conn->device)))))
		return hub_code(err);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
