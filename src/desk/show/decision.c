/* SPDX-License-Identifier: MIT */
#include "desk/show/decision.h"

#include "base/units.h"
#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decision.h"
#include "desk/show/queue.h"

/* ---- decisions ---------------------------------------------------------- */

/* {id, name}. */
static void
put_person(
    json_t *o, const char *key, uint64_t id, const char *name, enum cs_err *err)
{
	json_t *one = json_object();

	json_put_id(one, "id", id, err);
	json_put_str(one, "name", name, err);
	json_put(o, key, one, err);
}

static void
put_str_or_null(json_t *o, const char *key, const char *s, enum cs_err *err)
{
	json_put(o, key, *s != '\0' ? json_string(s) : json_null(), err);
}

static void
put_targets(json_t *o, const struct desk_decision *dec, enum cs_err *err)
{
	json_t *targets;

	if (!dec->sent) {
		json_put(o, "targets", json_null(), err);
		return;
	}
	targets = json_object();
	json_put_num(targets, "total", dec->targets, err);
	json_put_num(targets, "applied", dec->applied, err);
	json_put_num(targets, "failed", dec->failed, err);
	json_put(o, "targets", targets, err);
}

static void
put_territories(json_t *o, const struct desk_territories *t, enum cs_err *err)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->n; i++)
		json_push(list, json_string(t->at[i].name), err);
	json_put(o, "territory", list, err);
}

/* Why it takes two people: {why, reason}; null if it does not. */
static void
put_two(json_t *o, const struct desk_decision *dec, enum cs_err *err)
{
	json_t *two;

	if (dec->two == DESK_TWO_NO) {
		json_put(o, "two", json_null(), err);
		return;
	}
	two = json_object();
	json_put_str(two, "why", desk_two_name(dec->two), err);
	json_put_str(two, "reason", dec->two_reason, err);
	json_put(o, "two", two, err);
}

static json_t *
to_json(const struct desk_decision *dec, enum cs_err *err)
{
	json_t *o = json_object(), *quality = json_object();

	json_put_id(o, "id", dec->id, err);
	json_put_id(o, "case", dec->case_id, err);
	json_put_str(o, "action", cs_desk_action_name(dec->action), err);
	json_put_str(o, "reason", dec->reason, err);
	json_put_str(o, "state", desk_decision_state_name(dec->state), err);
	json_put_num(o, "made_ms", dec->made_ms, err);
	put_person(o, "by", dec->person, dec->by, err);
	json_put_num(o, "undo_until_ms", dec->due_ms, err);
	if (dec->second != 0)
		put_person(o, "second", dec->second, dec->second_name, err);
	else
		json_put(o, "second", json_null(), err);
	put_two(o, dec, err);
	json_put_str(o, "facts", desk_string(dec->facts), err);
	json_put_str(o, "ground", cs_desk_ground_name(dec->ground), err);
	json_put_str(o, "legal", desk_string(dec->legal), err);
	put_territories(o, &dec->territories, err);
	json_put_num(o, "duration_s", dec->duration_s, err);
	json_put_num(o, "until_ms", dec->until_ms, err);
	desk_show_accounts(o, "accounts", &dec->accounts, err);
	put_targets(o, dec, err);
	json_put_id_or_null(o, "reverses", dec->reverses, err);
	json_put_id_or_null(o, "reversed_by", dec->reversed_by, err);
	json_put_id_or_null(o, "aside", dec->aside, err);
	put_str_or_null(o, "note", desk_string(dec->note), err);
	json_put_str(quality, "state", desk_check_name(dec->check), err);
	put_str_or_null(quality, "checked_by", dec->checked_by, err);
	json_put(o, "quality", quality, err);
	return o;
}

static enum cs_err
add_decision(void *arg, const struct desk_decision *dec)
{
	json_t *items = arg;
	enum cs_err err = CS_OK;

	json_push(items, to_json(dec, &err), &err);
	return err;
}

