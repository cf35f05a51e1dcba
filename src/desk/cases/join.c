/* SPDX-License-Identifier: MIT */
#include "desk/cases/join.h"

#include <string.h>

#include "base/units.h"
#include "content/evidence.h"
#include "content/mimi.h"
#include "desk/cases/case.h"
#include "desk/cases/term.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/core/row.h"
#include "desk/reports/file.h"
#include "desk/reports/report.h"
#include "store/clock.h"
#include "store/db.h"

/* If a member makes more reports than this in a day, their new cases stand
 * behind others of the same severity.  Existing cases do not move. */
#define FLOOD_REPORTS 10
#define NOTE_WORDS_MAX 4096
#define MERGES_MAX 100
#define CANDIDATES_MAX 200 /* cases that one handle is looked for in */

/* ---- finding one -------------------------------------------------------- */

/* Set ${*case_id} to the case that it was merged into, if it was. */
static enum cs_err
follow(uint64_t *case_id, struct cs_desk *d)
{
	enum cs_err err = CS_OK;

	for (unsigned i = 0; i < MERGES_MAX && err == CS_OK; i++) {
		struct desk_case c;
		uint64_t into;

		err = desk_case_load(&c, d, *case_id);
		into = c.merged_into;
		desk_case_clear(&c);
		if (err || into == 0)
			return err;
		*case_id = into;
	}
	return err ? err : CS_ERR_CORRUPT;
}

/* CS_ERR_NOT_FOUND if none of its messages was reported before. */
static enum cs_err
by_message(uint64_t *case_id, struct cs_desk *d, const struct cs_evidence *e)
{
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	for (size_t i = 0; i < e->n_items; i++) {
		if ((err = desk_report_message_hash(
			 hash, &e->items[i].capsule.stamp)))
			return err;
		err = cs_db_get_int(case_id, d->db,
		    "SELECT case_id FROM item WHERE message=?"
		    " ORDER BY id DESC LIMIT 1",
		    cs_blob(CS_VIEW_OF(hash)));
		if (err == CS_OK)
			err = follow(case_id, d);
		if (err != CS_ERR_NOT_FOUND)
			return err;
	}
	return CS_ERR_NOT_FOUND;
}

static enum cs_err
by_account(uint64_t *case_id, struct cs_desk *d, const struct cs_evidence *e,
    const struct cs_desk_policy *policy)
{
	uint64_t since = cs_clock_ms() - policy->window_hours * CS_HOUR_MS;
	enum cs_err err;

	for (size_t i = 0; i < e->n_items; i++) {
		err = cs_db_get_int(case_id, d->db,
		    "SELECT cases.id FROM case_account"
		    " JOIN cases ON cases.id=case_account.case_id"
		    " WHERE account=? AND state=? AND opened>?"
		    " AND decided=0"
		    " ORDER BY cases.id DESC LIMIT 1",
		    cs_blob(CS_VIEW_OF(e->items[i].capsule.stamp.account)),
		    cs_int(CS_DESK_CASE_OPEN), cs_int(since));
		if (err != CS_ERR_NOT_FOUND)
			return err;
	}
	return CS_ERR_NOT_FOUND;
}

static bool
is_named(const struct desk_case *c, struct cs_view handle)
{
	for (size_t i = 0; i < c->named.n; i++)
		if (cs_view_equal(cs_view_str(c->named.at[i].handle), handle))
			return true;
	return false;
}

/* The case of a notice that names the sender of one of the messages. */
static enum cs_err
by_name(struct desk_case *out, struct cs_desk *d, const struct cs_evidence *e)
{
	enum cs_err err = CS_ERR_NOT_FOUND;

	for (size_t i = 0; i < e->n_items && err == CS_ERR_NOT_FOUND; i++)
		err = desk_case_of_handle(
		    out, d, e->items[i].proof.sender.account.handle, is_named);
	return err;
}

/* Since which version does the case ${case_id} have the message ${hash}?  0:
 * since it was opened. */
