/* SPDX-License-Identifier: MIT */
#include "desk/decisions/answer.h"

#include <stdio.h>
#include <string.h>

#include "desk/cases/case.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/outbox.h"
#include "desk/core/policy.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/messages.h"

static const char *
sentence(const struct desk_decision *dec)
{
	static const char *const done[] = {
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
	int act = cs_desk_action_find(json_get_str(dec->doc, "action"));

	if (json_id_parse(json_get_str(dec->doc, "reverses")) != 0)
		return "The decision was reversed after another look.";
	return act >= 0 ? done[act] : "It was decided.";
}

static enum cs_desk_report_state
report_state(const struct desk_decision *dec)
{
	return strcmp(json_get_str(dec->doc, "action"), "none") == 0 ||
		json_id_parse(json_get_str(dec->doc, "reverses")) != 0
	    ? CS_DESK_REPORT_CLOSED
	    : CS_DESK_REPORT_ACTED;
}

static enum cs_err
tell_reporters(struct cs_desk *d, uint64_t case_id,
    enum cs_desk_report_state state, const char *answer)
{
	struct cs_buf ids = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM report WHERE case_id=? ORDER BY received,id",
	    cs_int(case_id));
	err = desk_rows_ids(&ids, &rows, err);
	for (size_t k = 0; k + 16 <= ids.len && err == CS_OK; k += 16) {
		struct cs_wire_report_status status = {
			.state = state == CS_DESK_REPORT_ACTED
			    ? CS_WIRE_REPORT_ACTED
			    : CS_WIRE_REPORT_CLOSED,
			.updated_ms = cs_clock_ms(),
			.answer = cs_view_str(answer),
		};

		memcpy(status.report, ids.data + k, 16);
		if ((err = desk_report_set_state(d, status.report, state)) ==
		    CS_OK)
			err = desk_outbox_add(d,
			    &(struct desk_message){
				.kind = CS_WIRE_DESK_REPORT_SET,
				.subject = CS_VIEW_OF(status.report),
				.shape = &cs_wire_report_status_shape,
				.message = &status });
	}
	cs_buf_free(&ids);
	return err;
}

enum cs_err
desk_case_answer(enum cs_desk_report_state *state, char answer[static 256],
    struct cs_desk *d, const struct desk_case *c)
{
	struct desk_decision dec = { 0 };
	uint64_t id;
	enum cs_err err;

	if ((err = cs_db_get_int(&id, d->db,
		 "SELECT id FROM decision WHERE case_id=? AND state=3 AND id>?"
		 " ORDER BY id DESC LIMIT 1",
		 cs_int(c->id), cs_int(json_get_num(c->doc, "open_after")))) ==
		CS_OK &&
	    (err = desk_decision_load(&dec, d, id)) == CS_OK) {
		*state = report_state(&dec);
		snprintf(answer, 256, "%s", sentence(&dec));
	}
	desk_decision_clear(&dec);
	return err;
}

enum cs_err
desk_decision_tell(struct cs_desk *d, const struct desk_decision *dec)
{
	uint64_t reversed = json_id_parse(json_get_str(dec->doc, "reverses"));
	enum cs_err err =
	    tell_reporters(d, dec->case_id, report_state(dec), sentence(dec));

	if (err == CS_OK && reversed != 0)
		err = desk_appeals_granted(d, reversed, true);
	return err;
}
