/* SPDX-License-Identifier: MIT */
/* Deciding: who may, what it takes, what can still be taken back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/random.h"
#include "desk/decision_internal.h"
#include "desk/export.h"

#define TABLE "decision"
#define FACTS_MAX 5000 /* of the DSA Transparency Database */
#define LEGAL_MAX 500
#define DURATION_MIN_S 3600u
#define DURATION_MAX_S (10u * 366 * 86400)

static const char *const states[] = { "undo", "waiting", "queued", "applied",
	"failed", "undone", "refused", "reversed" };

const char *
desk_decision_state_name(enum cs_desk_decision_state state)
{
	return states[state];
}

/* ---- rows --------------------------------------------------------------- */

static enum cs_err
read_row(struct desk_decision *out, struct cs_desk *d, struct cs_rows *rows)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = cs_col_int(rows, 0);
	out->kase = cs_col_int(rows, 1);
	if ((err = desk_doc_open_id(
		 &out->doc, d, TABLE, out->id, cs_col_blob(rows, 2))))
		return err;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(desk_str(out->doc, "state"), states[i]) == 0)
			out->state = (enum cs_desk_decision_state)i;
	out->due_ms = desk_num(out->doc, "undo_until_ms");
	out->made_ms = desk_num(out->doc, "made_ms");
	out->person = desk_num(out->doc, "person");
	out->check = (unsigned)desk_num(out->doc, "check");
	return CS_OK;
}

enum cs_err
desk_decision_load(struct desk_decision *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_query(&rows, d->db,
	    "SELECT id,kase,sealed FROM decision WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = cs_rows_next(&rows)
		    ? read_row(out, d, &rows)
		    : desk_problem(d, CS_ERR_NOT_FOUND,
			  "There is no decision %llu.", (unsigned long long)id);
	return cs_rows_end(&rows, err);
}

void
desk_decision_clear(struct desk_decision *dec)
{
	json_decref(dec->doc);
	memset(dec, 0, sizeof *dec);
}

enum cs_err
desk_decision_save(
    struct cs_desk *d, struct desk_decision *dec, const struct cs_desk_who *who)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err = CS_OK;

	desk_set_str(dec->doc, "state", states[dec->state], &err);
	desk_set_num(dec->doc, "undo_until_ms", dec->due_ms, &err);
	desk_set_num(dec->doc, "check", dec->check, &err);
	if (err == CS_OK &&
	    (err = desk_doc_seal_id(&sealed, d, TABLE, dec->id, dec->doc)) ==
		CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE decision SET state=?,due=?,check_state=?,sealed=?"
		    " WHERE id=?",
		    cs_int(dec->state), cs_int(dec->due_ms), cs_int(dec->check),
		    cs_blob(cs_buf_view(&sealed)), cs_int(dec->id));
	if (err == CS_OK)
		err = desk_changed(
		    d, DESK_CHANGE_DECISION, dec->id, dec->state, who);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_decision_insert(struct cs_desk *d, struct desk_decision *dec)
{
	enum cs_err err;

	err = cs_db_exec(d->db,
	    "INSERT INTO decision(kase,state,due,made,person,action,sealed)"
	    " VALUES(?,?,?,?,?,?,x'')",
	    cs_int(dec->kase), cs_int(dec->state), cs_int(dec->due_ms),
	    cs_int(dec->made_ms), cs_int(dec->person),
	    cs_int((uint64_t)cs_desk_act_find(desk_str(dec->doc, "action"))));
	if (err == CS_OK)
		dec->id = cs_db_last_id(d->db);
	return err;
}

static void
copy(json_t *to, const json_t *from, const char *key, enum cs_err *err)
{
	json_t *v = json_object_get(from, key);

	desk_set(to, key, v != NULL ? json_incref(v) : json_null(), err);
}

enum cs_err
desk_decision_json(json_t **out, const struct desk_decision *dec)
{
	static const char *const copied[] = { "action", "reason", "state",
		"made_ms", "by", "undo_until_ms", "second", "facts", "ground",
		"legal", "territory", "until_ms", "accounts", "targets",
		"reverses", "reversed_by", "duration_s", "note" };
	static const char *const checks[] = { "none", "due", "agreed",
		"disagreed" };
	json_t *o = json_object(), *quality = json_object();
	enum cs_err err = CS_OK;

	desk_set_id(o, "id", dec->id, &err);
	desk_set_id(o, "case", dec->kase, &err);
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
		copy(o, dec->doc, copied[i], &err);
	desk_set_str(quality, "state", checks[dec->check % 4], &err);
	copy(quality, dec->doc, "checked_by", &err);
	desk_set(o, "quality", quality, &err);
	*out = o;
	return err;
}

static enum cs_err
list(json_t *items, struct cs_desk *d, struct cs_rows *rows, enum cs_err err)
{
	while (err == CS_OK && cs_rows_next(rows)) {
		struct desk_decision dec;
		json_t *o = NULL;

		if ((err = read_row(&dec, d, rows)) == CS_OK)
			err = desk_decision_json(&o, &dec);
		desk_add(items, o, &err);
		desk_decision_clear(&dec);
	}
	return cs_rows_end(rows, err);
}

enum cs_err
desk_decisions(json_t *items, struct cs_desk *d, uint64_t kase)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,kase,sealed FROM decision WHERE kase=? ORDER BY id",
	    cs_int(kase));

	return list(items, d, &rows, err);
}

