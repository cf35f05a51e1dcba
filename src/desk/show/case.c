/* SPDX-License-Identifier: MIT */
#include "desk/show/case.h"

#include "base/units.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/decisions/decision.h"
#include "desk/reports/report.h"
#include "desk/show/account.h"
#include "desk/show/audit.h"
#include "desk/show/decision.h"
#include "desk/show/item.h"
#include "desk/show/notice.h"
#include "desk/show/photos.h"
#include "desk/show/queue.h"
#include "store/db.h"

#define EARLIER_ACCOUNTS_MAX 20
#define EARLIER_CASES_MAX 50
/* A list being collected. */
struct showing {
	json_t *items;
	struct cs_desk *d;
};

static enum cs_err
add_list(json_t *out, const char *key, json_t *list, enum cs_err err)
{
	json_put(out, key, list, &err);
	return err;
}

/* ---- items -------------------------------------------------------------- */

/* Links being collected, and the first error. */
struct links {
	json_t *list;
	enum cs_err err;
};

static void
add_link(void *arg, const struct desk_link *link)
{
	struct links *l = arg;
	bool holds = link->result == CS_OK;
	json_t *o = json_object();

	json_put_str(o, "name", link->name, &l->err);
	json_put_str(o, "text", link->text, &l->err);
	json_put_bool(o, "ok", holds, &l->err);
	json_put_str(
	    o, "problem", holds ? "" : cs_err_text(link->result), &l->err);
	json_push(l->list, o, &l->err);
}

static enum cs_err
put_links(json_t *o, const struct desk_item *i)
{
	struct links l = { .list = json_array() };

	desk_item_links(i, add_link, &l);
	return add_list(o, "links", l.list, l.err);
}

static void
put_account(json_t *o, const struct desk_item *i, enum cs_err *err)
{
	json_t *account = json_object();

	json_put_hex(
	    account, "id", CS_VIEW_OF(i->item->capsule.stamp.account), err);
	json_put_view(account, "handle", desk_item_handle(i), err);
	json_put(o, "account", account, err);
}

static enum cs_err
add_item(void *arg, const struct desk_item *i)
{
	struct showing *s = arg;
	const struct cs_stamp *stamp = &i->item->capsule.stamp;
	const char *reason = cs_reason_name(i->evidence->reason);
	json_t *o = json_object(), *media = json_array();
	char group[CS_GROUP_REF_TEXT_SIZE];
	enum cs_err err = put_links(o, i);

	json_put_id(o, "id", i->id, &err);
	json_put_hex(o, "report", cs_view(i->report, CS_ID_LEN), &err);
	json_put_num(o, "reporter", i->reporter, &err);
	if (i->filing != 0)
		json_put_id(o, "notice", i->filing, &err);
	else
		json_put(o, "notice", json_null(), &err);
	put_account(o, i, &err);
	cs_group_ref_text(group, stamp->group_ref);
	json_put_str(o, "group", group, &err);
	json_put_num(o, "seq", stamp->group_seq, &err);
	json_put_num(o, "accepted_ms", stamp->accepted_ms, &err);
	json_put_num(o, "claimed_ms", i->item->capsule.claimed_ms, &err);
	json_put_bool(o, "clocks_differ", i->item->proof.clocks_differ, &err);
	json_put_num(o, "undisclosed", i->item->undisclosed, &err);
	json_put_bool(o, "repeated", i->item->repeated, &err);
	json_put_bool(
	    o, "proved", desk_report_item_proved(i->evidence, i->item), &err);
	json_put_str(o, "reason", reason != NULL ? reason : "other", &err);
	json_put_view(o, "note", i->evidence->note, &err);
	json_put_str(
	    o, "kind", cs_mimi_kind_name(&i->item->proof.content), &err);
	json_put_str(o, "later", desk_item_later(i), &err);
	json_put_view(o, "text", i->text, &err);
	json_put_bool(o, "redacted", i->redacted, &err);
	json_put_num(o, "since_version", i->since_version, &err);
	if (err == CS_OK)
		err = desk_show_media(
		    media, s->d, i->id, &i->item->proof.content);
	json_put(o, "media", media, &err);
	json_push(s->items, o, &err);
	return err;
}

