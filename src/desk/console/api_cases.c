/* SPDX-License-Identifier: MIT */
/* Cases, decisions and appeals over HTTP. */
#include "desk/console/api_cases.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/merge.h"
#include "desk/cases/queue.h"
#include "desk/cases/split.h"
#include "desk/cases/work.h"
#include "desk/console/call.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/text.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/question.h"
#include "desk/decisions/revise.h"
#include "desk/reports/custody.h"
#include "desk/show/case.h"
#include "desk/show/decision.h"
#include "desk/show/item.h"
#include "desk/show/printable.h"
#include "desk/show/queue.h"
#include "net/web.h"
#include "store/db.h"

/* The edit of the case in the path, with the version that the body says was
 * read. */
static struct cs_desk_edit
edit(const struct api_call *c)
{
	return (struct cs_desk_edit){ .d = c->d,
		.actor = &c->actor,
		.case_id = api_id(c),
		.version = json_get_num(c->in, "version") };
}

/* Answer every change of a case with the case as it is now. */
static enum cs_err
show(struct api_call *c, enum cs_err err)
{
	return err ? err
		   : cs_desk_case_show(c->out, c->d, &c->actor, api_id(c), 0);
}

enum cs_err
api_cases(struct api_call *c)
{
	const char *state = cs_web_arg(c->rq, "state");
	const char *assignee = cs_web_arg(c->rq, "assignee");
	struct cs_desk_query q = {
		.state = -1,
		.assignee = -1,
		.reason = cs_web_arg(c->rq, "reason"),
		.words = cs_web_arg(c->rq, "q"),
		.cursor = cs_web_arg(c->rq, "cursor"),
		.limit = (unsigned)api_num_arg(c, "limit"),
	};

	if (q.limit == 0)
		q.limit = 50;
	if (*state != '\0' && strcmp(state, "all") != 0 &&
	    (q.state = cs_desk_case_state_find(state)) < 0)
		return desk_problem(c->d, CS_ERR_FORMAT, "no-such-state",
		    "There is no such state.");
	if (strcmp(assignee, "me") == 0)
		q.assignee = (int64_t)c->actor.id;
	else if (strcmp(assignee, "none") == 0)
		q.assignee = 0;
	else if (*assignee != '\0')
		q.assignee = (int64_t)desk_id_parse(assignee);
	return cs_desk_cases(c->out, c->d, &c->actor, &q);
}

enum cs_err
api_case(struct api_call *c)
{
	return cs_desk_case_show(
	    c->out, c->d, &c->actor, api_id(c), api_num_arg(c, "items_after"));
}

enum cs_err
api_claim(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);

	return show(c, cs_desk_case_claim(&e));
}

enum cs_err
api_release(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);

	return show(c, cs_desk_case_release(&e));
}

enum cs_err
api_handover(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);

	return show(c,
	    cs_desk_case_hand_over(
		&e, desk_id_parse(json_get_str(c->in, "person"))));
}

static enum cs_err
note(struct api_call *c, enum cs_desk_entry_kind kind)
{
	const struct cs_desk_edit e = edit(c);

	return show(c,
	    cs_desk_case_note(&e, kind, json_get_str(c->in, "source"),
		json_get_str(c->in, "text")));
}

enum cs_err
api_note(struct api_call *c)
{
	return note(c, CS_DESK_ENTRY_NOTE);
}

enum cs_err
api_escalate(struct api_call *c)
{
	return note(c, CS_DESK_ENTRY_ESCALATION);
}

enum cs_err
api_opinion(struct api_call *c)
{
	return note(c, CS_DESK_ENTRY_OPINION);
}

enum cs_err
api_attach(struct api_call *c)
{
	return note(c, CS_DESK_ENTRY_ATTACHMENT);
}

enum cs_err
api_merge(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);

	return show(c,
	    cs_desk_case_merge(&e, desk_id_parse(json_get_str(c->in, "into"))));
}

/* Read the numbers in the array ${key} of the body into ${ids}, which has
 * room for CS_DESK_ITEMS_PAGE.  Anything else than a number becomes 0, which
 * nothing has. */
static enum cs_err
take_ids(uint64_t *ids, size_t *n, const struct api_call *c, const char *key)
{
	const json_t *list = json_object_get(c->in, key), *v;
	size_t i;

	*n = 0;
	json_array_foreach (list, i, v) {
		const char *s = json_string_value(v);

		if (*n == CS_DESK_ITEMS_PAGE)
			return CS_ERR_LIMIT;
		ids[(*n)++] = s != NULL ? desk_id_parse(s) : 0;
	}
	return CS_OK;
}

