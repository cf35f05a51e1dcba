/* SPDX-License-Identifier: MIT */
#include "desk/cases/notice.h"

#include <string.h>

#include "base/name.h"
#include "content/filing_body.h"
#include "desk/cases/join.h"
#include "desk/cases/term.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/policy.h"
#include "desk/reports/filing.h"
#include "store/db.h"

#define HANDLES_MAX 20 /* of a notice, that cases are looked for by */

/* ---- how grave it is ----------------------------------------------------- */

static const char *const reasons[CS_FILING_CATEGORIES] = {
	[CS_FILING_DANGER] = "threat-to-life",
	[CS_FILING_TRAFFICKING] = "trafficking",
	[CS_FILING_CHILD_ABUSE] = "child-abuse",
	[CS_FILING_RECRUITMENT] = "recruitment-of-children",
	[CS_FILING_TERRORISM] = "terrorism",
	[CS_FILING_THREAT] = "threat-to-life",
	[CS_FILING_INTIMATE_IMAGES] = "intimate-images",
	[CS_FILING_EXPOSURE] = "exposure",
	[CS_FILING_HARASSMENT] = "harassment",
	[CS_FILING_HATE] = "harassment",
	[CS_FILING_FRAUD] = "fraud",
	[CS_FILING_OTHER] = "other",
};

/* The code of the policy's reason that is nearest to a category. */
static const char *
reason_of(uint8_t category)
{
	return category < CS_FILING_CATEGORIES && reasons[category] != NULL
	    ? reasons[category]
	    : "other";
}

/* Whatever the policy says of these reasons. */
static bool
is_gravest(uint32_t category)
{
	return category == CS_FILING_DANGER ||
	    category == CS_FILING_TRAFFICKING ||
	    category == CS_FILING_CHILD_ABUSE ||
	    category == CS_FILING_RECRUITMENT;
}

static enum cs_err
raise(struct desk_case *c, const struct desk_filing *f,
    const struct cs_desk_reason *reason)
{
	enum cs_err err = desk_case_give_reason(c, reason->number);

	if (f->received_ms < c->first_ms)
		c->first_ms = f->received_ms;
	if (err || c->reason_said)
		return err;
	if (reason->severity > c->severity)
		err = desk_case_set_reason(c, reason);
	if (is_gravest(f->category))
		c->severity = CS_DESK_SEVERITIES;
	c->danger |= reason->danger || f->category == CS_FILING_DANGER;
	return err;
}

/* ---- the same thing ------------------------------------------------------ */

static bool
has_account(const struct desk_case *c, struct cs_view handle)
{
	for (size_t i = 0; i < c->accounts.n; i++)
		if (cs_view_equal(
			cs_view_str(c->accounts.at[i].handle), handle))
			return true;
	return false;
}

static bool
has_or_names(const struct desk_case *c, struct cs_view handle)
{
	for (size_t i = 0; i < c->named.n; i++)
		if (cs_view_equal(cs_view_str(c->named.at[i].handle), handle))
			return true;
	return has_account(c, handle);
}

/* The handle that ${place} names at this hub; empty: none. */
static enum cs_err
handle_of(struct cs_buf *out, const struct cs_desk *d,
    const struct cs_filing_place *place)
{
	struct cs_view name = place->value, hub = cs_view_str(d->hub.name);
	const uint8_t *at;
	enum cs_err err;

	cs_buf_reset(out);
	if (place->kind != CS_FILING_PLACE_HANDLE)
		return CS_OK;
	if (name.data[0] == '@')
		name = cs_view(name.data + 1, name.len - 1);
	if (name.len != 0 && (at = memchr(name.data, '@', name.len)) != NULL) {
		size_t n = (size_t)(at - name.data);

		if (!cs_view_equal(cs_view(at + 1, name.len - n - 1), hub))
			return CS_OK; /* somebody of another hub */
		name.len = n;
	}
	if (name.len == 0)
		return CS_OK;
	err = cs_name_fold(out, name);
	return err == CS_ERR_FORMAT || err == CS_ERR_LIMIT ? CS_OK : err;
}

/* Call ${each} for the handles that ${body} names. */
static enum cs_err
with_handles(struct cs_desk *d, const struct cs_filing_body *body,
    enum cs_err (*each)(
	struct cs_desk *d, struct desk_case *c, struct cs_view handle),
    struct desk_case *c)
{
	struct cs_buf handle = { 0 };
	size_t found = 0;
	enum cs_err err = CS_OK;

	for (size_t i = 0;
	     i < body->n_places && found < HANDLES_MAX && err == CS_OK; i++) {
		err = handle_of(&handle, d, &body->places[i]);
		if (err == CS_OK && handle.len != 0) {
			found++;
			err = each(d, c, cs_buf_view(&handle));
		}
	}
	cs_buf_free(&handle);
	return err;
}

