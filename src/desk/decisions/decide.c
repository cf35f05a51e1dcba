/* SPDX-License-Identifier: MIT */
#include "desk/decisions/decide.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
#include "crypto/random.h"
#include "desk/cases/case.h"
#include "desk/cases/split.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/second.h"
#include "desk/reports/custody.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"

#define DURATION_MIN_S CS_HOUR_S
#define DURATION_MAX_S (10 * 366 * CS_DAY_S)

/* A decision that is being made. */
struct making {
	const struct cs_desk_edit *e;
	struct cs_desk *d;
	const struct cs_desk_choice *choice;
	const struct cs_desk_reason *reason;
	struct desk_case c;
	struct desk_decision dec;
};

/* ---- accounts ----------------------------------------------------------- */

/* Add each proved account once. */
static enum cs_err
add_proved(struct desk_accounts *accounts, const struct cs_evidence *e)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < e->n_items && err == CS_OK; i++) {
		const struct cs_evidence_item *item = &e->items[i];
		const uint8_t *id = item->capsule.stamp.account;

		if (desk_report_item_proved(e, item) &&
		    desk_account_find(accounts, id) == NULL)
			err = desk_account_add(
			    accounts, id, item->proof.sender.account.handle);
	}
	return err;
}

enum cs_err
desk_case_accounts_proved(
    struct desk_accounts *accounts, struct cs_desk *d, uint64_t case_id)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db, "SELECT id FROM report WHERE case_id=?",
	    cs_int(case_id));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_desk_report_opened r;
		uint8_t id[CS_ID_LEN];

		cs_col_copy(&rows, 0, id, sizeof id);
		if ((err = cs_desk_report_load(&r, d, id)) == CS_OK &&
		    r.evidence != NULL)
			err = add_proved(accounts, r.evidence);
		cs_desk_report_clear(&r);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
add_named(struct making *m, const struct desk_accounts *proved)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < m->choice->n_accounts && err == CS_OK; i++) {
		const uint8_t *id = m->choice->accounts[i];
		const struct desk_account *a = desk_account_find(proved, id);

		if (a == NULL)
			return desk_problem(m->d, CS_ERR_DENIED,
			    "nothing-proved",
			    "Nothing in this case is proved of that account; "
			    "nobody is acted against for it.");
		/* Add each named account once. */
		if (desk_account_find(&m->dec.accounts, id) == NULL)
			err = desk_account_add(
			    &m->dec.accounts, id, cs_view_str(a->handle));
	}
	return err;
}

/* Add the accounts named, each of which needs something proved in the case;
 * or all that have it. */
static enum cs_err
take_accounts(struct making *m)
{
	struct desk_accounts proved = { 0 };
	enum cs_err err = desk_case_accounts_proved(&proved, m->d, m->c.id);

	if (err == CS_OK && m->choice->all) {
		m->dec.accounts = proved;
		proved = (struct desk_accounts){ 0 };
	} else if (err == CS_OK) {
		err = add_named(m, &proved);
	}
	if (err == CS_OK && m->dec.accounts.n == 0)
		err = m->choice->all
		    ? desk_problem(m->d, CS_ERR_FORMAT, "nothing-proved-of-any",
			  "Nothing in this case is proved of any account; "
			  "nobody is acted against for it.")
		    : desk_problem(m->d, CS_ERR_FORMAT, "which-accounts",
			  "Say which accounts it is about.");
	desk_array_clear(&proved, sizeof *proved.at);
	return err;
}

/* ---- files and groups --------------------------------------------------- */

