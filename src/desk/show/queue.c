/* SPDX-License-Identifier: MIT */
#include "desk/show/queue.h"

#include "desk/cases/case.h"
#include "desk/cases/queue.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/decisions/appeal.h"

void
desk_show_accounts(json_t *o, const char *key,
    const struct desk_accounts *accounts, enum cs_err *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < accounts->n; i++) {
		const struct desk_account *a = &accounts->at[i];
		json_t *one = json_object();

		json_put_hex(one, "id", CS_VIEW_OF(a->id), err);
		json_put_str(one, "handle", a->handle, err);
		json_push(list, one, err);
	}
	json_put(o, key, list, err);
}

/* One reason for a case's place, with a number ${arg} unless that is NULL. */
static void
why(json_t *list, const char *code, const char *arg, uint64_t value,
    enum cs_err *err)
{
	json_t *one = json_object(), *args = json_object();

	json_put_str(one, "code", code, err);
	if (arg != NULL)
		json_put_num(args, arg, value, err);
	json_put(one, "args", args, err);
	json_push(list, one, err);
}

/* In the order of the queue. */
static json_t *
whys(const struct desk_case *c, enum cs_err *err)
{
	json_t *list = json_array();

	if (c->damaged)
		why(list, "damaged", NULL, 0, err);
	why(list, "severity", "severity", c->severity, err);
	if (c->risk)
		why(list, "risk", NULL, 0, err);
	if (c->flood)
		why(list, "flood", NULL, 0, err);
	if (c->age == CS_DESK_AGE_CHILD)
		why(list, "child", NULL, 0, err);
	if (c->threat_ms != 0)
		why(list, "threat-time", "at_ms", c->threat_ms, err);
	if (c->answer_ms != 0)
		why(list, "answer-due", "at_ms", c->answer_ms, err);
	if (c->danger)
		why(list, "danger", NULL, 0, err);
	if (c->escalated)
		why(list, "escalated", NULL, 0, err);
	if (c->appeals != 0)
		why(list, "appeal", NULL, 0, err);
	if (desk_case_is_overdue(c))
		why(list, "overdue", "since_ms", c->due_ms, err);
	why(list, "age", "since_ms", c->first_ms, err);
	return list;
}

static json_t *
assignee(const struct desk_case *c, enum cs_err *err)
{
	json_t *o;

	if (c->assignee == 0)
		return json_null();
	o = json_object();
	json_put_id(o, "id", c->assignee, err);
	json_put_str(o, "name", c->assignee_name, err);
	return o;
}

void
desk_show_case_row(json_t *o, const struct desk_case *c, enum cs_err *err)
{
	json_put_id(o, "id", c->id, err);
	json_put_num(o, "version", c->version, err);
	json_put_str(o, "state", cs_desk_case_state_name(c->state), err);
	json_put_str(o, "reason", c->reason, err);
	json_put_str(o, "age", cs_desk_age_name(c->age), err);
	desk_show_accounts(o, "accounts", &c->accounts, err);
	json_put_num(o, "severity", c->severity, err);
	json_put_num(o, "threat_ms", c->threat_ms, err);
	json_put_num(o, "opened_ms", c->opened_ms, err);
	json_put_num(o, "updated_ms", c->updated_ms, err);
	json_put_num(o, "due_ms", c->due_ms, err);
	json_put_num(o, "reports", c->reports, err);
	json_put_num(o, "items", c->items, err);
	json_put_num(o, "photos", c->photos, err);
	/* Reports that do not verify are in no case. */
	json_put_num(o, "unproved_reports", 0, err);
	json_put_num(o, "pending", c->pending, err);
	json_put_num(o, "appeals", c->appeals, err);
	json_put_num(o, "notices", c->notices, err);
	json_put_num(o, "answer_ms", c->answer_ms, err);
	json_put_bool(o, "news", c->news, err);
	json_put_bool(o, "risk", c->risk, err);
	json_put_bool(o, "danger", c->danger, err);
	json_put_bool(o, "escalated", c->escalated, err);
	json_put_bool(o, "held", c->held, err);
	json_put_bool(o, "flood", c->flood, err);
	json_put_num(o, "reporters", c->reporters.n, err);
	json_put_bool(o, "overdue", desk_case_is_overdue(c), err);
	json_put(o, "assignee", assignee(c, err), err);
	json_put(o, "why", whys(c, err), err);
}

static enum cs_err
add_row(void *arg, const struct desk_case *c)
{
	json_t *items = arg, *row = json_object();
	enum cs_err err = CS_OK;

	desk_show_case_row(row, c, &err);
	json_push(items, row, &err);
	return err;
}

static enum cs_err
add_counts(json_t *out, struct cs_desk *d, const struct cs_desk_actor *actor)
{
	json_t *o = json_object();
	struct desk_queue_counts counts;
	uint64_t appeals = 0;
	enum cs_err err = desk_queue_counts(&counts, d, actor);

	if (err == CS_OK)
		err = desk_appeals_count_open(&appeals, d);
	json_put_num(o, "open", counts.open, &err);
	json_put_num(o, "waiting", counts.waiting, &err);
	json_put_num(o, "overdue", counts.overdue, &err);
	json_put_num(o, "mine", counts.mine, &err);
	json_put_num(o, "appeals", appeals, &err);
	json_put(out, "counts", o, &err);
	return err;
}

enum cs_err
cs_desk_cases(json_t *out, struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_query *q)
{
	char next[CS_DESK_CURSOR_SIZE];
	json_t *items = json_array();
	enum cs_err err = desk_queue_page(next, d, q, add_row, items);

	json_put(out, "items", items, &err);
	json_put(out, "next", next[0] != '\0' ? json_string(next) : json_null(),
	    &err);
	return err ? err : add_counts(out, d, actor);
}
