/* SPDX-License-Identifier: MIT */
/* Making a decision: who may, about what, and what it takes. */
#include "desk/decisions/decide.h"

#include <string.h>

#include "base/text.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/mimi.h"
#include "crypto/random.h"
#include "desk/cases/case.h"
#include "desk/cases/split.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/store.h"
#include "desk/decisions/decision.h"
#include "desk/reports/custody.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"

#define FACTS_MAX 5000 /* of the DSA Transparency Database */
#define LEGAL_MAX 500
#define DURATION_MIN_S 3600u
#define DURATION_MAX_S (10u * 366 * 86400)

/* A decision that is being made. */
struct making {
	struct cs_desk *d;
	const struct cs_desk_actor *actor;
	const struct cs_desk_choice *choice;
	const struct cs_desk_reason *reason;
	struct desk_case c;
	uint64_t aside; /* the case of what was not seen; or 0 */
	struct desk_decision dec;
};

static enum cs_err
add_account(json_t *out, const char *hex, json_t *handle)
{
	json_t *o = json_object();
	enum cs_err err = CS_OK;

	json_put_str(o, "id", hex, &err);
	json_put(o, "handle", json_incref(handle), &err);
	json_push(out, o, &err);
	return err;
}

static enum cs_err
add_named(json_t *out, struct making *m, json_t *proved)
{
	const json_t *v;
	size_t i;
	enum cs_err err = CS_OK;

	json_array_foreach (m->choice->accounts, i, v) {
		const char *hex = json_string_value(v);
		json_t *handle =
		    hex != NULL ? json_object_get(proved, hex) : NULL;

		if (handle == NULL)
			return desk_problem(m->d, CS_ERR_DENIED,
			    "Nothing in this case is proved of that account; "
			    "nobody is acted against for it.");
		if (json_is_null(handle))
			continue;
		if ((err = add_account(out, hex, handle)))
			break;
		/* Once, however often it is named. */
		json_put(proved, hex, json_null(), &err);
	}
	return err;
}

/* The accounts named, each with something proved in the case; or all such. */
static enum cs_err
take_accounts(struct making *m)
{
	json_t *proved = json_object(), *out = json_array(), *handle;
	const char *hex;
	enum cs_err err = desk_case_accounts_proved(proved, m->d, m->c.id);

	if (err == CS_OK && !m->choice->all)
		err = add_named(out, m, proved);
	else
		json_object_foreach (proved, hex, handle)
			if (err == CS_OK)
				err = add_account(out, hex, handle);
	if (err == CS_OK && json_array_size(out) == 0)
		err = desk_problem(m->d, CS_ERR_FORMAT,
		    m->choice->all
			? "Nothing in this case is proved of any account; "
			  "nobody is acted against for it."
			: "Say which accounts it is about.");
	json_put(m->dec.doc, "accounts", out, &err);
	json_decref(proved);
	return err;
}

/* The blob that a photo of the case came as, in hex. */
static enum cs_err
blob_of(char hex[static 33], struct cs_desk *d, uint64_t case_id, uint64_t id)
{
	struct cs_desk_report_opened r = { 0 };
	uint8_t report[16], blob[16];
	uint64_t item = 0, part = 0;
	struct cs_rows rows;
	bool found = false;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT item.report,item.place,media.place FROM media"
	    " JOIN item ON item.id=media.item"
	    " WHERE media.id=? AND media.case_id=?",
	    cs_int(id), cs_int(case_id));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		cs_col_copy(&rows, 0, report, sizeof report);
		item = cs_col_int(&rows, 1);
		part = cs_col_int(&rows, 2);
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && found)
		err = cs_desk_report_load(&r, d, report);
	if (err == CS_OK &&
	    (!found || r.evidence == NULL || item >= r.evidence->n_items ||
		part >= r.evidence->items[item].proof.content.n_external ||
		cs_mimi_blob(blob,
		    &r.evidence->items[item].proof.content.external[part]) !=
		    CS_OK))
		err = desk_problem(d, CS_ERR_NOT_FOUND,
		    "There is no such photo or file in this case.");
	if (err == CS_OK)
		cs_hex(hex, CS_VIEW_OF(blob));
	cs_desk_report_clear(&r);
	return err;
}