enum cs_err
desk_decisions_of(
    json_t *items, struct cs_desk *d, const uint8_t account[static 16])
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, d->db,
	    "SELECT id,kase,sealed FROM decision WHERE id IN"
	    " (SELECT decision FROM target WHERE account=?) ORDER BY id",
	    cs_blob(cs_view(account, 16)));

	return list(items, d, &rows, err);
}

enum cs_err
cs_desk_decision_show(json_t **out, struct cs_desk *d, uint64_t id)
{
	struct desk_decision dec;
	enum cs_err err = desk_decision_load(&dec, d, id);

	*out = NULL;
	if (err == CS_OK)
		err = desk_decision_json(out, &dec);
	desk_decision_clear(&dec);
	return err;
}

/* ---- the case follows --------------------------------------------------- */

enum cs_err
desk_case_reopen(struct cs_desk *d, struct desk_case *c)
{
	uint64_t last = 0;
	enum cs_err err = cs_db_get_int(
	    &last, d->db, "SELECT COALESCE(MAX(id),0) FROM decision");

	if (desk_case_state(c) != CS_DESK_CASE_WAITING)
		desk_case_set_state(c, CS_DESK_CASE_OPEN, &err);
	desk_set_num(c->doc, "open_after", last, &err);
	desk_set_num(c->doc, "decided_ms", 0, &err);
	return err;
}

enum cs_err
desk_case_settle(
    struct cs_desk *d, uint64_t kase, const struct cs_desk_who *who)
{
	uint64_t pending = 0, done = 0;
	struct desk_case c;
	enum cs_err err;

	/* What was decided before it was opened again does not count. */
	if ((err = desk_case_load(&c, d, kase)) ||
	    (err = cs_db_get_int(&pending, d->db,
		 "SELECT COUNT(*) FROM decision WHERE kase=?"
		 " AND state IN(0,1,2)",
		 cs_int(kase))) ||
	    (err = cs_db_get_int(&done, d->db,
		 "SELECT COUNT(*) FROM decision WHERE kase=?"
		 " AND state IN(3,7) AND id>?",
		 cs_int(kase), cs_int(desk_num(c.doc, "open_after"))))) {
		desk_case_clear(&c);
		return err;
	}
	if (desk_case_state(&c) != CS_DESK_CASE_CLOSED) {
		bool waited = desk_case_state(&c) == CS_DESK_CASE_WAITING;

		desk_case_set_state(&c,
		    pending != 0    ? CS_DESK_CASE_WAITING
			: done != 0 ? CS_DESK_CASE_DECIDED
				    : CS_DESK_CASE_OPEN,
		    &err);
		desk_set_num(c.doc, "pending", pending, &err);
		/* Kept from the last decision on. */
		if (pending == 0 && done != 0 &&
		    (waited || desk_num(c.doc, "decided_ms") == 0))
			desk_set_num(c.doc, "decided_ms", cs_clock_ms(), &err);
		if (err == CS_OK)
			err = desk_case_save(d, &c, who);
	}
	desk_case_clear(&c);
	return err;
}

/* ---- what a decision needs ---------------------------------------------- */

/* A decision that is being made. */
struct making {
	struct cs_desk *d;
	const struct cs_desk_who *who;
	const struct cs_desk_choice *choice;
	const struct cs_desk_reason *reason;
	struct desk_case c;
	struct desk_decision dec;
};