enum cs_err
desk_show_decisions(json_t *items, struct cs_desk *d, uint64_t case_id)
{
	return desk_decisions(d, case_id, add_decision, items);
}

enum cs_err
desk_show_decisions_of(
    json_t *items, struct cs_desk *d, const uint8_t account[static CS_ID_LEN])
{
	return desk_decisions_of(d, account, add_decision, items);
}

enum cs_err
cs_desk_decision_show(json_t **out, struct cs_desk *d, uint64_t id)
{
	struct desk_decision dec;
	enum cs_err err = desk_decision_load(&dec, d, id);

	*out = err == CS_OK ? to_json(&dec, &err) : NULL;
	desk_decision_clear(&dec);
	return err;
}

/* ---- appeals ------------------------------------------------------------ */

/* The holder who was acted against; null for a reporter, who stays a number. */
static void
put_holder(json_t *o, const struct desk_appeal *a,
    const struct desk_decision *dec, enum cs_err *err)
{
	const struct desk_account *account;
	json_t *one;

	if (a->kind != CS_DESK_APPEAL) {
		json_put(o, "account", json_null(), err);
		return;
	}
	account = desk_account_find(&dec->accounts, a->account);
	one = json_object();
	json_put_hex(one, "id", CS_VIEW_OF(a->account), err);
	json_put_str(
	    one, "handle", account != NULL ? account->handle : "", err);
	json_put(o, "account", one, err);
}

/* A list being collected for ${actor}. */
struct showing {
	json_t *items;
	struct cs_desk *d;
	const struct cs_desk_actor *actor;
};

static enum cs_err
add_appeal(void *arg, const struct desk_appeal *a)
{
	struct showing *s = arg;
	json_t *o = json_object();
	struct desk_decision dec;
	enum cs_err err = desk_appeal_decision(&dec, s->d, a);

	json_put_hex(o, "id", CS_VIEW_OF(a->id), &err);
	json_put_id(o, "case", a->case_id, &err);
	json_put_id(o, "decision", dec.id, &err);
	json_put_str(o, "kind", desk_appeal_kind_name(a->kind), &err);
	put_holder(o, a, &dec, &err);
	json_put_num(o, "at_ms", a->at_ms, &err);
	json_put_str(o, "text", desk_string(a->text), &err);
	json_put_str(o, "language", a->language, &err);
	json_put_str(o, "state", desk_appeal_state_name(a->state), &err);
	json_put_str(o, "by", a->by, &err);
	json_put_str(o, "answer", desk_string(a->answer), &err);
	json_put_bool(o, "mine", desk_appeal_is_own(s->actor, &dec), &err);
	json_push(s->items, o, &err);
	desk_decision_clear(&dec);
	return err;
}

enum cs_err
cs_desk_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, enum cs_desk_appeal_state state)
{
	struct showing s = { .items = items, .d = d, .actor = actor };

	return state == CS_DESK_APPEAL_OPEN
	    ? desk_appeals_open(d, add_appeal, &s)
	    : desk_appeals_decided(d, add_appeal, &s);
}

enum cs_err
desk_show_appeals(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t case_id)
{
	struct showing s = { .items = items, .d = d, .actor = actor };

	return desk_appeals_of_case(d, case_id, add_appeal, &s);
}

enum cs_err
desk_show_appeals_of(json_t *items, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t account[static CS_ID_LEN])
{
	struct showing s = { .items = items, .d = d, .actor = actor };

	return desk_appeals_of_account(d, account, add_appeal, &s);
}

enum cs_err
cs_desk_appeal_show(json_t **out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t id[static CS_ID_LEN])
{
	struct showing s = { .items = json_array(), .d = d, .actor = actor };
	struct desk_appeal a;
	enum cs_err err = desk_appeal_load(&a, d, id);

	*out = NULL;
	if (err == CS_OK && (err = add_appeal(&s, &a)) == CS_OK)
		*out = json_incref(json_array_get(s.items, 0));
	json_decref(s.items);
	desk_appeal_clear(&a);
	return err;
}