/* The group of an item of the case, in hex; only if it is proved. */
static enum cs_err
group_of(char hex[static 65], struct cs_desk *d, uint64_t case_id, uint64_t id)
{
	struct cs_desk_report_opened r = { 0 };
	uint8_t report[16];
	struct cs_rows rows;
	uint64_t place = 0;
	bool found = false;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT report,place FROM item WHERE id=? AND case_id=?",
	    cs_int(id), cs_int(case_id));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		cs_col_copy(&rows, 0, report, sizeof report);
		place = cs_col_int(&rows, 1);
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && found)
		err = cs_desk_report_load(&r, d, report);
	if (err == CS_OK &&
	    (!found || r.evidence == NULL || place >= r.evidence->n_items))
		err = desk_problem(
		    d, CS_ERR_NOT_FOUND, "The item is not of this case.");
	else if (err == CS_OK && !r.evidence->all_proved)
		err = desk_problem(
		    d, CS_ERR_DENIED, "What is not proved decides nothing.");
	if (err == CS_OK)
		cs_hex(hex,
		    CS_VIEW_OF(
			r.evidence->items[place].capsule.stamp.group_ref));
	cs_desk_report_clear(&r);
	return err;
}

static bool
contains(const json_t *array, const char *s)
{
	const json_t *v;
	size_t i;

	json_array_foreach (array, i, v)
		if (strcmp(json_string_value(v), s) == 0)
			return true;
	return false;
}

static enum cs_err
add_thing(json_t *out, struct making *m, uint64_t id, bool groups)
{
	char hex[65];
	enum cs_err err = groups ? group_of(hex, m->d, m->c.id, id)
				 : blob_of(hex, m->d, m->c.id, id);

	if (err == CS_OK && !contains(out, hex))
		json_push(out, json_string(hex), &err);
	return err;
}

/* Numbers of everything in the case. */
static enum cs_err
add_ids(json_t *ids, struct making *m, bool groups)
{
	struct cs_rows rows;
	enum cs_err err;

	err = groups ? cs_db_query(&rows, m->d->db,
			   "SELECT id FROM item WHERE case_id=? ORDER BY id",
			   cs_int(m->c.id))
		     : cs_db_query(&rows, m->d->db,
			   "SELECT id FROM media WHERE case_id=? ORDER BY id",
			   cs_int(m->c.id));
	while (err == CS_OK && cs_rows_next(&rows))
		json_push(ids,
		    json_sprintf(
			"%llu", (unsigned long long)cs_col_int(&rows, 0)),
		    &err);
	return cs_rows_end(&rows, err);
}

/* Blobs or groups, each once, as ${key}. */
static enum cs_err
take_things(struct making *m, const json_t *named, const char *key, bool groups)
{
	json_t *out = json_array(), *all = json_array();
	const json_t *v;
	size_t i;
	enum cs_err err = CS_OK;

	if (m->choice->all)
		err = add_ids(all, m, groups);
	json_array_foreach (m->choice->all ? all : named, i, v) {
		const char *s = json_string_value(v);
		uint64_t id = s != NULL ? json_id_parse(s) : 0;

		if (err == CS_OK)
			err = add_thing(out, m, id, groups);
	}
	json_decref(all);
	if (err == CS_OK && json_array_size(out) == 0)
		err = desk_problem(m->d, CS_ERR_FORMAT,
		    groups ? "Say of which messages the group is to be "
			     "dissolved."
			   : "Say which photos or files it is about.");
	json_put(m->dec.doc, key, out, &err);
	return err;
}

