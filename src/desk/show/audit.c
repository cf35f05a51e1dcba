/* SPDX-License-Identifier: MIT */
#include "desk/show/audit.h"

#include <string.h>

#include "base/units.h"
#include "desk/core/audit.h"
#include "desk/core/json.h"

#define EVENTS_MAX 200

static void
put_fact(json_t *o, const struct desk_fact *f, enum cs_err *err)
{
	if (f->type == DESK_FACT_NUMBER)
		json_put_num(o, f->name, f->number, err);
	else if (f->type == DESK_FACT_FLAG)
		json_put_bool(o, f->name, f->number != 0, err);
	else
		json_put_str(o, f->name, f->text, err);
}

static void
put_facts(
    json_t *o, const char *key, const struct desk_facts *f, enum cs_err *err)
{
	json_t *facts;

	if (f->n == 0)
		return;
	facts = json_object();
	for (size_t i = 0; i < f->n; i++)
		put_fact(facts, &f->at[i], err);
	json_put(o, key, facts, err);
}

static enum cs_err
add_line(void *arg, const struct cs_desk_audit_line *line)
{
	json_t *items = arg, *o = json_object();
	enum cs_err err = CS_OK;

	json_put_num(o, "seq", line->seq, &err);
	json_put_num(o, "at_ms", line->at_ms, &err);
	json_put_str(o, "actor", line->actor, &err);
	json_put_num(o, "person", line->person, &err);
	if (line->token != 0)
		json_put_id(o, "token", line->token, &err);
	if (line->second[0] != '\0')
		json_put_str(o, "second", line->second, &err);
	json_put_id(o, "case", line->case_id, &err);
	json_put_str(o, "what", line->what, &err);
	put_facts(o, "before", line->before, &err);
	put_facts(o, "after", line->after, &err);
	json_put_hex(o, "hash", cs_view(line->hash, CS_HASH_LEN), &err);
	json_push(items, o, &err);
	return err;
}

enum cs_err
desk_show_audit(json_t *items, struct cs_desk *d, uint64_t before,
    uint64_t case_id, unsigned limit)
{
	return desk_audit_page(d, before, case_id, limit, add_line, items);
}

static bool
is_same(const struct desk_fact *a, const struct desk_fact *b)
{
	return a->type == b->type && a->number == b->number &&
	    (a->type != DESK_FACT_TEXT || strcmp(a->text, b->text) == 0);
}

/* Does ${before} have the same value under that name? */
static bool
had(const struct desk_facts *before, const struct desk_fact *fact)
{
	for (size_t i = 0; i < before->n; i++)
		if (strcmp(before->at[i].name, fact->name) == 0)
			return is_same(&before->at[i], fact);
	return false;
}

static enum cs_err
add_event(void *arg, const struct cs_desk_audit_line *line)
{
	json_t *items = arg, *o = json_object(), *args = json_object();
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < line->after->n; i++)
		if (!had(line->before, &line->after->at[i]))
			put_fact(args, &line->after->at[i], &err);
	json_put_num(o, "at_ms", line->at_ms, &err);
	json_put_str(o, "by", line->actor, &err);
	if (line->token != 0)
		json_put_id(o, "token", line->token, &err);
	json_put_str(o, "what", line->what, &err);
	json_put(o, "args", args, &err);
	json_push(items, o, &err);
	return err;
}

enum cs_err
desk_show_events(json_t *items, struct cs_desk *d, uint64_t case_id)
{
	return desk_audit_page(
	    d, INT64_MAX, case_id, EVENTS_MAX, add_event, items);
}