enum cs_err
api_split(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);
	uint64_t ids[CS_DESK_ITEMS_PAGE], made;
	size_t n;
	enum cs_err err;

	if ((err = take_ids(ids, &n, c, "items")) ||
	    (err = cs_desk_case_split(&e, ids, n, &made)))
		return err;
	return cs_desk_case_show(c->out, c->d, &c->actor, made, 0);
}

enum cs_err
api_triage(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);

	return show(c,
	    cs_desk_case_triage(&e, json_get_str(c->in, "age"),
		json_get_num(c->in, "threat_ms"),
		json_get_str(c->in, "reason")));
}

enum cs_err
api_hold(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);
	const char *text = json_get_str(c->in, "text");
	bool on;
	enum cs_err err = api_flag(&on, c, "on");

	if (err == CS_OK)
		err = on ? cs_desk_case_hold(&e, text)
			 : cs_desk_case_unhold(&e, text);
	return show(c, err);
}

enum cs_err
api_question(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);
	uint8_t report[CS_ID_LEN];
	enum cs_err err =
	    api_hex_id(report, c->d, json_get_str(c->in, "report"));

	if (err == CS_OK)
		err = cs_desk_case_ask(&e, report, json_get_str(c->in, "text"));
	return show(c, err);
}

enum cs_err
api_redact(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);

	return show(c,
	    cs_desk_case_redact(&e, desk_id_parse(json_get_str(c->in, "item")),
		json_get_str(c->in, "text")));
}

/* ---- decisions ---------------------------------------------------------- */

static enum cs_err
show_decision(struct api_call *c, enum cs_err err, uint64_t id)
{
	json_t *o = NULL;

	if (err || (err = cs_desk_decision_show(&o, c->d, id)))
		return err;
	json_decref(c->out);
	c->out = o;
	return CS_OK;
}

/* Read the accounts that the body names into ${ids}, which has room for
 * CS_DESK_ITEMS_PAGE. */
static enum cs_err
take_accounts(uint8_t (*ids)[CS_ID_LEN], size_t *n, const struct api_call *c)
{
	const json_t *list = json_object_get(c->in, "accounts"), *v;
	size_t i;

	*n = 0;
	json_array_foreach (list, i, v) {
		const char *hex = json_string_value(v);

		if (*n == CS_DESK_ITEMS_PAGE)
			return CS_ERR_LIMIT;
		if (hex == NULL ||
		    cs_unhex(ids[(*n)++], CS_ID_LEN, hex) != CS_OK)
			return desk_problem(c->d, CS_ERR_DENIED,
			    "nothing-proved",
			    "Nothing in this case is proved of that account; "
			    "nobody is acted against for it.");
	}
	return CS_OK;
}

enum cs_err
api_decide(struct api_call *c)
{
	const struct cs_desk_edit e = edit(c);
	int action = cs_desk_action_find(json_get_str(c->in, "action"));
	uint8_t accounts[CS_DESK_ITEMS_PAGE][CS_ID_LEN];
	uint64_t media[CS_DESK_ITEMS_PAGE], items[CS_DESK_ITEMS_PAGE];
	struct cs_desk_choice choice = {
		.action = (enum cs_desk_action)action,
		.reason = json_get_str(c->in, "reason"),
		.accounts = accounts,
		.media = media,
		.items = items,
		.duration_s = json_get_num(c->in, "duration_s"),
		.facts = json_get_str(c->in, "facts"),
		.ground = json_get_str(c->in, "ground"),
		.legal = json_get_str(c->in, "legal"),
		.to_key = json_get_str(c->in, "to_key"),
	};
	uint64_t made = 0;
	enum cs_err err;

	if (action < 0)
		return desk_problem(c->d, CS_ERR_FORMAT, "no-such-action",
		    "There is no such action.");
	if ((err = take_accounts(accounts, &choice.n_accounts, c)) == CS_OK &&
	    (err = take_ids(media, &choice.n_media, c, "media")) == CS_OK &&
	    (err = take_ids(items, &choice.n_items, c, "items")) == CS_OK)
		err = cs_desk_case_decide(&e, &choice, &made);
	return show_decision(c, err, made);
}

enum cs_err
api_decision(struct api_call *c)
{
	return show_decision(c, CS_OK, api_id(c));
}

enum cs_err
api_undo(struct api_call *c)
{
	return show_decision(
	    c, cs_desk_decision_undo(c->d, &c->actor, api_id(c)), api_id(c));
}

enum cs_err
api_confirm(struct api_call *c)
{
	return show_decision(
	    c, cs_desk_decision_confirm(c->d, &c->actor, api_id(c)), api_id(c));
}

enum cs_err
api_decision_refuse(struct api_call *c)
{
	return show_decision(c,
	    cs_desk_decision_refuse(
		c->d, &c->actor, api_id(c), json_get_str(c->in, "text")),
	    api_id(c));
}

