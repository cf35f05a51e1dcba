/* SPDX-License-Identifier: MIT */
/* What a reporter is asked, and what they answer: sealed from the hub. */
#include "desk/decisions/question.h"

#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "content/letter.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/outbox.h"
#include "desk/core/store.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

static enum cs_err
ask(struct cs_desk *d, const struct cs_desk_actor *actor, struct desk_case *c,
    const uint8_t report[static 16], const char *text)
{
	struct cs_wire_report_status status = { .updated_ms = cs_clock_ms() };
	struct cs_buf sealed = { 0 };
	json_t *doc = json_object();
	struct cs_desk_report_opened r = { 0 };
	uint8_t reply[32] = { 0 };
	uint64_t case_id, id;
	enum cs_err err;

	if ((err = desk_report_case(&case_id, d, report)) || case_id != c->id) {
		err = desk_problem(
		    d, CS_ERR_NOT_FOUND, "The report is not of this case.");
		goto out;
	}
	if ((err = cs_desk_report_load(&r, d, report)) ||
	    (err = desk_report_reply_key(reply, d, report)) ||
	    (err = cs_reply_seal(&sealed, reply, report, cs_view_str(text))))
		goto out;
	memcpy(status.report, report, sizeof status.report);
	status.state = r.report.state == CS_DESK_REPORT_ACTED
	    ? CS_WIRE_REPORT_ACTED
	    : r.report.state == CS_DESK_REPORT_CLOSED ? CS_WIRE_REPORT_CLOSED
						      : CS_WIRE_REPORT_RECEIVED;
	status.answer = cs_view_str("The desk has a question.");
	status.question = cs_buf_view(&sealed);
	json_put_hex(doc, "report", cs_view(report, 16), &err);
	json_put_str(doc, "text", text, &err);
	json_put_str(doc, "answer", "", &err);
	json_put_num(doc, "answered_ms", 0, &err);
	if (err == CS_OK &&
	    (err = desk_entry_add(
		 d, c->id, CS_DESK_QUESTION, actor, doc, &id)) == CS_OK)
		err = desk_outbox_add(d,
		    &(struct desk_message){ .kind = CS_WIRE_DESK_REPORT_SET,
			.subject = CS_VIEW_OF(status.report),
			.shape = &cs_wire_report_status_shape,
			.message = &status });
out:
	cs_wipe(reply, sizeof reply);
	cs_buf_free(&sealed);
	json_decref(doc);
	cs_desk_report_clear(&r);
	return err;
}

enum cs_err
cs_desk_case_ask(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t case_id, uint64_t version, const uint8_t report[static 16],
    const char *text)
{
	struct desk_case c;
	enum cs_err err;

	if ((err = desk_text_check(d, text, CS_LETTER_TEXT_MAX)))
		return err;
	err = desk_work_begin(&c, d, actor, case_id, version);
	if (err == CS_OK && (err = desk_case_mine(d, &c, actor)) == CS_OK)
		err = ask(d, actor, &c, report, text);
	return desk_work_end(&c, d, actor, err, "asked", NULL);
}

/* The answer to the last question about the report. */
enum cs_err
desk_question_answered(struct cs_desk *d,
    const struct cs_wire_desk_letter *letter, const struct cs_letter *text,
    uint64_t case_id)
{
	struct cs_rows rows;
	json_t *doc = NULL;
	uint64_t id = 0;
	char hex[33];
	enum cs_err err;

	cs_hex(hex, CS_VIEW_OF(letter->subject));
	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM entry WHERE case_id=? AND kind=4"
	    " ORDER BY id DESC",
	    cs_int(case_id));
	while (err == CS_OK && doc == NULL && cs_rows_next(&rows)) {
		id = cs_col_int(&rows, 0);
		err = desk_doc_open_id(
		    &doc, d, "entry", id, cs_col_blob(&rows, 1));
		if (strcmp(json_get_str(doc, "report"), hex) != 0) {
			json_decref(doc);
			doc = NULL;
		}
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && doc != NULL) {
		struct desk_case c;

		json_put_view(doc, "answer", text->text, &err);
		json_put_num(doc, "answered_ms", cs_clock_ms(), &err);
		if (err == CS_OK &&
		    (err = desk_doc_write(d, "entry", id, doc)) == CS_OK &&
		    (err = desk_case_load(&c, d, case_id)) == CS_OK) {
			if ((err = desk_case_save(d, &c, NULL)) == CS_OK)
				err = desk_audit_add(d,
				    &(struct desk_audit_event){
					.case_id = case_id,
					.what = "question-answered" });
			desk_case_clear(&c);
		}
	}
	json_decref(doc);
	return err;
}