static enum cs_err
check_texts(const struct making *m)
{
	const struct cs_desk_choice *ch = m->choice;
	bool restricts = ch->action != CS_DESK_ACTION_NONE &&
	    ch->action != CS_DESK_ACTION_REFER;

	if (restricts && ch->facts[0] == '\0')
		return desk_problem(m->d, CS_ERR_FORMAT,
		    "Whoever it hits is owed a statement: say what it rests "
		    "on.");
	if (strlen(ch->facts) > FACTS_MAX || strlen(ch->legal) > LEGAL_MAX ||
	    !cs_utf8_valid(cs_view_str(ch->facts)) ||
	    !cs_utf8_valid(cs_view_str(ch->legal)))
		return desk_problem(m->d, CS_ERR_LIMIT,
		    "A statement has at most %d bytes of facts and %d of "
		    "ground, in UTF-8.",
		    FACTS_MAX, LEGAL_MAX);
	if (ch->ground[0] != '\0' && strcmp(ch->ground, "illegal") != 0 &&
	    strcmp(ch->ground, "terms") != 0)
		return desk_problem(m->d, CS_ERR_FORMAT,
		    "A ground is \"illegal\" or \"terms\".");
	if (ch->action == CS_DESK_ACTION_DISABLE_UNTIL &&
	    (ch->duration_s < DURATION_MIN_S ||
		ch->duration_s > DURATION_MAX_S))
		return desk_problem(m->d, CS_ERR_FORMAT,
		    "Say for how long: from an hour to ten years.");
	return CS_OK;
}

static enum cs_err
check_key(const struct making *m)
{
	struct cs_buf sealed = { 0 };
	uint8_t key[32];
	enum cs_err err;

	if (m->choice->to_key[0] == '\0')
		return desk_problem(m->d, CS_ERR_FORMAT,
		    "Say for whom: the public key that it is sealed to.");
	if ((err = desk_key_parse(key, m->d, m->choice->to_key)))
		return err;
	/* Tried now: what is sent later is not to fail for it. */
	err = cs_evidence_seal(&sealed, cs_view_str("?"), CS_VIEW_OF(key));
	cs_buf_free(&sealed);
	if (cs_err_class(err) == CS_ERR_CLASS_THEIRS || err == CS_ERR_CRYPTO)
		err = desk_problem(
		    m->d, CS_ERR_FORMAT, "Nothing can be sealed to this key.");
	return err;
}

static enum cs_err
take_targets(struct making *m)
{
	switch (m->choice->action) {
	case CS_DESK_ACTION_NONE:
		return CS_OK;
	case CS_DESK_ACTION_WARN:
	case CS_DESK_ACTION_DISABLE:
	case CS_DESK_ACTION_DISABLE_UNTIL:
		return take_accounts(m);
	case CS_DESK_ACTION_QUARANTINE:
		return take_things(m, m->choice->media, "blobs", false);
	case CS_DESK_ACTION_DISSOLVE:
		return take_things(m, m->choice->items, "groups", true);
	case CS_DESK_ACTION_REFER:
		return check_key(m);
	}
	return CS_ERR_MISUSE;
}

/* A share of decisions is looked at by a second reviewer. */
static bool
picked(const struct cs_desk_policy *policy)
{
	uint8_t r[2];

	cs_random(r, sizeof r);
	return ((unsigned)r[0] << 8 | r[1]) % 100 < policy->quality_percent;
}

static enum cs_err
fill(struct making *m, const struct cs_desk_policy *policy)
{
	const struct cs_desk_choice *ch = m->choice;
	bool two = cs_desk_policy_two(policy, m->reason, ch->action);
	uint64_t now = cs_clock_ms();
	json_t *doc = m->dec.doc;
	enum cs_err err = CS_OK;

	m->dec.case_id = m->c.id;
	m->dec.person = m->actor->id;
	m->dec.made_ms = now;
	m->dec.state = two ? CS_DESK_DECISION_WAITING : CS_DESK_DECISION_UNDO;
	m->dec.due_ms =
	    ch->at_once ? now : now + policy->undo_seconds * (uint64_t)1000;
	m->dec.check = picked(policy);
	json_put_str(doc, "action", cs_desk_action_name(ch->action), &err);
	json_put_str(doc, "reason", m->reason->code, &err);
	json_put_num(doc, "made_ms", now, &err);
	json_put_num(doc, "person", m->actor->id, &err);
	json_put(doc, "by", json_actor(m->actor, &err), &err);
	json_put_str(doc, "pseudonym", m->actor->pseudonym, &err);
	json_put_str(doc, "facts", ch->facts, &err);
	json_put_str(doc, "ground",
	    ch->ground[0] != '\0'    ? ch->ground
		: m->reason->illegal ? "illegal"
				     : "terms",
	    &err);
	json_put_str(doc, "legal", ch->legal, &err);
	json_put_num(doc, "duration_s",
	    ch->action == CS_DESK_ACTION_DISABLE_UNTIL ? ch->duration_s : 0,
	    &err);
	json_put_num(doc, "until_ms", 0, &err);
	json_put_str(doc, "to_key", ch->to_key, &err);
	if (m->aside != 0)
		json_put_id(doc, "aside", m->aside, &err);
	json_put(doc, "territory",
	    json_incref(json_object_get(policy->doc, "territory")), &err);
	if (json_object_get(doc, "accounts") == NULL)
		json_put(doc, "accounts", json_array(), &err);
	return err;
}

