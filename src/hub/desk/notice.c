/* SPDX-License-Identifier: MIT */
/* What the desk decided about an account, for its holder: as it was signed. */
#include "hub/desk/notice.h"

#include <string.h>

#include "hub/core/batch.h"
#include "hub/core/hub.h"

/* Columns bytes, signature, applied, reversed, salt, entry, or NULL until the
 * log has it; state, updated, answer, reply of the appeal, or NULL. */
static enum cs_err
read_notice(struct cs_wire_notice *out, struct cs_rows *rows)
{
	memset(out, 0, sizeof *out);
	out->action = cs_col_blob(rows, 0);
	cs_col_copy(rows, 1, out->signature, sizeof out->signature);
	out->applied_ms = cs_col_int(rows, 2);
	out->reversed_ms = cs_col_int(rows, 3);
	if (!cs_col_null(rows, 5)) {
		out->log_salt = cs_col_blob(rows, 4);
		out->log_entry = cs_col_int(rows, 5);
	}
	if (!cs_col_null(rows, 6)) {
		out->appeal = (uint8_t)cs_col_int(rows, 6);
		out->appeal_ms = cs_col_int(rows, 7);
		out->answer = cs_col_blob(rows, 8);
		out->reply = cs_col_blob(rows, 9);
	}
	return rows->err;
}

static enum cs_err
add(struct cs_buf *list, uint32_t *n, struct cs_rows *rows)
{
	struct cs_wire_notice item;
	enum cs_err err = read_notice(&item, rows);

	if (err)
		return err;
	return cs_wire_list_add(list, n, &cs_wire_notice_shape, &item);
}

enum cs_err
hub_notices(struct hub_request *rq)
{
	struct cs_wire_notices_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	/* The last appeal against an action counts: those before it could not
	 * be read. */
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT bytes,signature,applied,reversed,salt,entry,letter.state,"
	    "letter.updated,letter.answer,letter.reply FROM action"
	    " LEFT JOIN letter ON letter.id=(SELECT id FROM letter WHERE"
	    " subject=action.id AND letter.kind=?"
	    " AND letter.account=action.account"
	    " ORDER BY received DESC,id LIMIT 1)"
	    " WHERE action.account=? ORDER BY applied DESC,action.id LIMIT ?",
	    cs_int(CS_WIRE_LETTER_APPEAL),
	    cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_int(CS_WIRE_NOTICES_MAX));
	while (
	    err == CS_OK && list.len < HUB_FETCH_BYTES && cs_rows_next(&rows))
		err = add(&list, &answer.notices.n, &rows);
	err = cs_rows_end(&rows, err);
	answer.notices.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_notices_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}