/* The accounts named, each with something proved in the case. */
static enum cs_err
take_accounts(struct making *m)
{
	json_t *proved = json_object(), *out = json_array();
	const json_t *v;
	size_t i;
	enum cs_err err = desk_accounts_proved(proved, m->d, m->c.id);

	json_array_foreach (m->choice->accounts, i, v) {
		const char *hex = json_string_value(v);
		json_t *handle =
		    hex != NULL ? json_object_get(proved, hex) : NULL;
		json_t *o;

		if (err)
			break;
		if (handle == NULL) {
			err = desk_problem(m->d, CS_ERR_DENIED,
			    "Nothing in this case is proved of that account; "
			    "nobody is acted against for it.");
			break;
		}
		if (json_is_null(handle))
			continue;
		o = json_object();
		desk_set_str(o, "id", hex, &err);
		desk_set(o, "handle", json_incref(handle), &err);
		desk_add(out, o, &err);
		/* Once, however often it is named. */
		desk_set(proved, hex, json_null(), &err);
	}
	if (err == CS_OK && json_array_size(out) == 0)
		err = desk_problem(
		    m->d, CS_ERR_FORMAT, "Say which accounts it is about.");
	desk_set(m->dec.doc, "accounts", out, &err);
	json_decref(proved);
	return err;
}

/* The blob that a photo of the case came as, in hex. */
static enum cs_err
blob_of(char hex[static 33], struct cs_desk *d, uint64_t kase, uint64_t id)
{
	struct cs_desk_case r = { 0 };
	uint8_t report[16], blob[16];
	uint64_t item = 0, part = 0;
	struct cs_rows rows;
	bool found = false;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT item.report,item.place,media.place FROM media"
	    " JOIN item ON item.id=media.item"
	    " WHERE media.id=? AND media.kase=?",
	    cs_int(id), cs_int(kase));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		cs_col_copy(&rows, 0, report, sizeof report);
		item = cs_col_int(&rows, 1);
		part = cs_col_int(&rows, 2);
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && found)
		err = cs_desk_load(&r, d, report);
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
	cs_desk_case_clear(&r);
	return err;
}

/* The group of an item of the case, in hex; only if it is proved. */
static enum cs_err
group_of(char hex[static 65], struct cs_desk *d, uint64_t kase, uint64_t id)
{
	struct cs_desk_case r = { 0 };
	uint8_t report[16];
	struct cs_rows rows;
	uint64_t place = 0;
	bool found = false;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT report,place FROM item WHERE id=? AND kase=?", cs_int(id),
	    cs_int(kase));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		cs_col_copy(&rows, 0, report, sizeof report);
		place = cs_col_int(&rows, 1);
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && found)
		err = cs_desk_load(&r, d, report);
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
	cs_desk_case_clear(&r);
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

/* Blobs of ${ids} or groups of them, each once, as ${key}. */
static enum cs_err
take_things(struct making *m, const json_t *ids, const char *key, bool groups)
{
	json_t *out = json_array();
	const json_t *v;
	size_t i;
	enum cs_err err = CS_OK;

	json_array_foreach (ids, i, v) {
		const char *s = json_string_value(v);
		uint64_t id = s != NULL ? desk_id(s) : 0;
		char hex[65];

		err = groups ? group_of(hex, m->d, m->c.id, id)
			     : blob_of(hex, m->d, m->c.id, id);
		if (err)
			break;
		if (!contains(out, hex))
			desk_add(out, json_string(hex), &err);
	}
	if (err == CS_OK && json_array_size(out) == 0)
		err = desk_problem(m->d, CS_ERR_FORMAT,
		    groups ? "Say of which messages the group is to be "
			     "dissolved."
			   : "Say which photos or files it is about.");
	desk_set(m->dec.doc, key, out, &err);
	return err;
}

static enum cs_err
check_texts(const struct making *m)
{
	const struct cs_desk_choice *ch = m->choice;
	bool restricts =
	    ch->action != CS_DESK_ACT_NONE && ch->action != CS_DESK_ACT_REFER;

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
	if (ch->action == CS_DESK_ACT_DISABLE_UNTIL &&
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
	case CS_DESK_ACT_NONE:
		return CS_OK;
	case CS_DESK_ACT_WARN:
	case CS_DESK_ACT_DISABLE:
	case CS_DESK_ACT_DISABLE_UNTIL:
		return take_accounts(m);
	case CS_DESK_ACT_QUARANTINE:
		return take_things(m, m->choice->media, "blobs", false);
	case CS_DESK_ACT_DISSOLVE:
		return take_things(m, m->choice->items, "groups", true);
	case CS_DESK_ACT_REFER:
		return check_key(m);
	}
	return CS_ERR_MISUSE;
}

