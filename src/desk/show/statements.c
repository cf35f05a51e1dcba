/* SPDX-License-Identifier: MIT */
#include "desk/show/statements.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/statement.h"
#include "store/db.h"

static void
set_day(json_t *o, const char *key, uint64_t ms, enum cs_err *err)
{
	time_t s = (time_t)(ms / CS_SECOND_MS);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&s, &tm) != NULL)
		strftime(text, sizeof text, "%Y-%m-%d", &tm);
	json_put_str(o, key, text, err);
}

static void
set_one(json_t *o, const char *key, const char *value, enum cs_err *err)
{
	json_t *list = json_array();

	json_push(list, json_string(value), err);
	json_put(o, key, list, err);
}

/* What was restricted, and until when. */
static void
set_restriction(json_t *o, const struct desk_decision *dec, enum cs_err *err)
{
	switch (dec->action) {
	case CS_DESK_ACTION_DISABLE:
		json_put_str(
		    o, "decision_account", "DECISION_ACCOUNT_TERMINATED", err);
		break;
	case CS_DESK_ACTION_DISABLE_UNTIL:
		json_put_str(
		    o, "decision_account", "DECISION_ACCOUNT_SUSPENDED", err);
		set_day(o, "end_date_account_restriction", dec->until_ms, err);
		break;
	case CS_DESK_ACTION_QUARANTINE:
		set_one(o, "decision_visibility",
		    "DECISION_VISIBILITY_CONTENT_DISABLED", err);
		break;
	case CS_DESK_ACTION_DISSOLVE:
		json_put_str(o, "decision_provision",
		    "DECISION_PROVISION_TOTAL_TERMINATION", err);
		break;
	default: /* a warning */
		set_one(
		    o, "decision_visibility", "DECISION_VISIBILITY_OTHER", err);
		json_put_str(o, "decision_visibility_other",
		    "The holder of the account was warned.", err);
	}
}

static void
set_ground(json_t *o, const struct desk_decision *dec,
    const struct cs_desk_reason *reason, enum cs_err *err)
{
	bool illegal = dec->ground == CS_DESK_GROUND_ILLEGAL;
	const char *legal = desk_string(dec->legal);
	char explanation[DESK_EXPLANATION_SIZE];

	desk_explanation(explanation, reason);
	json_put_str(o, "decision_ground",
	    illegal ? "DECISION_GROUND_ILLEGAL_CONTENT"
		    : "DECISION_GROUND_INCOMPATIBLE_CONTENT",
	    err);
	json_put_str(o,
	    illegal ? "illegal_content_legal_ground"
		    : "incompatible_content_ground",
	    *legal != '\0' ? legal : reason->titles[0], err);
	json_put_str(o,
	    illegal ? "illegal_content_explanation"
		    : "incompatible_content_explanation",
	    explanation, err);
	if (!illegal)
		json_put_str(o, "incompatible_content_illegal", "No", err);
}

/* What the case holds: text, photos. */
static enum cs_err
set_content(json_t *o, struct cs_desk *d, uint64_t case_id)
{
	json_t *types = json_array();
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, case_id);

	json_push(types, json_string("CONTENT_TYPE_TEXT"), &err);
	if (c.photos != 0)
		json_push(types, json_string("CONTENT_TYPE_IMAGE"), &err);
	json_put(o, "content_type", types, &err);
	set_day(o, "content_date", c.first_ms, &err);
	desk_case_clear(&c);
	return err;
}

static void
set_category(json_t *o, const struct cs_desk_reason *reason, enum cs_err *err)
{
	json_put_str(o, "category", reason->category, err);
	set_one(o, "category_specification", reason->keyword, err);
	if (strcmp(reason->keyword, "KEYWORD_OTHER") == 0)
		json_put_str(
		    o, "category_specification_other", reason->titles[0], err);
}

static void
set_territories(
    json_t *o, const struct desk_territories *list, enum cs_err *err)
{
	json_t *names;

	if (list->n == 0)
		return;
	names = json_array();
	for (size_t i = 0; i < list->n; i++)
		json_push(names, json_string(list->at[i].name), err);
	json_put(o, "territorial_scope", names, err);
}

/* A number that this desk never uses twice. */
static void
set_puid(json_t *o, const struct cs_desk *d, uint64_t id, enum cs_err *err)
{
	char puid[80], hex[17];

	cs_hex(hex, cs_view(d->sign_key.public, 8));
	snprintf(puid, sizeof puid, "countersign-%s-%llu", hex,
	    (unsigned long long)id);
	json_put_str(o, "puid", puid, err);
}

static json_t *
statement(struct cs_desk *d, const struct desk_decision *dec,
    const struct cs_desk_policy *policy, enum cs_err *err)
{
	const struct cs_desk_reason *reason =
	    cs_desk_policy_reason_or_other(policy, dec->reason);
	json_t *o = json_object();

	set_restriction(o, dec, err);
	set_ground(o, dec, reason, err);
	if (*err == CS_OK)
		*err = set_content(o, d, dec->case_id);
	set_category(o, reason, err);
	set_territories(o, &dec->territories, err);
	set_day(o, "application_date", dec->made_ms, err);
	json_put_str(o, "decision_facts", desk_string(dec->facts), err);
	json_put_str(o, "account_type", "ACCOUNT_TYPE_PRIVATE", err);
	json_put_str(o, "source_type", "SOURCE_TYPE_OTHER_NOTIFICATION", err);
	/* A person reported it, and a person decided it. */
	json_put_str(o, "automated_detection", "No", err);
	json_put_str(
	    o, "automated_decision", "AUTOMATED_DECISION_NOT_AUTOMATED", err);
	set_puid(o, d, dec->id, err);
	return o;
}

/* Statements are about restrictions, which "no violation", a referral and a
 * reversal are not. */
static bool
restricts(const struct desk_decision *dec)
{
	return dec->action != CS_DESK_ACTION_NONE &&
	    dec->action != CS_DESK_ACTION_REFER && dec->reverses == 0;
}

enum cs_err
cs_desk_statements(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t from_ms)
{
	struct cs_desk_policy policy;
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d)))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM decision WHERE made>=? AND state IN(?,?)"
	    " ORDER BY id",
	    cs_int(from_ms), cs_int(CS_DESK_DECISION_APPLIED),
	    cs_int(CS_DESK_DECISION_REVERSED));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_decision dec;

		if ((err = desk_decision_load(&dec, d, cs_col_int(&rows, 0))) ==
			CS_OK &&
		    restricts(&dec))
			json_push(
			    items, statement(d, &dec, &policy, &err), &err);
		desk_decision_clear(&dec);
	}
	err = cs_rows_end(&rows, err);
	cs_desk_policy_clear(&policy);
	return err ? err
		   : desk_audit_note(d,
			 &(struct desk_audit_event){
			     .actor = actor, .what = "statements-exported" });
}