/* ${c} is the one that was found before, or empty. */
static enum cs_err
look_for(struct cs_desk *d, struct desk_case *c, struct cs_view handle)
{
	enum cs_err err;

	if (c->id != 0)
		return CS_OK;
	err = desk_case_of_handle(c, d, handle, has_or_names);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
add_name(struct cs_desk *d, struct desk_case *c, struct cs_view handle)
{
	enum cs_err err = desk_case_name(c, handle);

	return err ? err : desk_terms_add_handle(d, c->id, handle);
}

/* Load the first of ${cases} that is still to be decided, or (${decided})
 * that is not closed. */
static enum cs_err
first_of(struct desk_case *out, struct cs_desk *d,
    const struct desk_notice_cases *cases, bool decided)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < cases->n && err == CS_OK && out->id == 0; i++) {
		err = desk_case_load(out, d, cases->at[i]);
		if (err == CS_OK && out->state != CS_DESK_CASE_CLOSED &&
		    (decided || !desk_case_is_decided(out)))
			return CS_OK;
		desk_case_clear(out);
		if (err == CS_ERR_CORRUPT || err == CS_ERR_NOT_FOUND)
			err = CS_OK;
	}
	return err;
}

/* ---- putting it in ------------------------------------------------------- */

enum cs_err
desk_case_count_notices(struct cs_desk *d, struct desk_case *c)
{
	enum cs_err err;

	if ((err = cs_db_get_int(&c->notices, d->db,
		 "SELECT COUNT(*) FROM filing WHERE case_id=? AND what=?",
		 cs_int(c->id), cs_int(CS_FILING_NOTICE))))
		return err;
	return cs_db_get_int(&c->answer_ms, d->db,
	    "SELECT COALESCE(MIN(due),0) FROM filing"
	    " WHERE case_id=? AND state=? AND due<>0",
	    cs_int(c->id), cs_int(DESK_FILING_OPEN));
}

static enum cs_err
note_joined(struct cs_desk *d, const struct desk_filing *f, bool opened)
{
	struct desk_facts after = { 0 };

	desk_fact_id(&after, "notice", f->id);
	desk_fact_text(&after, "filed", cs_filing_what_name((uint8_t)f->what));
	return desk_audit_add(d,
	    &(struct desk_audit_event){ .case_id = f->case_id,
		.what = opened ? "case-opened" : "notice-joined",
		.after = &after });
}

/* Open a case for ${f}, unless ${c} is one; put it in, and store both. */
static enum cs_err
put_in(struct cs_desk *d, struct desk_case *c, struct desk_filing *f,
    const struct cs_filing_body *body)
{
	struct cs_desk_policy policy;
	const struct cs_desk_reason *reason;
	bool opened = c->id == 0;
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d)))
		return err;
	reason = cs_desk_policy_reason_or_other(
	    &policy, reason_of((uint8_t)f->category));
	if (opened)
		err = desk_case_new(c, d, reason, f->received_ms);
	f->case_id = c->id;
	if (err == CS_OK && (err = desk_filing_save(d, f)) == CS_OK &&
	    (err = desk_case_count_notices(d, c)) == CS_OK &&
	    (err = raise(c, f, reason)) == CS_OK && body != NULL)
		err = with_handles(d, body, add_name, c);
	/* What has to be answered is to be seen by who answers. */
	if (c->state == CS_DESK_CASE_DECIDED && c->answer_ms != 0)
		c->state = CS_DESK_CASE_OPEN;
	c->news = !opened;
	c->news_version = c->version + 1;
	desk_case_set_due(c, &policy);
	if (err == CS_OK && (err = desk_case_save(d, c, NULL)) == CS_OK)
		err = note_joined(d, f, opened);
	cs_desk_policy_clear(&policy);
	return err;
}

enum cs_err
desk_notice_join(struct cs_desk *d, struct desk_filing *f,
    const struct cs_filing_body *body, const struct desk_notice_cases *evidence,
    const struct desk_notice_cases *photos)
{
	struct desk_case c = { 0 };
	enum cs_err err;

	if ((err = first_of(&c, d, evidence, true)) == CS_OK &&
	    (c.id != 0 || (err = first_of(&c, d, photos, false)) == CS_OK) &&
	    (err = with_handles(d, body, look_for, &c)) == CS_OK)
		err = put_in(d, &c, f, body);
	desk_case_clear(&c);
	return err;
}

enum cs_err
desk_notice_follow(
    struct cs_desk *d, struct desk_filing *f, const struct desk_filing *notice)
{
	struct desk_case c = { 0 };
	const struct desk_notice_cases its = { .at = { notice->case_id },
		.n = notice->case_id != 0 };
	enum cs_err err = first_of(&c, d, &its, true);

	if (err == CS_OK && (c.id != 0 || f->state == DESK_FILING_OPEN))
		err = put_in(d, &c, f, NULL);
	desk_case_clear(&c);
	return err;
}