static enum cs_err
add_items(json_t *out, struct cs_desk *d, const struct desk_case *c,
    const struct desk_items_page *page)
{
	struct showing s = { .items = json_array(), .d = d };

	return add_list(
	    out, "items", s.items, desk_items(d, c, page, add_item, &s));
}

/* ---- entries ------------------------------------------------------------ */

static enum cs_err
add_entry(void *arg, struct desk_entry *e)
{
	json_t *items = arg, *o = json_object();
	enum cs_err err = CS_OK;

	json_put_id(o, "id", e->id, &err);
	json_put_str(o, "kind", desk_entry_kind_name(e->kind), &err);
	json_put_num(o, "at_ms", e->at_ms, &err);
	json_put_str(o, "by", e->by, &err);
	json_put_str(o, "text", desk_string(e->text), &err);
	if (e->kind == CS_DESK_ENTRY_ATTACHMENT) {
		json_put_str(o, "source", desk_string(e->source), &err);
		json_put_bool(o, "proved", false, &err);
	} else if (e->kind == CS_DESK_ENTRY_QUESTION) {
		json_put_hex(o, "report", CS_VIEW_OF(e->report), &err);
		json_put_str(o, "answer", desk_string(e->answer), &err);
		json_put_num(o, "answered_ms", e->answered_ms, &err);
	}
	json_push(items, o, &err);
	return err;
}

static enum cs_err
add_entries(json_t *out, const char *key, struct cs_desk *d, uint64_t case_id,
    enum cs_desk_entry_kind from, enum cs_desk_entry_kind to)
{
	json_t *list = json_array();

	return add_list(out, key, list,
	    desk_entries(d, case_id, from, to, add_entry, list));
}

/* ---- what stands around them -------------------------------------------- */

/* Reporters as numbers: how reliable each has been, but not who they are. */
static enum cs_err
add_reporters(json_t *out, struct cs_desk *d, const struct desk_case *c)
{
	json_t *list = json_array();
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < c->reporters.n && err == CS_OK; i++) {
		const struct desk_reporter *r = &c->reporters.at[i];
		struct desk_reliability made;
		json_t *o = json_object();

		err = desk_reliability_of(&made, d, r->account);
		json_put_num(o, "n", i + 1, &err);
		json_put_num(o, "reports", made.reports, &err);
		json_put_num(o, "rejected", made.rejected, &err);
		json_put_num(o, "here", r->reports, &err);
		json_push(list, o, &err);
	}
	return add_list(out, "reporters", list, err);
}

static enum cs_err
add_action(void *arg, const struct desk_decision *dec)
{
	json_t *actions = arg;
	enum cs_err err = CS_OK;

	json_push(actions, json_string(cs_desk_action_name(dec->action)), &err);
	return err;
}

/* Add another case of an account, unless it is damaged on the disk: the
 * queue shows those. */
static enum cs_err
add_earlier_case(json_t *list, struct cs_desk *d, uint64_t id)
{
	json_t *o, *actions;
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, id);

	if (err == CS_OK && c.state != CS_DESK_CASE_CLOSED) {
		o = json_object();
		actions = json_array();
		err = desk_decisions(d, id, add_action, actions);
		json_put_id(o, "case", id, &err);
		json_put_str(o, "reason", c.reason, &err);
		json_put_str(
		    o, "state", cs_desk_case_state_name(c.state), &err);
		json_put(o, "actions", actions, &err);
		json_push(list, o, &err);
	}
	desk_case_clear(&c);
	return err == CS_ERR_CORRUPT ? CS_OK : err;
}

static enum cs_err
add_earlier_of(json_t *list, struct cs_desk *d, uint64_t this,
    const uint8_t account[static CS_ID_LEN])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT case_id FROM case_account WHERE account=? AND case_id<>?"
	    " ORDER BY case_id DESC LIMIT ?",
	    cs_blob(cs_view(account, CS_ID_LEN)), cs_int(this),
	    cs_int(EARLIER_CASES_MAX));
	while (err == CS_OK && cs_rows_next(&rows))
		err = add_earlier_case(list, d, cs_col_int(&rows, 0));
	return cs_rows_end(&rows, err);
}