static json_t *
person(const struct cs_desk_who *who, enum cs_err *err)
{
	json_t *o = json_object();

	desk_set_id(o, "id", who->id, err);
	desk_set_str(o, "name", who->name, err);
	return o;
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

	m->dec.kase = m->c.id;
	m->dec.person = m->who->id;
	m->dec.made_ms = now;
	m->dec.state = two ? CS_DESK_DECISION_WAITING : CS_DESK_DECISION_UNDO;
	m->dec.due_ms =
	    ch->at_once ? now : now + policy->undo_seconds * (uint64_t)1000;
	m->dec.check = picked(policy);
	desk_set_str(doc, "action", cs_desk_act_name(ch->action), &err);
	desk_set_str(doc, "reason", m->reason->code, &err);
	desk_set_num(doc, "made_ms", now, &err);
	desk_set_num(doc, "person", m->who->id, &err);
	desk_set(doc, "by", person(m->who, &err), &err);
	desk_set_str(doc, "pseudonym", m->who->pseudonym, &err);
	desk_set_str(doc, "facts", ch->facts, &err);
	desk_set_str(doc, "ground",
	    ch->ground[0] != '\0'    ? ch->ground
		: m->reason->illegal ? "illegal"
				     : "terms",
	    &err);
	desk_set_str(doc, "legal", ch->legal, &err);
	desk_set_num(doc, "duration_s",
	    ch->action == CS_DESK_ACT_DISABLE_UNTIL ? ch->duration_s : 0, &err);
	desk_set_num(doc, "until_ms", 0, &err);
	desk_set_str(doc, "to_key", ch->to_key, &err);
	desk_set(doc, "territory",
	    json_incref(json_object_get(policy->doc, "territory")), &err);
	if (json_object_get(doc, "accounts") == NULL)
		desk_set(doc, "accounts", json_array(), &err);
	return err;
}

static enum cs_err
make(struct making *m, const struct cs_desk_policy *policy)
{
	json_t *after = json_object();
	enum cs_err err;

	m->reason = cs_desk_policy_reason(policy, m->choice->reason);
	if (m->reason == NULL) {
		err = desk_problem(m->d, CS_ERR_FORMAT,
		    "The policy has no reason \"%.40s\".", m->choice->reason);
		goto out;
	}
	m->dec.doc = json_object();
	if ((err = check_texts(m)) ||
	    (err = desk_case_mine(m->d, &m->c, m->who)) ||
	    (err = take_targets(m)) || (err = fill(m, policy)) ||
	    (err = desk_decision_insert(m->d, &m->dec)) ||
	    (err = desk_decision_save(m->d, &m->dec, m->who)) ||
	    (err = desk_case_save(m->d, &m->c, m->who)))
		goto out;
	desk_set_id(after, "decision", m->dec.id, &err);
	desk_set_str(
	    after, "action", cs_desk_act_name(m->choice->action), &err);
	desk_set_str(after, "reason", m->reason->code, &err);
	if (err == CS_OK &&
	    (err = desk_audit_event(m->d,
		 &(struct desk_event){ .who = m->who,
		     .kase = m->c.id,
		     .what = "decided",
		     .after = after })) == CS_OK)
		err = desk_case_settle(m->d, m->c.id, m->who);
out:
	json_decref(after);
	return err;
}

