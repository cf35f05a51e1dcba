/* SPDX-License-Identifier: MIT */
/*
 * What the desk decided about this account.  Nothing of it is shown that the
 * desk has not signed, under the key that the operator's root certifies.
 */
#include <string.h>

#include "client/client_internal.h"

/* The desk's, and about us; a reversal need not say about whom. */
static enum cs_err
verify(struct cs_client *c, struct cs_wire_action *a,
    const struct cs_wire_notice *item)
{
	static const uint8_t none[16];
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if ((err = cs_wire_action_tbs(&tbs, item->action)) == CS_OK)
		err = cs_sign_verify(CS_VIEW_OF(c->desk_sign),
		    cs_buf_view(&tbs), CS_VIEW_OF(item->signature));
	cs_buf_free(&tbs);
	if (err ||
	    (err = cs_wire_parse(a, &cs_wire_action_shape, item->action)))
		return err;
	if (memcmp(a->account, c->account, 16) == 0 ||
	    (a->kind == CS_WIRE_ACTION_REVERSE &&
		memcmp(a->account, none, 16) == 0))
		return CS_OK;
	return CS_ERR_MISMATCH;
}

static enum cs_err
read_notice(struct cs_client_notice *out, struct cs_client *c,
    const struct cs_wire_notice *item)
{
	struct cs_wire_action a;
	struct cs_wire_statement s = { 0 };
	uint64_t now = cs_clock_ms();
	enum cs_err err = verify(c, &a, item);

	if (err == CS_OK && a.statement.len != 0)
		err = cs_wire_statement_parse(&s, a.statement);
	if (err)
		return err;
	*out = (struct cs_client_notice){
		.kind = a.kind,
		.reason = a.reason,
		.decided_ms = a.decided_ms,
		.applied_ms = item->applied_ms,
		.until_ms = a.until_ms,
		.reversed_ms = item->reversed_ms,
		.in_force = item->reversed_ms == 0 &&
		    (a.until_ms == 0 || a.until_ms > now) &&
		    a.kind != CS_WIRE_ACTION_REVERSE,
		.has_statement = a.statement.len != 0,
		.language = s.language,
		.what = s.what,
		.facts = s.facts,
		.automated_detection = s.automated_detection != 0,
		.automated_decision = s.automated_decision != 0,
		.illegal = s.ground_kind == CS_WIRE_GROUND_ILLEGAL,
		.ground = s.ground,
		.explanation = s.explanation,
		.territory = s.territory,
		.redress = s.redress,
		.reviewer = s.reviewer,
		.case_number = s.case_number,
		.appeal = item->appeal,
		.appeal_ms = item->appeal_ms,
		.answer = item->answer,
	};
	memcpy(out->id, a.id, sizeof out->id);
	memcpy(out->reverses, a.reverses, sizeof out->reverses);
	out->can_appeal = a.kind != CS_WIRE_ACTION_REVERSE &&
	    item->reversed_ms == 0 &&
	    (item->appeal == CS_WIRE_APPEAL_NONE ||
		item->appeal == CS_WIRE_APPEAL_UNREADABLE);
	return CS_OK;
}

/* What the hub says is the desk's and is not makes ${*lies}, and is left out.
 */
static enum cs_err
walk(struct cs_client *c, struct cs_view list, bool *lies,
    void (*each)(void *arg, const struct cs_client_notice *n), void *arg)
{
	struct cs_wire_notice item;

	*lies = false;
	while (cs_wire_next(&item, &cs_wire_notice_shape, &list)) {
		struct cs_client_notice n;
		enum cs_err err = read_notice(&n, c, &item);

		if (err && cs_err_class(err) != CS_ERR_CLASS_THEIRS)
			return err;
		if (err)
			*lies = true;
		else
			each(arg, &n);
	}
	return CS_OK;
}

enum cs_err
cs_client_notices(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_notice *n), void *arg)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_notices_answer answer;
	bool lies;
	enum cs_err err;

	if ((err = client_call(c, CS_WIRE_NOTICES, &cs_wire_empty_shape, &empty,
		 &cs_wire_notices_answer_shape, &answer)) ||
	    (err = walk(c, answer.notices.raw, &lies, each, arg)))
		return err;
	return lies ? client_problem(c, CS_ERR_SIGNATURE,
			  "The hub shows a decision that the report desk has "
			  "not signed; it was left out.")
		    : CS_OK;
}
