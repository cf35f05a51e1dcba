/* SPDX-License-Identifier: MIT */
/*
 * The statement of reasons: to the holder of the account, and to the DSA
 * Transparency Database (Regulation (EU) 2022/2065, articles 17 and 24(5)).  It
 * says what a person wrote as facts, never the message nor who reported it.
 */
#include "desk/decisions/statement.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "desk/cases/case.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/decisions/decision.h"
#include "store/db.h"
#include "wire/codec.h"
#include "wire/messages.h"

static const char *
done(const struct desk_decision *dec)
{
	static const char *const what[] = { "Nothing was done.",
		"The account was warned.", "The account was disabled.",
		"The account was disabled for a time.",
		"A photo or file was made unavailable.",
		"The conversation was dissolved.",
		"The matter was given to an authority." };
	int act = cs_desk_action_find(json_get_str(dec->doc, "action"));

	if (json_id_parse(json_get_str(dec->doc, "reverses")) != 0)
		return "An earlier decision was reversed.";
	return what[act >= 0 ? act : 0];
}

/* "EU, NO" of ["EU", "NO"]. */
static void
join(char *out, size_t size, const json_t *array)
{
	const json_t *v;
	size_t i, n = 0;

	out[0] = '\0';
	json_array_foreach (array, i, v)
		if (n < size)
			n += (size_t)snprintf(out + n, size - n, "%s%s",
			    i != 0 ? ", " : "", json_string_value(v));
}

enum cs_err
desk_statement_write(
    struct cs_buf *out, struct cs_desk *d, const struct desk_decision *dec)
{
	const struct cs_desk_reason *reason;
	struct cs_desk_policy policy;
	struct cs_wire_statement s = { 0 };
	char territory[200], number[24], explanation[600];
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d)))
		return err;
	reason =
	    cs_desk_policy_reason(&policy, json_get_str(dec->doc, "reason"));
	join(territory, sizeof territory,
	    json_object_get(dec->doc, "territory"));
	snprintf(
	    number, sizeof number, "%llu", (unsigned long long)dec->case_id);
	snprintf(explanation, sizeof explanation,
	    "What was reported, and verified, falls under: %s.",
	    reason != NULL ? reason->titles[0]
			   : json_get_str(dec->doc, "reason"));
	s.version = CS_WIRE_STATEMENT_VERSION;
	s.language = cs_view_str("en");
	s.what = cs_view_str(done(dec));
	s.facts = cs_view_str(json_get_str(dec->doc, "facts"));
	/* Somebody reported it and somebody decided it; no program did. */
	s.ground_kind = strcmp(json_get_str(dec->doc, "ground"), "illegal") == 0
	    ? CS_WIRE_GROUND_ILLEGAL
	    : CS_WIRE_GROUND_TERMS;
	s.ground = cs_view_str(json_get_str(dec->doc, "legal")[0] != '\0'
		? json_get_str(dec->doc, "legal")
		: reason != NULL ? reason->titles[0]
				 : "");
	s.explanation = cs_view_str(explanation);
	s.territory = cs_view_str(territory);
	s.redress = cs_view_str(policy.redress);
	s.reviewer = cs_view_str(json_get_str(dec->doc, "pseudonym"));
	s.case_number = cs_view_str(number);
	err = cs_wire_write(out, &cs_wire_statement_shape, &s);
	cs_desk_policy_clear(&policy);
	return err;
}

/* ---- for the Transparency Database -------------------------------------- */