enum cs_err
cs_desk_decide(struct cs_desk *d, const struct cs_desk_who *who, uint64_t kase,
    uint64_t version, const struct cs_desk_choice *choice, uint64_t *made)
{
	struct making m = { .d = d, .who = who, .choice = choice };
	struct cs_desk_policy policy;
	enum cs_err err;

	if (!cs_desk_works(who))
		return desk_problem(
		    d, CS_ERR_DENIED, "Only reviewers and seniors decide.");
	if ((err = cs_desk_policy(&policy, d)))
		return err;
	if ((err = cs_db_begin(d->db)) == CS_OK) {
		if ((err = desk_case_load_for(&m.c, d, kase, version)) ==
			CS_OK &&
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

/* ---- second thoughts ---------------------------------------------------- */

/* Load for a change; ended by finish(). */
static enum cs_err
begin(struct desk_decision *dec, struct cs_desk *d,
    const struct cs_desk_who *who, uint64_t id)
{
	enum cs_err err;

	memset(dec, 0, sizeof *dec);
	if (!cs_desk_works(who))
		return desk_problem(
		    d, CS_ERR_DENIED, "Only reviewers and seniors decide.");
	return (err = cs_db_begin(d->db)) ? err
					  : desk_decision_load(dec, d, id);
}

static enum cs_err
finish(struct desk_decision *dec, struct cs_desk *d,
    const struct cs_desk_who *who, enum cs_err err, const char *what,
    const char *text)
{
	json_t *before = json_object(), *after = json_object();

	if (err == CS_OK) {
		/* The document still says what it was. */
		desk_set_str(
		    before, "state", desk_str(dec->doc, "state"), &err);
		desk_set_str(after, "state", states[dec->state], &err);
		desk_set_id(after, "decision", dec->id, &err);
		if (text != NULL && *text != '\0')
			desk_set_str(after, "text", text, &err);
	}
	if (err == CS_OK && (err = desk_decision_save(d, dec, who)) == CS_OK &&
	    (err = desk_audit_event(d,
		 &(struct desk_event){ .who = who,
		     .kase = dec->kase,
		     .what = what,
		     .before = before,
		     .after = after })) == CS_OK &&
	    (err = desk_case_settle(d, dec->kase, who)) == CS_OK)
		err = cs_db_commit(d->db);
	if (cs_db_in_transaction(d->db))
		cs_db_rollback(d->db);
	desk_decision_clear(dec);
	json_decref(before);
	json_decref(after);
	return err;
}

enum cs_err
cs_desk_undo(struct cs_desk *d, const struct cs_desk_who *who, uint64_t id)
{
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, who, id);

	if (err == CS_OK && dec.person != who->id && !cs_desk_is_senior(who))
		err = desk_problem(d, CS_ERR_DENIED,
		    "Who made a decision takes it back, or a senior.");
	/* What it reverses says so already, and so does an appeal's answer. */
	else if (err == CS_OK && desk_id(desk_str(dec.doc, "reverses")) != 0)
		err = desk_problem(d, CS_ERR_DENIED,
		    "A reversal is not taken back. Decide anew.");
	else if (err == CS_OK && dec.state != CS_DESK_DECISION_UNDO &&
	    dec.state != CS_DESK_DECISION_WAITING)
		err = desk_problem(d, CS_ERR_EXISTS,
		    "It is too late: the decision is on its way. It can be "
		    "reversed.");
	dec.state = CS_DESK_DECISION_UNDONE;
	return finish(&dec, d, who, err, "undone", NULL);
}

static enum cs_err
is_second(struct cs_desk *d, const struct cs_desk_who *who,
    const struct desk_decision *dec)
{
	if (dec->state != CS_DESK_DECISION_WAITING)
		return desk_problem(d, CS_ERR_EXISTS,
		    "This decision does not wait for a second person.");
	if (who->id == 0 || who->id == dec->person)
		return desk_problem(d, CS_ERR_DENIED,
		    "Nobody confirms their own decision: it takes somebody "
		    "else, signed in.");
	return CS_OK;
}

enum cs_err
cs_desk_confirm(struct cs_desk *d, const struct cs_desk_who *who, uint64_t id)
{
	struct cs_desk_policy policy = { 0 };
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, who, id);

	if (err == CS_OK && (err = is_second(d, who, &dec)) == CS_OK &&
	    (err = cs_desk_policy(&policy, d)) == CS_OK) {
		dec.state = CS_DESK_DECISION_UNDO;
		dec.due_ms =
		    cs_clock_ms() + policy.undo_seconds * (uint64_t)1000;
		desk_set(dec.doc, "second", person(who, &err), &err);
		desk_set_num(dec.doc, "second_id", who->id, &err);
	}
	cs_desk_policy_clear(&policy);
	return finish(&dec, d, who, err, "confirmed", NULL);
}

enum cs_err
cs_desk_refuse(struct cs_desk *d, const struct cs_desk_who *who, uint64_t id,
    const char *text)
{
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, who, id);

	if (err == CS_OK)
		err = is_second(d, who, &dec);
	if (err == CS_OK && *text == '\0')
		err =
		    desk_problem(d, CS_ERR_FORMAT, "Say why, for who made it.");
	if (err == CS_OK) {
		dec.state = CS_DESK_DECISION_REFUSED;
		desk_set(dec.doc, "second", person(who, &err), &err);
		desk_set_str(dec.doc, "note", text, &err);
	}
	return finish(&dec, d, who, err, "refused", text);
}