/* Add the blob that a photo of the case came as. */
static enum cs_err
add_blob(struct making *m, uint64_t id)
{
	struct cs_desk_report_opened r = { 0 };
	struct desk_blobs *blobs = &m->dec.blobs;
	uint8_t report[CS_ID_LEN], blob[CS_ID_LEN];
	uint64_t item = 0, part = 0;
	struct desk_blob *new;
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, m->d->db,
	    "SELECT item.report,item.place,media.place FROM media"
	    " JOIN item ON item.id=media.item"
	    " WHERE media.id=? AND media.case_id=?",
	    cs_int(id), cs_int(m->c.id));
	if (err == CS_OK) {
		cs_col_copy(&row, 0, report, sizeof report);
		item = cs_col_int(&row, 1);
		part = cs_col_int(&row, 2);
	}
	if ((err = cs_rows_end(&row, err)) == CS_OK)
		err = cs_desk_report_load(&r, m->d, report);
	if (err == CS_OK &&
	    (r.evidence == NULL || item >= r.evidence->n_items ||
		part >= r.evidence->items[item].proof.content.n_external ||
		cs_mimi_blob(blob,
		    &r.evidence->items[item].proof.content.external[part]) !=
		    CS_OK))
		err = CS_ERR_NOT_FOUND;
	cs_desk_report_clear(&r);
	if (err == CS_ERR_NOT_FOUND)
		return desk_problem(m->d, err, "no-media",
		    "There is no such photo or file in this case.");
	for (size_t i = 0; err == CS_OK && i < blobs->n; i++)
		if (memcmp(blobs->at[i].id, blob, sizeof blob) == 0)
			return CS_OK;
	if (err)
		return err;
	if ((new = desk_array_add(blobs, sizeof *new)) == NULL)
		return CS_ERR_NOMEM;
	memcpy(new->id, blob, sizeof blob);
	return CS_OK;
}

static enum cs_err
add_group_ref(struct desk_groups *groups, const uint8_t ref[static CS_HASH_LEN])
{
	struct desk_group *new;

	for (size_t i = 0; i < groups->n; i++)
		if (memcmp(groups->at[i].ref, ref, CS_HASH_LEN) == 0)
			return CS_OK;
	if ((new = desk_array_add(groups, sizeof *new)) == NULL)
		return CS_ERR_NOMEM;
	memcpy(new->ref, ref, CS_HASH_LEN);
	return CS_OK;
}

/* Add the group of an item of the case, only if it is proved. */
static enum cs_err
add_group(struct making *m, uint64_t id)
{
	struct cs_desk_report_opened r = { 0 };
	uint8_t report[CS_ID_LEN];
	struct cs_rows row;
	uint64_t place = 0;
	enum cs_err err;

	err = cs_db_row(&row, m->d->db,
	    "SELECT report,place FROM item WHERE id=? AND case_id=?",
	    cs_int(id), cs_int(m->c.id));
	if (err == CS_OK) {
		cs_col_copy(&row, 0, report, sizeof report);
		place = cs_col_int(&row, 1);
	}
	if ((err = cs_rows_end(&row, err)) == CS_OK)
		err = cs_desk_report_load(&r, m->d, report);
	if (err == CS_OK &&
	    (r.evidence == NULL || place >= r.evidence->n_items))
		err = CS_ERR_NOT_FOUND;
	if (err == CS_ERR_NOT_FOUND)
		err = desk_problem(m->d, err, "item-not-here",
		    "The item is not of this case.");
	else if (err == CS_OK && !r.evidence->all_proved)
		err = desk_problem(m->d, CS_ERR_DENIED, "not-proved",
		    "What is not proved decides nothing.");
	if (err == CS_OK)
		err = add_group_ref(&m->dec.groups,
		    r.evidence->items[place].capsule.stamp.group_ref);
	cs_desk_report_clear(&r);
	return err;
}

/* Add each that is named, or each row of ${all}. */
static enum cs_err
take_things(struct making *m, struct cs_rows *all, const uint64_t *named,
    size_t n, enum cs_err (*add)(struct making *m, uint64_t id))
{
	enum cs_err err = CS_OK;

	if (all != NULL) {
		while (err == CS_OK && cs_rows_next(all))
			err = add(m, cs_col_int(all, 0));
		return cs_rows_end(all, err);
	}
	for (size_t i = 0; i < n && err == CS_OK; i++)
		err = add(m, named[i]);
	return err;
}

static enum cs_err
take_blobs(struct making *m)
{
	const struct cs_desk_choice *ch = m->choice;
	struct cs_rows rows;
	enum cs_err err = CS_OK;

	if (ch->all)
		err = cs_db_query(&rows, m->d->db,
		    "SELECT id FROM media WHERE case_id=? ORDER BY id",
		    cs_int(m->c.id));
	if (err == CS_OK)
		err = take_things(m, ch->all ? &rows : NULL, ch->media,
		    ch->n_media, add_blob);
	return err == CS_OK && m->dec.blobs.n == 0
	    ? desk_problem(m->d, CS_ERR_FORMAT, "which-files",
		  "Say which photos or files it is about.")
	    : err;
}

