/* SPDX-License-Identifier: MIT */
/* Letters to the desk about its decisions and questions, and its answers. The
 * hub knows what they are about and can open neither. */
#include "hub/desk/letter.h"

#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/desk/pseudonym.h"

/* Refuse unless there are ${n} things to write about, at least one. */
static enum cs_err
allow(struct hub_request *rq, uint64_t n)
{
	return n != 0 ? CS_OK : hub_refuse(rq, CS_WIRE_E_DENIED);
}

/* Was this letter sent before, and its answer lost? */
static enum cs_err
sent_before(
    struct hub_request *rq, const struct cs_wire_letter *m, bool *before)
{
	uint64_t all, own;
	enum cs_err err;

	if ((err = cs_db_get_int(&all, rq->hub->db,
		 "SELECT COUNT(*) FROM letter WHERE id=?",
		 cs_blob(CS_VIEW_OF(m->id)))) ||
	    (err = cs_db_get_int(&own, rq->hub->db,
		 "SELECT COUNT(*) FROM letter WHERE id=? AND account=?"
		 " AND kind=? AND subject=?",
		 cs_blob(CS_VIEW_OF(m->id)),
		 cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(m->kind),
		 cs_blob(CS_VIEW_OF(m->subject)))))
		return err;
	*before = own != 0;
	return all == own ? CS_OK : hub_refuse(rq, CS_WIRE_E_REPEATED);
}

/* ---- may it be sent? ---------------------------------------------------- */

/* An appeal is against a decision about the sender's own account that is in
 * force, once; again only if the desk could not read it. */
static enum cs_err
check_appeal(struct hub_request *rq, const struct cs_wire_letter *m)
{
	uint64_t there, appeals;
	enum cs_err err;

	if ((err = cs_db_get_int(&there, rq->hub->db,
		 "SELECT COUNT(*) FROM action WHERE id=? AND account=?"
		 " AND kind<>? AND reversed=0",
		 cs_blob(CS_VIEW_OF(m->subject)),
		 cs_blob(CS_VIEW_OF(rq->conn->account)),
		 cs_int(CS_WIRE_ACTION_REVERSE))) ||
	    (err = cs_db_get_int(&appeals, rq->hub->db,
		 "SELECT COUNT(*) FROM letter WHERE subject=? AND kind=?"
		 " AND account=? AND state<>?",
		 cs_blob(CS_VIEW_OF(m->subject)), cs_int(CS_WIRE_LETTER_APPEAL),
		 cs_blob(CS_VIEW_OF(rq->conn->account)),
		 cs_int(CS_WIRE_APPEAL_UNREADABLE))))
		return err;
	return appeals != 0 ? hub_refuse(rq, CS_WIRE_E_EXISTS)
			    : allow(rq, there);
}

static enum cs_err
check_second_look(struct hub_request *rq, const struct cs_wire_letter *m)
{
	uint64_t decided, asked;
	enum cs_err err;

	if ((err = cs_db_get_int(&decided, rq->hub->db,
		 "SELECT COUNT(*) FROM report WHERE id=? AND account=?"
		 " AND state>=?",
		 cs_blob(CS_VIEW_OF(m->subject)),
		 cs_blob(CS_VIEW_OF(rq->conn->account)),
		 cs_int(CS_WIRE_REPORT_REJECTED))) ||
	    (err = cs_db_get_int(&asked, rq->hub->db,
		 "SELECT COUNT(*) FROM report WHERE id=? AND account=?"
		 " AND second_look<>0",
		 cs_blob(CS_VIEW_OF(m->subject)),
		 cs_blob(CS_VIEW_OF(rq->conn->account)))))
		return err;
	return asked != 0 ? hub_refuse(rq, CS_WIRE_E_EXISTS)
			  : allow(rq, decided);
}

static enum cs_err
check_reply(struct hub_request *rq, const struct cs_wire_letter *m)
{
	uint64_t open;
	enum cs_err err;

	err = cs_db_get_int(&open, rq->hub->db,
	    "SELECT COUNT(*) FROM report WHERE id=? AND account=?"
	    " AND question<>x''",
	    cs_blob(CS_VIEW_OF(m->subject)),
	    cs_blob(CS_VIEW_OF(rq->conn->account)));
	return err ? err : allow(rq, open);
}

static enum cs_err
check(struct hub_request *rq, const struct cs_wire_letter *m)
{
	enum cs_err err = hub_spend(rq, HUB_B_LETTERS_DAY, 1);

	if (err)
		return err;
	switch (m->kind) {
	case CS_WIRE_LETTER_APPEAL:
		return check_appeal(rq, m);
	case CS_WIRE_LETTER_SECOND_LOOK:
		return check_second_look(rq, m);
	case CS_WIRE_LETTER_REPLY:
		return check_reply(rq, m);
	default:
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	}
}

/* ---- sending ------------------------------------------------------------ */

static enum cs_err
store(struct hub_request *rq, const struct cs_wire_letter *m)
{
	struct cs_hub *hub = rq->hub;
	enum cs_err err;

	err = cs_db_exec(hub->db,
	    "INSERT INTO letter(id,account,kind,subject,received,updated,"
	    "sealed) VALUES(?,?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(m->id)), cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_int(m->kind), cs_blob(CS_VIEW_OF(m->subject)),
	    cs_int(hub->now_ms), cs_int(hub->now_ms), cs_blob(m->sealed));
	if (err == CS_OK && m->kind == CS_WIRE_LETTER_SECOND_LOOK)
		err = cs_db_exec(hub->db,
		    "UPDATE report SET second_look=?,updated=? WHERE id=?",
		    cs_int(CS_WIRE_SECOND_LOOK_ASKED), cs_int(hub->now_ms),
		    cs_blob(CS_VIEW_OF(m->subject)));
	/* A question is answered once; the desk may ask another. */
	if (err == CS_OK && m->kind == CS_WIRE_LETTER_REPLY)
		err = cs_db_exec(hub->db,
		    "UPDATE report SET question=x'',updated=? WHERE id=?",
		    cs_int(hub->now_ms), cs_blob(CS_VIEW_OF(m->subject)));
	return err;
}