static void
set_day(json_t *o, const char *key, uint64_t ms, enum cs_err *err)
{
	time_t s = (time_t)(ms / 1000);
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
	uint64_t until = json_get_num(dec->doc, "until_ms");

	switch (cs_desk_action_find(json_get_str(dec->doc, "action"))) {
	case CS_DESK_ACTION_DISABLE:
		json_put_str(
		    o, "decision_account", "DECISION_ACCOUNT_TERMINATED", err);
		break;
	case CS_DESK_ACTION_DISABLE_UNTIL:
		json_put_str(
		    o, "decision_account", "DECISION_ACCOUNT_SUSPENDED", err);
		set_day(o, "end_date_account_restriction", until, err);
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
	bool illegal = strcmp(json_get_str(dec->doc, "ground"), "illegal") == 0;
	const char *legal = json_get_str(dec->doc, "legal");
	char explanation[600];

	snprintf(explanation, sizeof explanation,
	    "What was reported, and verified, falls under: %s.",
	    reason->titles[0]);
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

/* Counts of what the case holds: text, photos. */
static enum cs_err
set_content(json_t *o, struct cs_desk *d, uint64_t case_id)
{
	json_t *types = json_array();
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, case_id);

	json_push(types, json_string("CONTENT_TYPE_TEXT"), &err);
	if (json_get_num(c.doc, "photos") != 0)
		json_push(types, json_string("CONTENT_TYPE_IMAGE"), &err);
	json_put(o, "content_type", types, &err);
	set_day(o, "content_date", json_get_num(c.doc, "first_ms"), &err);
	desk_case_clear(&c);
	return err;
}

static enum cs_err
statement(json_t **out, struct cs_desk *d, const struct desk_decision *dec,
    const struct cs_desk_policy *policy)
{
	const struct cs_desk_reason *reason =
	    cs_desk_policy_reason(policy, json_get_str(dec->doc, "reason"));
	char puid[80], hex[17];
	json_t *o = json_object();
	json_t *territory = json_object_get(dec->doc, "territory");
	enum cs_err err = CS_OK;

	if (reason == NULL)
		reason = cs_desk_policy_reason(policy, "other");
	set_restriction(o, dec, &err);
	set_ground(o, dec, reason, &err);
	if (err == CS_OK)
		err = set_content(o, d, dec->case_id);
	json_put_str(o, "category", reason->category, &err);
	set_one(o, "category_specification", reason->keyword, &err);
	if (strcmp(reason->keyword, "KEYWORD_OTHER") == 0)
		json_put_str(
		    o, "category_specification_other", reason->titles[0], &err);
	if (json_array_size(territory) != 0)
		json_put(o, "territorial_scope", json_incref(territory), &err);
	set_day(o, "application_date", dec->made_ms, &err);
	json_put_str(
	    o, "decision_facts", json_get_str(dec->doc, "facts"), &err);
	json_put_str(o, "account_type", "ACCOUNT_TYPE_PRIVATE", &err);
	json_put_str(o, "source_type", "SOURCE_TYPE_OTHER_NOTIFICATION", &err);
	json_put_str(
	    o, "automated_detection", "No", &err); /* a person reported it */
	json_put_str(
	    o, "automated_decision", "AUTOMATED_DECISION_NOT_AUTOMATED", &err);
	/* Of this desk, and never used twice. */
	cs_hex(hex, cs_view(d->sign_key.public, 8));
	snprintf(puid, sizeof puid, "countersign-%s-%llu", hex,
	    (unsigned long long)dec->id);
	json_put_str(o, "puid", puid, &err);
	*out = o;
	return err;
}

/* Statements are of restrictions: no violation, a referral and a reversal are
 * none. */
static bool
restricts(const struct desk_decision *dec)
{
	int act = cs_desk_action_find(json_get_str(dec->doc, "action"));

	return act != CS_DESK_ACTION_NONE && act != CS_DESK_ACTION_REFER &&
	    json_id_parse(json_get_str(dec->doc, "reverses")) == 0;
}

enum cs_err
cs_desk_statements(json_t *items, struct cs_desk *d, uint64_t from_ms)
{
	struct cs_desk_policy policy;
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d)))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id FROM decision WHERE made>=? AND state IN(3,7)"
	    " ORDER BY id",
	    cs_int(from_ms));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_decision dec;
		json_t *o = NULL;

		if ((err = desk_decision_load(&dec, d, cs_col_int(&rows, 0))) ==
			CS_OK &&
		    restricts(&dec)) {
			err = statement(&o, d, &dec, &policy);
			json_push(items, o, &err);
		}
		desk_decision_clear(&dec);
	}
	err = cs_rows_end(&rows, err);
	cs_desk_policy_clear(&policy);
	return err;
}
