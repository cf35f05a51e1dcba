/* SPDX-License-Identifier: MIT */
#include "desk/decisions/question.h"

#include <string.h>

#include "base/units.h"
#include "base/wipe.h"
#include "content/letter.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/work.h"
#include "desk/core/audit.h"
#include "desk/core/outbox.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/core/text.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

/* ---- asking ------------------------------------------------------------- */

/* Tell the hub that there is a question, which it cannot read. */
static enum cs_err
send_question(
    struct cs_desk *d, const uint8_t report[static CS_ID_LEN], const char *text)
{
	struct cs_wire_report_status status = { .updated_ms = cs_clock_ms(),
		.answer = cs_view_str("The desk has a question.") };
	struct cs_desk_report r;
	struct cs_buf sealed = { 0 };
	uint8_t reply[CS_KEY_LEN] = { 0 };
	enum cs_err err;

	if ((err = desk_report_read(&r, d, report)) ||
	    (err = desk_report_reply_key(reply, d, report)) ||
	    (err = cs_reply_seal(&sealed, reply, report, cs_view_str(text))))
		goto out;
	memcpy(status.report, report, sizeof status.report);
	status.state = r.state == CS_DESK_REPORT_ACTED ? CS_WIRE_REPORT_ACTED
	    : r.state == CS_DESK_REPORT_CLOSED         ? CS_WIRE_REPORT_CLOSED
					       : CS_WIRE_REPORT_RECEIVED;
	status.question = cs_buf_view(&sealed);
	err = desk_outbox_add(d,
	    &(struct desk_message){ .kind = CS_WIRE_DESK_REPORT_SET,
		.subject = CS_VIEW_OF(status.report),
		.shape = &cs_wire_report_status_shape,
		.message = &status });
out:
	cs_wipe(reply, sizeof reply);
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
ask(const struct cs_desk_edit *e, struct desk_case *c,
    const uint8_t report[static CS_ID_LEN], const char *text)
{
	struct desk_entry entry = { .kind = CS_DESK_ENTRY_QUESTION };
	struct cs_desk_report r;
	uint64_t case_id;
	enum cs_err err;

	if ((err = desk_report_case(&case_id, e->d, report)) ||
	    case_id != c->id)
		return desk_problem(e->d, CS_ERR_NOT_FOUND, "report-not-here",
		    "The report is not of this case.");
	if ((err = desk_report_read(&r, e->d, report)))
		return err;
	if (r.filing != 0)
		return desk_problem(e->d, CS_ERR_DENIED, "report-of-notice",
		    "It came with notice %llu: answer that one that more is "
		    "needed.",
		    (unsigned long long)r.filing);
	memcpy(entry.report, report, sizeof entry.report);
	if ((err = desk_string_set(&entry.text, cs_view_str(text))) == CS_OK &&
	    (err = desk_entry_add(e->d, c->id, &entry, e->actor)) == CS_OK)
		err = send_question(e->d, report, text);
	desk_entry_clear(&entry);
	return err;
}

enum cs_err
cs_desk_case_ask(const struct cs_desk_edit *e,
    const uint8_t report[static CS_ID_LEN], const char *text)
{
	struct desk_case c;
	enum cs_err err;

	if ((err = desk_text_check(e->d, text, CS_LETTER_TEXT_MAX)))
		return err;
	err = desk_edit_begin(&c, e);
	if (err == CS_OK && (err = desk_case_take(e->d, &c, e->actor)) == CS_OK)
		err = ask(e, &c, report, text);
	return desk_edit_end(&c, e, err, "asked", NULL);
}

/* ---- the answer --------------------------------------------------------- */

struct finding {
	const uint8_t *report;
	struct desk_entry found; /* number 0: none */
};

/* Remember the last question about the report. */
static enum cs_err
find_last(void *arg, struct desk_entry *e)
{
	struct finding *f = arg;

	if (memcmp(e->report, f->report, CS_ID_LEN) != 0)
		return CS_OK;
	desk_entry_clear(&f->found);
	f->found = *e;
	memset(e, 0, sizeof *e);
	return CS_OK;
}

static enum cs_err
store_answer(
    struct cs_desk *d, struct desk_entry *question, struct cs_view answer)
{
	enum cs_err err;

	if ((err = desk_string_set(&question->answer, answer)))
		return err;
	question->answered_ms = cs_clock_ms();
	return desk_row_save(d, &desk_entry_record, question->id, question);
}

static enum cs_err
note_answered(struct cs_desk *d, uint64_t case_id)
{
	struct desk_case c;
	enum cs_err err;

	if ((err = desk_case_load(&c, d, case_id)) == CS_OK &&
	    (err = desk_case_save(d, &c, NULL)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.case_id = case_id, .what = "question-answered" });
	desk_case_clear(&c);
	return err;
}

enum cs_err
desk_question_answered(struct cs_desk *d,
    const struct cs_wire_desk_letter *letter, const struct cs_letter *text,
    uint64_t case_id)
{
	struct finding f = { .report = letter->subject };
	enum cs_err err = desk_entries(d, case_id, CS_DESK_ENTRY_QUESTION,
	    CS_DESK_ENTRY_QUESTION, find_last, &f);

	if (err == CS_OK && f.found.id != 0 &&
	    (err = store_answer(d, &f.found, text->text)) == CS_OK)
		err = note_answered(d, case_id);
	desk_entry_clear(&f.found);
	return err;
}