enum cs_err
cs_desk_quality(struct cs_desk *d, const struct cs_desk_who *who, uint64_t id,
    bool agree, const char *text)
{
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, who, id);

	if (err == CS_OK && dec.check != 1)
		err = desk_problem(d, CS_ERR_EXISTS,
		    "This decision is not to be looked at for quality.");
	else if (err == CS_OK &&
	    (who->id == 0 || who->id == dec.person ||
		who->id == desk_num(dec.doc, "second_id")))
		err = desk_problem(d, CS_ERR_DENIED,
		    "It takes somebody who had no part in it.");
	if (err == CS_OK) {
		dec.check = agree ? 2 : 3;
		desk_set_str(dec.doc, "checked_by", who->name, &err);
		desk_set_str(dec.doc, "check_text", text, &err);
	}
	return finish(&dec, d, who, err, agree ? "agreed" : "disagreed", text);
}

/* ---- taking it back whole ----------------------------------------------- */

enum cs_err
desk_reverse(struct cs_desk *d, const struct cs_desk_who *who,
    struct desk_decision *dec, const char *text, uint64_t *made)
{
	struct desk_decision new = { .kase = dec->kase,
		.made_ms = cs_clock_ms(),
		.due_ms = cs_clock_ms(),
		.person = who->id };
	json_t *after = json_object();
	enum cs_err err = CS_OK;

	if (dec->state != CS_DESK_DECISION_APPLIED &&
	    dec->state != CS_DESK_DECISION_QUEUED) {
		json_decref(after);
		return desk_problem(
		    d, CS_ERR_EXISTS, "Only what was applied can be reversed.");
	}
	if (strcmp(desk_str(dec->doc, "action"), "refer") == 0 ||
	    !json_is_null(json_object_get(dec->doc, "reverses") != NULL
		    ? json_object_get(dec->doc, "reverses")
		    : json_null())) {
		json_decref(after);
		return desk_problem(d, CS_ERR_DENIED,
		    "What was given to others, or was itself a reversal, "
		    "cannot be reversed.");
	}
	new.doc = json_deep_copy(dec->doc);
	json_object_del(new.doc, "targets");
	json_object_del(new.doc, "second");
	json_object_del(new.doc, "second_id");
	json_object_del(new.doc, "checked_by");
	desk_set_id(new.doc, "reverses", dec->id, &err);
	desk_set_str(new.doc, "facts", text, &err);
	desk_set_num(new.doc, "made_ms", new.made_ms, &err);
	desk_set_num(new.doc, "person", who->id, &err);
	desk_set_num(new.doc, "until_ms", 0, &err);
	desk_set(new.doc, "by", person(who, &err), &err);
	desk_set_str(new.doc, "pseudonym", who->pseudonym, &err);
	if (err == CS_OK && (err = desk_decision_insert(d, &new)) == CS_OK &&
	    (err = desk_decision_save(d, &new, who)) == CS_OK) {
		dec->state = CS_DESK_DECISION_REVERSED;
		desk_set_id(dec->doc, "reversed_by", new.id, &err);
		desk_set_id(after, "decision", dec->id, &err);
		desk_set_id(after, "by", new.id, &err);
	}
	if (err == CS_OK && (err = desk_decision_save(d, dec, who)) == CS_OK)
		err = desk_audit_event(d,
		    &(struct desk_event){ .who = who,
			.kase = dec->kase,
			.what = "reversed",
			.after = after });
	*made = new.id;
	json_decref(after);
	desk_decision_clear(&new);
	return err;
}

enum cs_err
cs_desk_reverse(struct cs_desk *d, const struct cs_desk_who *who, uint64_t id,
    const char *text, uint64_t *made)
{
	struct desk_decision dec;
	enum cs_err err = begin(&dec, d, who, id);

	if (err == CS_OK && *text == '\0')
		err = desk_problem(d, CS_ERR_FORMAT, "Say why it is reversed.");
	if (err == CS_OK &&
	    (err = desk_reverse(d, who, &dec, text, made)) == CS_OK &&
	    (err = desk_case_settle(d, dec.kase, who)) == CS_OK)
		err = cs_db_commit(d->db);
	if (cs_db_in_transaction(d->db))
		cs_db_rollback(d->db);
	desk_decision_clear(&dec);
	return err;
}
