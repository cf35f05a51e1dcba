/* SPDX-License-Identifier: MIT */
/*
 * The desk's decisions about this account.  Nothing is shown that the desk has
 * not signed, under the key that the operator's root certifies.
 */
#include "client/reports/notice.h"

#include <stdio.h>
#include <string.h>

#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/tlog.h"
#include "client/reports/letter.h"
#include "content/evidence_write.h"
#include "crypto/random.h"
#include "franking/tlog_entry.h"

/* ---- what is the desk's ------------------------------------------------- */

/* Check that the desk signed it, and that it is about this account; a reversal
 * need not name an account. */
static enum cs_err
verify(struct cs_client *c, struct cs_wire_action *a,
    const struct cs_wire_notice *item)
{
	static const uint8_t none[CS_ID_LEN];
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if (!c->link.desk.known)
		return CS_ERR_SIGNATURE;
	if ((err = cs_wire_action_tbs(&tbs, item->action)) == CS_OK)
		err = cs_sign_verify(CS_VIEW_OF(c->link.desk.sign),
		    cs_buf_view(&tbs), CS_VIEW_OF(item->signature));
	cs_buf_free(&tbs);
	if (err ||
	    (err = cs_wire_parse(a, &cs_wire_action_shape, item->action)))
		return err;
	if (a->kind < CS_WIRE_ACTION_DISABLE ||
	    a->kind > CS_WIRE_ACTION_DISSOLVE)
		return CS_ERR_UNSUPPORTED;
	if (memcmp(a->account, c->self.account, CS_ID_LEN) == 0 ||
	    (a->kind == CS_WIRE_ACTION_REVERSE &&
		memcmp(a->account, none, CS_ID_LEN) == 0))
		return CS_OK;
	return CS_ERR_MISMATCH;
}

static enum cs_err
read_statement(struct cs_wire_statement *out, const struct cs_wire_action *a)
{
	memset(out, 0, sizeof *out);
	if (a->statement.len != 0)
		return cs_wire_statement_parse(out, a->statement);
	/* Somebody who loses something is owed a statement. */
	return a->kind == CS_WIRE_ACTION_DISABLE ||
		a->kind == CS_WIRE_ACTION_WARN
	    ? CS_ERR_FORMAT
	    : CS_OK;
}

enum cs_err
client_notice_read(struct cs_client_notice *out, struct cs_client *c,
    const struct cs_wire_notice *item)
{
	struct cs_wire_action a;
	struct cs_wire_statement s;
	uint64_t now = client_now_ms(c);
	enum cs_err err;

	if ((err = verify(c, &a, item)) || (err = read_statement(&s, &a)))
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

/* ---- for people --------------------------------------------------------- */

/* Open the desk's letter, if one came; ${hold} keeps it. */
static enum cs_err
open_reply(struct cs_client_notice *n, struct cs_client *c, struct cs_buf *hold,
    const struct cs_wire_notice *item)
{
	enum cs_err err;

	if (item->reply.len == 0)
		return CS_OK;
	err = client_letter_answer(
	    hold, c, CS_WIRE_LETTER_APPEAL, n->id, item->reply);
	if (err == CS_OK)
		n->reply = cs_buf_view(hold);
	else if (err == CS_ERR_NOT_FOUND ||
	    cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		n->unreadable = true;
	else
		return err;
	return CS_OK;
}

/* Say in ${n} whether the log has it where the hub says that it has. */
static enum cs_err
find_in_log(struct cs_client_notice *n, struct client_tlog_look *look,
    const struct cs_wire_notice *item)
{
	uint8_t entry[CS_TLOG_COMMIT_LEN];
	enum cs_err err;

	if (item->log_salt.len != CS_TLOG_SALT_LEN)
		return CS_OK;
	if ((err = cs_tlog_commit(
		 entry, CS_TLOG_ACTION, item->log_salt.data, item->action)))
		return err;
	err = client_tlog_has(look, item->log_entry, CS_VIEW_OF(entry));
	n->log_entry = item->log_entry;
	if (err == CS_OK)
		n->in_log = CS_CLIENT_LOG_THERE;
	else if (err == CS_ERR_MISMATCH)
		n->in_log = CS_CLIENT_LOG_ANOTHER;
	return err == CS_ERR_MISMATCH || err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Call ${each} for what verifies.  What does not is left out, and makes
 * ${*lies} true.  ${look} NULL: nobody asks where the log has it. */
static enum cs_err
walk(struct cs_client *c, struct cs_view list, bool *lies,
    struct client_tlog_look *look,
    void (*each)(void *arg, const struct cs_client_notice *n), void *arg)
{
	struct cs_buf hold = { 0 };
	struct cs_wire_notice item;
	enum cs_err err = CS_OK;

	*lies = false;
	while (
	    err == CS_OK && cs_wire_next(&item, &cs_wire_notice_shape, &list)) {
		struct cs_client_notice n;

		err = client_notice_read(&n, c, &item);
		if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
			*lies = true;
			err = CS_OK;
		} else if (err == CS_OK &&
		    (err = open_reply(&n, c, &hold, &item)) == CS_OK &&
		    (look == NULL ||
			(err = find_in_log(&n, look, &item)) == CS_OK)) {
			each(arg, &n);
		}
	}
	cs_buf_free(&hold);
	return err;
}

enum cs_err
cs_client_notices(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_notice *n), void *arg)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_notices_answer answer;
	struct client_tlog_look *look = NULL;
	struct cs_buf list = { 0 };
	bool lies = false;
	enum cs_err err;

	/* What the log shows is asked for meanwhile. */
	if ((err = client_call(c, CS_WIRE_NOTICES, &cs_wire_empty_shape, &empty,
		 &cs_wire_notices_answer_shape, &answer)) == CS_OK &&
	    (err = cs_buf_set(&list, answer.notices.raw)) == CS_OK &&
	    (list.len == 0 || (err = client_tlog_check(c)) == CS_OK) &&
	    (err = client_tlog_look_new(&look, c)) == CS_OK)
		err = walk(c, cs_buf_view(&list), &lies, look, each, arg);
	client_tlog_look_free(look);
	cs_buf_free(&list);
	if (err)
		return err;
	return lies ? client_problem(c, CS_ERR_SIGNATURE,
			  "The hub shows a decision that is not the report "
			  "desk's, or that makes no sense; it was left out. "
			  "Do not believe it.")
		    : CS_OK;
}