static enum cs_err
since(bool *has, uint64_t *version, struct cs_desk *d, uint64_t case_id,
    const uint8_t hash[static CS_HASH_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	*has = false;
	*version = 0;
	err = cs_db_row(&row, d->db,
	    "SELECT MIN(joined) FROM item WHERE message=? AND case_id=?",
	    cs_blob(cs_view(hash, CS_HASH_LEN)), cs_int(case_id));
	if (err == CS_OK && !cs_col_null(&row, 0)) {
		*has = true;
		*version = cs_col_int(&row, 0);
	}
	return cs_rows_end(&row, err);
}

/* Does the case have each message of ${e} already? */
static enum cs_err
has_all(
    bool *out, struct cs_desk *d, uint64_t case_id, const struct cs_evidence *e)
{
	uint8_t hash[CS_HASH_LEN];
	uint64_t version;
	enum cs_err err = CS_OK;

	*out = true;
	for (size_t i = 0; i < e->n_items && *out && err == CS_OK; i++)
		if ((err = desk_report_message_hash(
			 hash, &e->items[i].capsule.stamp)) == CS_OK)
			err = since(out, &version, d, case_id, hash);
	return err;
}

/* A report cannot join a case that is damaged on the disk. */
static enum cs_err
without(struct desk_case *c, enum cs_err err)
{
	if (err != CS_ERR_CORRUPT)
		return err;
	desk_case_clear(c);
	return CS_ERR_NOT_FOUND;
}

/* A case that is decided, or about to be, takes no message that nobody has
 * seen: it would be decided unseen. */
static enum cs_err
find(struct desk_case *out, struct cs_desk *d, const struct cs_evidence *e,
    const struct cs_desk_policy *policy)
{
	uint64_t case_id = 0;
	bool all = false;
	enum cs_err err = by_message(&case_id, d, e);

	memset(out, 0, sizeof *out);
	if (err == CS_OK && (err = desk_case_load(out, d, case_id)) == CS_OK &&
	    desk_case_is_decided(out)) {
		err = has_all(&all, d, case_id, e);
		if (err == CS_OK && !all) {
			desk_case_clear(out);
			err = CS_ERR_NOT_FOUND;
		}
	}
	err = without(out, err);
	if (err == CS_ERR_NOT_FOUND &&
	    (err = by_account(&case_id, d, e, policy)) == CS_OK)
		err = desk_case_load(out, d, case_id);
	err = without(out, err);
	return err == CS_ERR_NOT_FOUND ? by_name(out, d, e) : err;
}

struct candidates {
	uint64_t at[CANDIDATES_MAX];
	size_t n;
};

/* Open cases that are found by the handle, the newest first. */
static enum cs_err
find_candidates(
    struct candidates *out, struct cs_desk *d, struct cs_view handle)
{
	uint8_t term[DESK_TERM_LEN];
	struct cs_rows rows;
	enum cs_err err;

	if ((err = desk_term_first(term, d, handle)))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT cases.id FROM term JOIN cases ON cases.id=term.case_id"
	    " WHERE term.term=? AND state=? AND decided=0"
	    " ORDER BY cases.id DESC LIMIT ?",
	    cs_blob(CS_VIEW_OF(term)), cs_int(CS_DESK_CASE_OPEN),
	    cs_int(CANDIDATES_MAX));
	while (err == CS_OK && cs_rows_next(&rows))
		out->at[out->n++] = cs_col_int(&rows, 0);
	return cs_rows_end(&rows, err);
}

enum cs_err
desk_case_of_handle(struct desk_case *out, struct cs_desk *d,
    struct cs_view handle,
    bool (*fits)(const struct desk_case *c, struct cs_view handle))
{
	struct candidates ids = { .n = 0 };
	bool found = false;
	enum cs_err err = find_candidates(&ids, d, handle);

	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < ids.n && err == CS_OK && !found; i++) {
		err = desk_case_load(out, d, ids.at[i]);
		found = err == CS_OK && fits(out, handle);
		if (!found)
			desk_case_clear(out);
		if (err == CS_ERR_CORRUPT)
			err = CS_OK; /* damaged on the disk */
	}
	return err == CS_OK && !found ? CS_ERR_NOT_FOUND : err;
}

