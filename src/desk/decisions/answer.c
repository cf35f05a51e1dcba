/* SPDX-License-Identifier: MIT */
#include "desk/decisions/answer.h"

#include <string.h>

#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/core/desk.h"
#include "desk/core/outbox.h"
#include "desk/core/policy.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

static const char *
sentence_of(const struct desk_decision *dec)
{
	static const char *const done[CS_DESK_ACTIONS] = {
		"It was looked at. No rule was found to be broken.",
		"It breaks the rules. The account was warned. Thank you.",
		"It breaks the rules. The account was disabled. Thank you.",
		"It breaks the rules. The account was disabled for a time. "
		"Thank you.",
		"It breaks the rules. What was sent can be fetched no more. "
		"Thank you.",
		"It breaks the rules. The group was dissolved. Thank you.",
		"It was given to those who investigate. Thank you.",
	};

	return dec->reverses != 0
	    ? "The decision was reversed after another look."
	    : done[dec->action];
}

static enum cs_desk_report_state
report_state_of(const struct desk_decision *dec)
{
	return dec->action == CS_DESK_ACTION_NONE || dec->reverses != 0
	    ? CS_DESK_REPORT_CLOSED
	    : CS_DESK_REPORT_ACTED;
}

static enum cs_err
tell_reporter(struct cs_desk *d, const uint8_t id[static CS_ID_LEN],
    const struct desk_decision *dec)
{
	enum cs_desk_report_state state = report_state_of(dec);
	struct cs_desk_report r;
	struct cs_wire_report_status status = {
		.state = state == CS_DESK_REPORT_ACTED ? CS_WIRE_REPORT_ACTED
						       : CS_WIRE_REPORT_CLOSED,
		.updated_ms = cs_clock_ms(),
		.answer = cs_view_str(sentence_of(dec)),
	};
	enum cs_err err;

	memcpy(status.report, id, sizeof status.report);
	if ((err = desk_report_read(&r, d, id)) ||
	    (err = desk_report_set_state(d, id, state)) || r.filing != 0)
		return err; /* whoever filed it is answered otherwise */
	return desk_outbox_add(d,
	    &(struct desk_message){ .kind = CS_WIRE_DESK_REPORT_SET,
		.subject = CS_VIEW_OF(status.report),
		.shape = &cs_wire_report_status_shape,
		.message = &status });
}

enum cs_err
desk_decision_tell(struct cs_desk *d, const struct desk_decision *dec)
{
	struct cs_buf ids = { 0 };
	enum cs_err err;

	err = desk_reports_of_case(&ids, d, dec->case_id);
	for (size_t k = 0; k + CS_ID_LEN <= ids.len && err == CS_OK;
	     k += CS_ID_LEN)
		err = tell_reporter(d, ids.data + k, dec);
	cs_buf_free(&ids);
	if (err == CS_OK && dec->reverses != 0)
		err = desk_appeals_grant(d, dec->reverses);
	return err;
}

enum cs_err
desk_case_answer(enum cs_desk_report_state *state, const char **sentence,
    struct cs_desk *d, const struct desk_case *c)
{
	struct desk_decision dec = { 0 };
	uint64_t id;
	enum cs_err err;

	if ((err = cs_db_get_int(&id, d->db,
		 "SELECT id FROM decision WHERE case_id=? AND state=? AND id>?"
		 " ORDER BY id DESC LIMIT 1",
		 cs_int(c->id), cs_int(CS_DESK_DECISION_APPLIED),
		 cs_int(c->open_after))) == CS_OK &&
	    (err = desk_decision_load(&dec, d, id)) == CS_OK) {
		*state = report_state_of(&dec);
		*sentence = sentence_of(&dec);
	}
	desk_decision_clear(&dec);
	return err;
}