enum cs_err
cs_client_appeal(struct cs_client *c, const uint8_t action[static CS_ID_LEN],
    struct cs_view text, struct cs_view language)
{
	const struct cs_letter letter = { language, text };

	return client_letter_send(c, CS_WIRE_LETTER_APPEAL, action, &letter);
}

/* ---- why nothing works -------------------------------------------------- */

/* The decision that is in force longest. */
struct holding {
	bool found;
	struct cs_client_notice n;
};

static void
compare(void *arg, const struct cs_client_notice *n)
{
	struct holding *h = arg;

	if (n->kind != CS_WIRE_ACTION_DISABLE || !n->in_force)
		return;
	if (h->found &&
	    (h->n.until_ms == 0 ||
		(n->until_ms != 0 && n->until_ms <= h->n.until_ms)))
		return;
	h->found = true;
	h->n = *n;
}

/* Text of the desk on a member's screen: control characters become spaces, and
 * whoever prints the rest escapes it. */
static void
say_disabled(struct cs_client *c, const struct cs_client_notice *n)
{
	const char *reason = cs_reason_name(n->reason);
	char at[CLIENT_UTC_SIZE], until[CLIENT_UTC_SIZE] = "further notice";

	client_utc(at, n->applied_ms);
	if (n->until_ms != 0)
		client_utc(until, n->until_ms);
	snprintf(c->problem, sizeof c->problem,
	    "The report desk disabled this account on %s, until %s. Reason: "
	    "%s. Ground: %s%s%.*s. \"countersign notices\" shows the whole "
	    "decision, \"countersign appeal\" objects to it. What it rests "
	    "on: %.*s",
	    at, until, reason != NULL ? reason : "not given",
	    n->illegal ? "content that a law forbids" : "the hub's rules",
	    n->ground.len != 0 ? ", " : "", (int)n->ground.len,
	    (const char *)n->ground.data, (int)n->facts.len,
	    (const char *)n->facts.data);
	for (char *p = c->problem; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
}

void
client_notice_disabled(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_notices_answer answer;
	struct holding h = { 0 };
	bool lies = false;
	enum cs_err err;

	/* The hub answers this question even to a disabled account. */
	err = cs_session_call(&c->link.session, CS_WIRE_NOTICES,
	    &cs_wire_empty_shape, &empty, &cs_wire_notices_answer_shape,
	    &answer);
	if (err == CS_OK)
		err = walk(c, answer.notices.raw, &lies, NULL, compare, &h);
	if (err == CS_OK && h.found)
		say_disabled(c, &h.n);
	else
		snprintf(c->problem, sizeof c->problem,
		    "The hub says that this account is disabled, and shows no "
		    "decision of the report desk's that says so.");
}