/* ---- putting it in ------------------------------------------------------ */

static enum cs_err
add_account(
    struct cs_desk *d, struct desk_case *c, const struct cs_evidence_item *item)
{
	const uint8_t *account = item->capsule.stamp.account;
	struct cs_view handle = item->proof.sender.account.handle;
	enum cs_err err;

	if (desk_account_find(&c->accounts, account) != NULL)
		return CS_OK;
	if ((err = desk_account_add(&c->accounts, account, handle)) ||
	    (err = cs_db_exec(d->db,
		 "INSERT INTO case_account(account,case_id) VALUES(?,?)"
		 " ON CONFLICT DO NOTHING",
		 cs_blob(cs_view(account, CS_ID_LEN)), cs_int(c->id))))
		return err;
	return desk_terms_add_handle(d, c->id, handle);
}

static enum cs_err
add_media(struct cs_desk *d, uint64_t case_id, uint64_t item,
    const struct cs_mimi_content *content)
{
	enum cs_err err = CS_OK;

	for (size_t k = 0; k < content->n_external && err == CS_OK; k++) {
		const struct cs_mimi_external *part = &content->external[k];
		const struct desk_media_facts row = {
			.photo = desk_file_is_photo(part)
		};

		err = cs_db_exec(d->db,
		    "INSERT INTO media(item,case_id,place,state,file,sealed)"
		    " VALUES(?,?,?,?,?,x'')",
		    cs_int(item), cs_int(case_id), cs_int(k),
		    cs_int(row.photo ? DESK_MEDIA_UNREAD : DESK_MEDIA_AT_HUB),
		    cs_blob(CS_VIEW_OF(part->content_hash)));
		if (err == CS_OK)
			err = desk_row_save(
			    d, &desk_media_record, cs_db_last_id(d->db), &row);
	}
	return err;
}

/* A message that is reported again counts as seen by those who saw it
 * before. */
static enum cs_err
add_items(struct cs_desk *d, const struct desk_case *c,
    const struct cs_desk_report *r, const struct cs_evidence *e)
{
	uint8_t hash[CS_HASH_LEN];
	uint64_t joined;
	bool has;
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < e->n_items && err == CS_OK; i++) {
		const struct cs_evidence_item *item = &e->items[i];

		if ((err = desk_report_message_hash(
			 hash, &item->capsule.stamp)) ||
		    (err = since(&has, &joined, d, c->id, hash)))
			break;
		if (!has)
			joined = c->version;
		err = cs_db_exec(d->db,
		    "INSERT INTO item(case_id,report,place,message,joined)"
		    " VALUES(?,?,?,?,?)",
		    cs_int(c->id), cs_blob(CS_VIEW_OF(r->id)), cs_int(i),
		    cs_blob(CS_VIEW_OF(hash)), cs_int(joined));
		if (err == CS_OK)
			err = add_media(d, c->id, cs_db_last_id(d->db),
			    &item->proof.content);
	}
	return err;
}

static enum cs_err
count(struct cs_desk *d, struct desk_case *c, const struct cs_desk_report *r,
    const struct cs_evidence *e)
{
	struct desk_reporter *reporter;
	enum cs_err err;

	for (size_t i = 0; i < e->n_items; i++) {
		const struct cs_mimi_content *content =
		    &e->items[i].proof.content;

		if ((err = add_account(d, c, &e->items[i])))
			return err;
		c->items++;
		for (size_t k = 0; k < content->n_external; k++)
			c->photos += desk_file_is_photo(&content->external[k]);
	}
	c->reports++;
	if (r->filing != 0)
		return CS_OK; /* no member made it */
	reporter = desk_reporter_of(&c->reporters, r->reporter_id);
	if (reporter == NULL)
		return CS_ERR_NOMEM;
	reporter->reports++;
	return CS_OK;
}

/* The case has the gravest reason given, until a person says another.  The
 * first report counted sets it anew, because others may have left; but not that
 * of a notice. */