enum cs_err
api_reverse(struct api_call *c)
{
	uint64_t made = 0;
	enum cs_err err = cs_desk_decision_reverse(
	    c->d, &c->actor, api_id(c), json_get_str(c->in, "text"), &made);

	return show_decision(c, err, made);
}

enum cs_err
api_quality(struct api_call *c)
{
	bool agree;
	enum cs_err err = api_flag(&agree, c, "agree");

	if (err == CS_OK)
		err = cs_desk_decision_check(c->d, &c->actor, api_id(c),
		    agree ? CS_DESK_CHECK_AGREED : CS_DESK_CHECK_DISAGREED,
		    json_get_str(c->in, "text"));
	return show_decision(c, err, api_id(c));
}

/* ---- appeals ------------------------------------------------------------ */

enum cs_err
api_appeals(struct api_call *c)
{
	json_t *items = json_array();
	bool decided = strcmp(cs_web_arg(c->rq, "state"), "decided") == 0;
	enum cs_err err = cs_desk_appeals(items, c->d, &c->actor,
	    decided ? CS_DESK_APPEAL_REVERSED : CS_DESK_APPEAL_OPEN);

	json_put(c->out, "items", items, &err);
	json_put(c->out, "next", json_null(), &err);
	return err;
}

enum cs_err
api_appeal_decide(struct api_call *c)
{
	const char *outcome = json_get_str(c->in, "outcome");
	bool reverse = strcmp(outcome, "reverse") == 0;
	uint8_t id[CS_ID_LEN];
	json_t *o = NULL;
	enum cs_err err;

	if (!reverse && strcmp(outcome, "uphold") != 0)
		return desk_problem(c->d, CS_ERR_FORMAT, "bad-outcome",
		    "An outcome is \"uphold\" or \"reverse\".");
	if ((err = api_hex_id(id, c->d, c->id)) ||
	    (err = cs_desk_appeal_decide(c->d, &c->actor, id,
		 reverse ? CS_DESK_APPEAL_REVERSED : CS_DESK_APPEAL_UPHELD,
		 json_get_str(c->in, "text"))) ||
	    (err = cs_desk_appeal_show(&o, c->d, &c->actor, id)))
		return err;
	json_decref(c->out);
	c->out = o;
	return CS_OK;
}

/* ---- what leaves the desk ----------------------------------------------- */

/* The report has to be one of the case. */
static enum cs_err
report_of(uint8_t id[static CS_ID_LEN], struct api_call *c)
{
	uint64_t known = 0;
	enum cs_err err = api_hex_id(id, c->d, json_get_str(c->in, "report"));

	if (err == CS_OK)
		err = cs_db_get_int(&known, c->d->db,
		    "SELECT COUNT(*) FROM report WHERE id=? AND case_id=?",
		    cs_blob(cs_view(id, CS_ID_LEN)), cs_int(api_id(c)));
	return err == CS_OK && known == 0
	    ? desk_problem(c->d, CS_ERR_NOT_FOUND, "report-not-here",
		  "The report is not of this case.")
	    : err;
}

enum cs_err
api_export(struct api_call *c)
{
	const char *kind = json_get_str(c->in, "kind");
	struct cs_buf bytes = { 0 };
	char name[80];
	uint8_t id[CS_ID_LEN];
	enum cs_err err;

	if (strcmp(kind, "html") == 0) {
		snprintf(name, sizeof name, "case-%llu.html",
		    (unsigned long long)api_id(c));
		err = cs_desk_case_print(&bytes, c->d, &c->actor, api_id(c),
		    json_get_bool(c->in, "photos") ? CS_DESK_PRINT_PHOTOS
						   : CS_DESK_PRINT_NO_PHOTOS);
		if (err == CS_OK)
			err = api_file(
			    c, &bytes, "text/html; charset=utf-8", name);
	} else if ((err = report_of(id, c)) == CS_OK) {
		bool custody = strcmp(kind, "custody") == 0;

		snprintf(name, sizeof name, "%.16s.%s",
		    json_get_str(c->in, "report"),
		    custody ? "custody" : "csev");
		if (!custody && strcmp(kind, "csev") != 0)
			err = desk_problem(c->d, CS_ERR_FORMAT, "bad-export",
			    "An export is \"csev\", \"html\" or "
			    "\"custody\".");
		else if (custody)
			err =
			    cs_desk_custody_write(&bytes, c->d, &c->actor, id);
		else
			err = cs_desk_report_export(&bytes, c->d, &c->actor, id,
			    json_get_str(c->in, "to_key"));
		if (err == CS_OK)
			err = api_file(
			    c, &bytes, "application/octet-stream", name);
	}
	cs_buf_free(&bytes);
	return err;
}