static enum cs_err
take_groups(struct making *m)
{
	const struct cs_desk_choice *ch = m->choice;
	struct cs_rows rows;
	enum cs_err err = CS_OK;

	if (ch->all)
		err = cs_db_query(&rows, m->d->db,
		    "SELECT id FROM item WHERE case_id=? ORDER BY id",
		    cs_int(m->c.id));
	if (err == CS_OK)
		err = take_things(m, ch->all ? &rows : NULL, ch->items,
		    ch->n_items, add_group);
	return err == CS_OK && m->dec.groups.n == 0
	    ? desk_problem(m->d, CS_ERR_FORMAT, "which-messages",
		  "Say of which messages the group is to be dissolved.")
	    : err;
}

/* ---- the rest of it ----------------------------------------------------- */

static enum cs_err
check_texts(const struct making *m)
{
	const struct cs_desk_choice *ch = m->choice;
	bool restricts = ch->action != CS_DESK_ACTION_NONE &&
	    ch->action != CS_DESK_ACTION_REFER;

	if (restricts && ch->facts[0] == '\0')
		return desk_problem(m->d, CS_ERR_FORMAT, "facts-owed",
		    "Whoever it hits is owed a statement: say what it rests "
		    "on.");
	if (strlen(ch->facts) > CS_DESK_FACTS_MAX ||
	    strlen(ch->legal) > CS_DESK_LEGAL_MAX ||
	    !cs_utf8_valid(cs_view_str(ch->facts)) ||
	    !cs_utf8_valid(cs_view_str(ch->legal)))
		return desk_problem(m->d, CS_ERR_LIMIT, "statement-long",
		    "A statement has at most %d bytes of facts and %d of "
		    "ground, in UTF-8.",
		    CS_DESK_FACTS_MAX, CS_DESK_LEGAL_MAX);
	if (ch->ground[0] != '\0' && cs_desk_ground_find(ch->ground) < 0)
		return desk_problem(m->d, CS_ERR_FORMAT, "bad-ground",
		    "A ground is \"illegal\" or \"terms\".");
	if (ch->action == CS_DESK_ACTION_DISABLE_UNTIL &&
	    (ch->duration_s < DURATION_MIN_S ||
		ch->duration_s > DURATION_MAX_S))
		return desk_problem(m->d, CS_ERR_FORMAT, "bad-duration",
		    "Say for how long: from an hour to ten years.");
	return CS_OK;
}

static enum cs_err
take_key(struct making *m)
{
	struct cs_buf sealed = { 0 };
	uint8_t key[CS_KEY_LEN];
	enum cs_err err;

	if (m->choice->to_key[0] == '\0')
		return desk_problem(m->d, CS_ERR_FORMAT, "no-recipient",
		    "Say for whom: the public key that it is sealed to.");
	if ((err = desk_key_parse(key, m->d, m->choice->to_key)))
		return err;
	/* Try it now, so that sending does not fail later. */
	err = cs_evidence_seal(&sealed, cs_view_str("?"), CS_VIEW_OF(key));
	cs_buf_free(&sealed);
	if (cs_err_class(err) == CS_ERR_CLASS_THEIRS || err == CS_ERR_CRYPTO)
		err = desk_problem(m->d, CS_ERR_FORMAT, "bad-recipient",
		    "Nothing can be sealed to this key.");
	memcpy(m->dec.to_key, m->choice->to_key, strlen(m->choice->to_key));
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
		return take_blobs(m);
	case CS_DESK_ACTION_DISSOLVE:
		return take_groups(m);
	case CS_DESK_ACTION_REFER:
		return take_key(m);
	}
	return CS_ERR_MISUSE;
}

/* A second reviewer looks at a share of the decisions. */
static enum cs_desk_check
pick(const struct cs_desk_policy *policy)
{
	uint8_t r[2];

	cs_random(r, sizeof r);
	return ((unsigned)r[0] << 8 | r[1]) % 100 < policy->quality_percent
	    ? CS_DESK_CHECK_DUE
	    : CS_DESK_CHECK_NONE;
}

static enum cs_err
fill_territories(
    struct desk_territories *out, const struct cs_desk_policy *policy)
{
	for (size_t i = 0; i < policy->n_territories; i++) {
		const char *name = policy->territories[i];
		struct desk_territory *new = desk_array_add(out, sizeof *new);

		if (new == NULL)
			return CS_ERR_NOMEM;
		memcpy(new->name, name, strlen(name));
	}
	return CS_OK;
}