static enum cs_err
raise(struct desk_case *c, const struct cs_desk_reason *reason,
    const struct cs_desk_policy *policy, uint64_t at_ms)
{
	bool first = c->reports == 1 && c->news_version == 0;
	enum cs_err err = desk_case_give_reason(c, reason->number);

	if (first || at_ms < c->first_ms)
		c->first_ms = at_ms;
	if (err == CS_OK && !c->reason_said &&
	    (first || reason->severity > c->severity))
		err = desk_case_set_reason(c, reason);
	if (!c->reason_said && c->risk)
		c->severity = CS_DESK_SEVERITIES;
	if (!c->reason_said && (first || reason->danger))
		c->danger = reason->danger;
	desk_case_set_due(c, policy);
	return err;
}

static enum cs_err
is_flood(bool *out, struct cs_desk *d, const struct cs_desk_report *r)
{
	uint64_t today;
	enum cs_err err;

	err = cs_db_get_int(&today, d->db,
	    "SELECT COUNT(*) FROM reported_by WHERE account=? AND at>?",
	    cs_blob(CS_VIEW_OF(r->reporter_id)),
	    cs_int(cs_clock_ms() - CS_DAY_MS));
	*out = today > FLOOD_REPORTS;
	return err;
}

enum cs_err
desk_case_add(struct cs_desk *d, struct desk_case *c,
    const struct cs_desk_report *r, const struct cs_evidence *e,
    const struct cs_desk_policy *policy)
{
	size_t words =
	    e->note.len < NOTE_WORDS_MAX ? e->note.len : NOTE_WORDS_MAX;
	bool flood;
	enum cs_err err;

	flood = false;
	if (r->filing == 0 && (err = is_flood(&flood, d, r)))
		return err;
	/* If somebody else reports it, too, it is no flood by one member. */
	if (!flood || c->reports == 0)
		c->flood = flood;
	if ((err = count(d, c, r, e)) ||
	    (err = raise(c, cs_desk_policy_number(policy, e->reason), policy,
		 r->received_ms)))
		return err;
	return desk_terms_add(d, c->id, cs_view(e->note.data, words));
}

/* Put a report that was stored just now into ${c}. */
static enum cs_err
join(struct cs_desk *d, struct desk_case *c, const struct cs_desk_report *r,
    const struct cs_evidence *e, const struct cs_desk_policy *policy)
{
	enum cs_err err;

	if ((err = desk_case_add(d, c, r, e, policy)) ||
	    (err = desk_case_save(d, c, NULL)) || (err = add_items(d, c, r, e)))
		return err;
	return cs_db_exec(d->db, "UPDATE report SET case_id=? WHERE id=?",
	    cs_int(c->id), cs_blob(CS_VIEW_OF(r->id)));
}

static enum cs_err
join_any(uint64_t *case_id, struct cs_desk *d, const struct cs_desk_report *r,
    const struct cs_evidence *e, const struct cs_desk_policy *policy)
{
	struct desk_facts after = { 0 };
	struct desk_case c;
	bool new_one;
	enum cs_err err;

	err = find(&c, d, e, policy);
	new_one = err == CS_ERR_NOT_FOUND;
	if (new_one)
		err = desk_case_new(&c, d,
		    cs_desk_policy_number(policy, e->reason), r->received_ms);
	desk_fact_hex(&after, "report", CS_VIEW_OF(r->id));
	if (err == CS_OK && (err = join(d, &c, r, e, policy)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.case_id = c.id,
			.what = new_one ? "case-opened" : "report-joined",
			.after = &after,
		    });
	*case_id = c.id;
	desk_case_clear(&c);
	return err;
}

enum cs_err
desk_case_join(uint64_t *case_id, struct cs_desk *d,
    const struct cs_desk_report *r, const struct cs_evidence *e)
{
	struct cs_desk_policy policy;
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d)))
		return err;
	err = join_any(case_id, d, r, e, &policy);
	cs_desk_policy_clear(&policy);
	return err;
}