static enum cs_err
make(struct making *m, const struct cs_desk_policy *policy)
{
	/* The case's without what was set aside. */
	const char *reason = m->choice->reason != NULL
	    ? m->choice->reason
	    : json_get_str(m->c.doc, "reason");
	json_t *after = json_object();
	enum cs_err err;

	m->reason = cs_desk_policy_reason(policy, reason);
	if (m->reason == NULL) {
		err = desk_problem(m->d, CS_ERR_FORMAT,
		    "The policy has no reason \"%.40s\".", reason);
		goto out;
	}
	m->dec.doc = json_object();
	if ((err = check_texts(m)) ||
	    (err = desk_case_mine(m->d, &m->c, m->actor)) ||
	    (err = take_targets(m)) || (err = fill(m, policy)) ||
	    (err = desk_decision_insert(m->d, &m->dec)) ||
	    (err = desk_decision_save(m->d, &m->dec, m->actor)) ||
	    (err = desk_case_save(m->d, &m->c, m->actor)))
		goto out;
	json_put_id(after, "decision", m->dec.id, &err);
	json_put_str(
	    after, "action", cs_desk_action_name(m->choice->action), &err);
	json_put_str(after, "reason", m->reason->code, &err);
	if (err == CS_OK &&
	    (err = desk_audit_add(m->d,
		 &(struct desk_audit_event){ .actor = m->actor,
		     .case_id = m->c.id,
		     .what = "decided",
		     .after = after })) == CS_OK)
		err = desk_case_settle(m->d, m->c.id, m->actor);
out:
	json_decref(after);
	return err;
}

enum cs_err
cs_desk_case_decide(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t case_id, uint64_t version, const struct cs_desk_choice *choice,
    uint64_t *made)
{
	struct making m = { .d = d, .actor = actor, .choice = choice };
	struct cs_desk_policy policy;
	enum cs_err err;

	if (!cs_desk_works(actor))
		return desk_problem(
		    d, CS_ERR_DENIED, "Only reviewers and seniors decide.");
	if ((err = cs_desk_policy(&policy, d)))
		return err;
	if ((err = cs_db_begin(d->db)) == CS_OK) {
		if ((err = desk_case_load_for(
			 &m.c, d, actor, case_id, version)) == CS_OK &&
		    (err = desk_case_set_aside(
			 &m.aside, d, &m.c, version, actor)) == CS_OK &&
		    (err = make(&m, &policy)) == CS_OK)
			err = cs_db_commit(d->db);
		if (err)
			cs_db_rollback(d->db);
	}
	*made = m.dec.id;
	desk_case_clear(&m.c);
	desk_decision_clear(&m.dec);
	cs_desk_policy_clear(&policy);
	return err;
}

enum cs_err
desk_case_accounts_proved(json_t *accounts, struct cs_desk *d, uint64_t case_id)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db, "SELECT id FROM report WHERE case_id=?",
	    cs_int(case_id));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_desk_report_opened r;
		uint8_t id[16];

		cs_col_copy(&rows, 0, id, sizeof id);
		if ((err = cs_desk_report_load(&r, d, id)))
			break;
		for (size_t i = 0;
		     r.evidence != NULL && i < r.evidence->n_items; i++) {
			const struct cs_evidence_item *item =
			    &r.evidence->items[i];
			char hex[33];

			if (!desk_report_item_proved(r.evidence, item))
				continue;
			cs_hex(hex, CS_VIEW_OF(item->capsule.stamp.account));
			json_put(accounts, hex,
			    json_stringn(
				(const char *)item->proof.cert.handle.data,
				item->proof.cert.handle.len),
			    &err);
		}
		cs_desk_report_clear(&r);
	}
	return cs_rows_end(&rows, err);
}