enum cs_err
hub_letter(struct hub_request *rq)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_REPORT };
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_letter m;
	bool before = false;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_letter_shape, rq->body)))
		return err;
	if (m.sealed.len == 0 || cs_view_is_zero(CS_VIEW_OF(m.id)))
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = sent_before(rq, &m, &before)))
		return err;
	if (!before) {
		if ((err = check(rq, &m)))
			return err;
		if ((err = store(rq, &m)))
			return err;
		hub_push_desk(rq->hub, &push);
	}
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- the desk ----------------------------------------------------------- */

enum cs_err
hub_desk_letters(struct hub_request *rq)
{
	struct cs_wire_desk_letters_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT letter.id,kind,subject,letter.account,letter.received,"
	    "letter.sealed,COALESCE(report.named,?) FROM letter"
	    " LEFT JOIN report ON kind<>? AND report.id=subject"
	    " WHERE letter.sealed IS NOT NULL"
	    " ORDER BY letter.received,letter.id LIMIT ?",
	    cs_int(CS_WIRE_REPORTER_NAMED), cs_int(CS_WIRE_LETTER_APPEAL),
	    cs_int(HUB_ANSWER_ROWS));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_desk_letter item = {
			.kind = (uint8_t)cs_col_int(&rows, 1),
			.received_ms = cs_col_int(&rows, 4),
			.sealed = cs_col_blob(&rows, 5),
		};

		if (answer.letters.n != 0 &&
		    list.len + item.sealed.len > HUB_FETCH_BYTES)
			break;
		cs_col_copy(&rows, 0, item.id, sizeof item.id);
		cs_col_copy(&rows, 2, item.subject, sizeof item.subject);
		cs_col_copy(&rows, 3, item.account, sizeof item.account);
		item.named = (uint8_t)cs_col_int(&rows, 6);
		if (item.named == CS_WIRE_REPORTER_UNNAMED)
			err =
			    hub_pseudonym(item.account, rq->hub, item.account);
		if (err == CS_OK)
			err = cs_wire_list_add(&list, &answer.letters.n,
			    &cs_wire_desk_letter_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.letters.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err =
		    hub_answer(rq, &cs_wire_desk_letters_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

struct known {
	uint8_t account[CS_ID_LEN], subject[CS_ID_LEN];
	uint8_t kind, state;
};

static enum cs_err
load(struct known *out, struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, hub->db,
	    "SELECT account,subject,kind,state FROM letter WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK) {
		cs_col_copy(&rows, 0, out->account, CS_ID_LEN);
		cs_col_copy(&rows, 1, out->subject, CS_ID_LEN);
		out->kind = (uint8_t)cs_col_int(&rows, 2);
		out->state = (uint8_t)cs_col_int(&rows, 3);
	}
	return cs_rows_end(&rows, err);
}

/* What the answer to a second look does to the report. */
static enum cs_err
set_report(struct cs_hub *hub, const struct known *letter,
    const struct cs_wire_desk_letter_set *m)
{
	struct cs_view id = CS_VIEW_OF(letter->subject);
	enum cs_err err;

	if (letter->kind != CS_WIRE_LETTER_SECOND_LOOK ||
	    m->state == CS_WIRE_APPEAL_RECEIVED)
		return CS_OK;
	/* A letter that could not be read may be written again. */
	err = cs_db_exec(hub->db,
	    "UPDATE report SET second_look=?,updated=? WHERE id=?",
	    cs_int(m->state == CS_WIRE_APPEAL_UNREADABLE
		    ? CS_WIRE_SECOND_LOOK_NONE
		    : CS_WIRE_SECOND_LOOK_ANSWERED),
	    cs_int(hub->now_ms), cs_blob(id));
	if (err == CS_OK && m->answer.len != 0)
		err =
		    cs_db_exec(hub->db, "UPDATE report SET answer=? WHERE id=?",
			cs_text(m->answer), cs_blob(id));
	return err;
}

enum cs_err
hub_desk_letter_set(struct hub_request *rq)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_REPORT };
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_desk_letter_set m;
	struct known letter;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_desk_letter_set_shape, rq->body)))
		return err;
	if (m.state < CS_WIRE_APPEAL_RECEIVED ||
	    m.state > CS_WIRE_APPEAL_UNREADABLE)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	err = load(&letter, rq->hub, m.id);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	/* A decided letter stays decided when the desk repeats that it was
	 * received. */
	if (err == CS_OK &&
	    (letter.state == CS_WIRE_APPEAL_SENT ||
		m.state != CS_WIRE_APPEAL_RECEIVED) &&
	    (err = cs_db_exec(rq->hub->db,
		 "UPDATE letter SET state=?,updated=?,answer=?,reply=?,"
		 "sealed=NULL WHERE id=?",
		 cs_int(m.state), cs_int(rq->hub->now_ms), cs_text(m.answer),
		 cs_blob(m.reply), cs_blob(CS_VIEW_OF(m.id)))) == CS_OK)
		err = set_report(rq->hub, &letter, &m);
	if (err)
		return err;
	hub_push_account(rq->hub, letter.account, &push);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
