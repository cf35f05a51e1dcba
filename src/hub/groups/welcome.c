/* SPDX-License-Identifier: MIT */
#include "hub/groups/welcome.h"

#include "hub/core/batch.h"
#include "hub/core/hub.h"
#include "hub/groups/group.h"

enum cs_err
hub_welcome_store(uint64_t *id, struct cs_hub *hub, struct cs_view welcome)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "INSERT INTO welcome_bytes(bytes) VALUES(?)", cs_blob(welcome));

	*id = cs_db_last_id(hub->db);
	return err;
}

enum cs_err
hub_welcome_insert(struct hub_request *rq, const struct hub_group *group,
    const uint8_t device[static CS_ID_LEN], uint64_t bytes)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_WELCOME };
	enum cs_err err;

	err = cs_db_exec(rq->hub->db,
	    "INSERT INTO welcome(device,grp,account,seq,chain,bytes,created)"
	    " VALUES(?,?,?,?,?,?,?)",
	    cs_blob(cs_view(device, CS_ID_LEN)), cs_blob(group->id),
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(group->seq),
	    cs_blob(CS_VIEW_OF(group->chain)), cs_int(bytes),
	    cs_int(rq->hub->now_ms));
	if (err == CS_OK)
		hub_push_device(rq->hub, device, &push);
	return err;
}

enum cs_err
hub_welcomes(struct hub_request *rq)
{
	struct cs_wire_welcomes_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT welcome.id,grp,account,seq,chain,welcome_bytes.bytes"
	    " FROM welcome JOIN welcome_bytes ON welcome_bytes.id=welcome.bytes"
	    " WHERE device=? ORDER BY welcome.id LIMIT ?",
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(HUB_ANSWER_ROWS));
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
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_welcomes_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

enum cs_err
hub_welcome_ack(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_welcome_ack m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_welcome_ack_shape, rq->body)) ||
	    (err = cs_db_exec(rq->hub->db,
		 "DELETE FROM welcome WHERE id=? AND device=?", cs_int(m.id),
		 cs_blob(CS_VIEW_OF(rq->conn->device)))))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