static enum cs_err
add_earlier(json_t *out, struct cs_desk *d, const struct desk_case *c)
{
	json_t *list = json_array();
	enum cs_err err = CS_OK;

	for (size_t i = 0;
	     i < c->accounts.n && i < EARLIER_ACCOUNTS_MAX && err == CS_OK; i++)
		err = add_earlier_of(list, d, c->id, c->accounts.at[i].id);
	return add_list(out, "earlier", list, err);
}

static enum cs_err
add_decisions(json_t *out, struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id)
{
	json_t *decisions = json_array(), *appeals = json_array(),
	       *events = json_array();
	enum cs_err err = add_list(
	    out, "decisions", decisions, desk_show_decisions(decisions, d, id));

	err = add_list(out, "appeals", appeals,
	    err ? err : desk_show_appeals(appeals, d, actor, id));
	return add_list(
	    out, "events", events, err ? err : desk_show_events(events, d, id));
}

static enum cs_err
add_notices(json_t *out, struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id)
{
	json_t *list = json_array();

	return add_list(
	    out, "filings", list, desk_show_notices_of(list, d, actor, id));
}

static void
put_hold(json_t *out, const struct desk_case *c, enum cs_err *err)
{
	json_t *hold;

	if (!c->held) {
		json_put(out, "hold", json_null(), err);
		return;
	}
	hold = json_object();
	json_put_str(hold, "by", c->held_by, err);
	json_put_num(hold, "at_ms", c->held_ms, err);
	json_put_str(hold, "text", desk_string(c->held_text), err);
	json_put(out, "hold", hold, err);
}

/* The codes of all reasons given, as the policy has them now. */
static enum cs_err
add_reasons(json_t *out, struct cs_desk *d, const struct desk_case *c)
{
	json_t *list = json_array();
	struct cs_desk_policy policy;
	enum cs_err err = cs_desk_policy(&policy, d);

	for (size_t i = 0; i < c->reasons.n && err == CS_OK; i++) {
		const struct cs_desk_reason *r =
		    cs_desk_policy_number(&policy, c->reasons.at[i].number);

		json_push(list, json_string(r->code), &err);
	}
	cs_desk_policy_clear(&policy);
	return add_list(out, "reasons", list, err);
}

enum cs_err
cs_desk_case_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t items_after)
{
	const struct desk_items_page page = { .actor = actor,
		.after = items_after };
	struct desk_case c;
	enum cs_err err = desk_case_load(&c, d, id);

	if (err)
		goto out;
	desk_show_case_row(out, &c, &err);
	/* The total; the list has one page. */
	json_put_num(out, "items_total", c.items, &err);
	put_hold(out, &c, &err);
	if (err == CS_OK)
		err = add_reasons(out, d, &c);
	if (c.merged_into != 0)
		json_put_id(out, "merged_into", c.merged_into, &err);
	else
		json_put(out, "merged_into", json_null(), &err);
	if (err || (err = add_items(out, d, &c, &page)) ||
	    (err = add_entries(out, "notes", d, id, CS_DESK_ENTRY_NOTE,
		 CS_DESK_ENTRY_OPINION)) ||
	    (err = add_entries(out, "attachments", d, id,
		 CS_DESK_ENTRY_ATTACHMENT, CS_DESK_ENTRY_ATTACHMENT)) ||
	    (err = add_entries(out, "questions", d, id, CS_DESK_ENTRY_QUESTION,
		 CS_DESK_ENTRY_QUESTION)) ||
	    (err = add_notices(out, d, actor, id)) ||
	    (err = add_decisions(out, d, actor, id)) ||
	    (err = add_reporters(out, d, &c)))
		goto out;
	err = add_earlier(out, d, &c);
out:
	desk_case_clear(&c);
	return err;
}