static enum cs_err
fill(struct making *m, const struct cs_desk_policy *policy)
{
	const struct cs_desk_choice *ch = m->choice;
	const struct cs_desk_actor *actor = m->e->actor;
	struct desk_decision *dec = &m->dec;
	enum cs_err err;

	dec->case_id = m->c.id;
	dec->action = ch->action;
	memcpy(dec->reason, m->reason->code, sizeof dec->reason);
	dec->person = actor->id;
	memcpy(dec->by, actor->name, sizeof dec->by);
	memcpy(dec->pseudonym, actor->pseudonym, sizeof dec->pseudonym);
	dec->made_ms = dec->due_ms = cs_clock_ms();
	if (!ch->at_once)
		dec->due_ms += policy->undo_seconds * CS_SECOND_MS;
	desk_second_set(dec, &m->c, policy);
	dec->state = desk_second_missing(dec) ? CS_DESK_DECISION_WAITING
					      : CS_DESK_DECISION_UNDO;
	dec->check = pick(policy);
	dec->ground = ch->ground[0] != '\0'
	    ? (enum cs_desk_ground)cs_desk_ground_find(ch->ground)
	    : m->reason->illegal ? CS_DESK_GROUND_ILLEGAL
				 : CS_DESK_GROUND_TERMS;
	if (ch->action == CS_DESK_ACTION_DISABLE_UNTIL)
		dec->duration_s = ch->duration_s;
	if ((err = desk_string_set(&dec->facts, cs_view_str(ch->facts))) ||
	    (err = desk_string_set(&dec->legal, cs_view_str(ch->legal))))
		return err;
	return fill_territories(&dec->territories, policy);
}

static enum cs_err
find_reason(struct making *m, const struct cs_desk_policy *policy)
{
	/* Load the case without what was set aside. */
	const char *code =
	    m->choice->reason != NULL ? m->choice->reason : m->c.reason;

	m->reason = cs_desk_policy_reason(policy, code);
	return m->reason != NULL
	    ? CS_OK
	    : desk_problem(m->d, CS_ERR_FORMAT, "no-reason",
		  "The policy has no reason \"%.40s\".", code);
}

static enum cs_err
make(struct making *m, const struct cs_desk_policy *policy)
{
	const struct cs_desk_actor *actor = m->e->actor;
	struct desk_facts after = { 0 };
	enum cs_err err;

	if ((err = find_reason(m, policy)) || (err = check_texts(m)) ||
	    (err = desk_case_take(m->d, &m->c, actor)) ||
	    (err = take_targets(m)) || (err = fill(m, policy)) ||
	    (err = desk_second_check_token(m->d, actor, &m->dec, policy)) ||
	    (err = desk_decision_insert(m->d, &m->dec)) ||
	    (err = desk_decision_save(m->d, &m->dec, actor)) ||
	    (err = desk_case_save(m->d, &m->c, actor)))
		return err;
	desk_fact_id(&after, "decision", m->dec.id);
	desk_fact_text(&after, "action", cs_desk_action_name(m->dec.action));
	desk_fact_text(&after, "reason", m->dec.reason);
	if ((err = desk_audit_add(m->d,
		 &(struct desk_audit_event){ .actor = actor,
		     .case_id = m->c.id,
		     .what = "decided",
		     .after = &after })))
		return err;
	return desk_case_settle(m->d, m->c.id, actor);
}

enum cs_err
cs_desk_case_decide(const struct cs_desk_edit *e,
    const struct cs_desk_choice *choice, uint64_t *made)
{
	struct making m = { .e = e, .d = e->d, .choice = choice };
	struct cs_desk_policy policy;
	enum cs_err err;

	if (!cs_desk_works(e->actor))
		return desk_problem(e->d, CS_ERR_DENIED, "decide-role",
		    "Only reviewers and seniors decide.");
	if ((err = cs_desk_policy(&policy, e->d)))
		return err;
	if ((err = cs_db_begin(e->d->db)) == CS_OK) {
		if ((err = desk_case_load_for(&m.c, e)) == CS_OK &&
		    (err = desk_case_set_aside(&m.dec.aside, &m.c, e)) == CS_OK)
			err = make(&m, &policy);
		err = cs_db_end(e->d->db, err);
	}
	*made = m.dec.id;
	desk_case_clear(&m.c);
	desk_decision_clear(&m.dec);
	cs_desk_policy_clear(&policy);
	return err;
}
