/* SPDX-License-Identifier: MIT */
#include "desk/people/people.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/people/token.h"
#include "store/clock.h"
#include "store/db.h"

/* ---- rows --------------------------------------------------------------- */

static const struct desk_field fields[] = {
	DESK_TEXT(desk_person, actor.name),
	DESK_TEXT(desk_person, actor.pseudonym),
	DESK_WORD(desk_person, actor.role, cs_desk_roles),
	DESK_NUMBER(desk_person, actor.passwords, 0, UINT32_MAX),
	DESK_NUMBER(desk_person, actor.resets, 0, UINT32_MAX),
	DESK_TEXT(desk_person, settings.language),
	DESK_NUMBER(desk_person, settings.daily_limit, 0, UINT32_MAX),
	DESK_NUMBER(desk_person, settings.break_every_min, 0, UINT32_MAX),
	DESK_FLAG(desk_person, disabled),
	DESK_FLAG(desk_person, active),
	DESK_BYTES(desk_person, password),
	DESK_BYTES(desk_person, salt),
	DESK_NUMBER(desk_person, passes, 0, UINT32_MAX),
	DESK_NUMBER(desk_person, memory_kib, 0, UINT32_MAX),
	DESK_BYTES(desk_person, totp),
	DESK_TIME(desk_person, totp_step),
	DESK_TIME(desk_person, last_ms),
	DESK_FLAG(desk_person, has_handle),
	DESK_BYTES(desk_person, handle),
};
const struct desk_record desk_person_record =
    DESK_RECORD(desk_person, "person", fields);

enum cs_err
desk_person_load(struct desk_person *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->actor.id = id;
	/* The other columns are copies: what is sealed counts. */
	err = cs_db_row(
	    &row, d->db, "SELECT sealed FROM person WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = desk_row_open_id(
		    out, &desk_person_record, d, id, cs_col_blob(&row, 0));
	return cs_rows_end(&row, err);
}

void
desk_person_clear(struct desk_person *p)
{
	cs_wipe(p, sizeof *p);
}

enum cs_err
desk_person_save(struct cs_desk *d, const struct desk_person *p)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	err = desk_row_seal_id(&sealed, d, &desk_person_record, p->actor.id, p);
	if (err == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE person SET role=?,disabled=?,sealed=? WHERE id=?",
		    cs_int(p->actor.role), cs_int(p->disabled),
		    cs_blob(cs_buf_view(&sealed)), cs_int(p->actor.id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
cs_desk_person(struct cs_desk_actor *out, struct cs_desk *d, uint64_t id)
{
	struct desk_person p;
	enum cs_err err;

	if (id == 0) {
		*out = cs_desk_operator;
		return CS_OK;
	}
	if ((err = desk_person_load(&p, d, id)) == CS_OK) {
		*out = p.actor;
		if (p.disabled)
			err = CS_ERR_DENIED;
	}
	desk_person_clear(&p);
	return err;
}

enum cs_err
cs_desk_person_find(
    struct cs_desk_actor *out, struct cs_desk *d, const char *name)
{
	uint64_t id;
	enum cs_err err;

	if ((err = cs_db_get_int(&id, d->db,
		 "SELECT id FROM person WHERE name=?",
		 cs_text(cs_view_str(name)))))
		return err;
	return cs_desk_person(out, d, id);
}

enum cs_err
desk_people(struct cs_desk *d,
    enum cs_err (*each)(
	void *arg, const struct desk_person *p, uint64_t passkeys),
    void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT p.id,p.sealed,"
	    "(SELECT COUNT(*) FROM passkey WHERE person=p.id)"
	    " FROM person p ORDER BY p.id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_person p = { .actor.id = cs_col_int(&rows, 0) };

		if ((err = desk_row_open_id(&p, &desk_person_record, d,
			 p.actor.id, cs_col_blob(&rows, 1))) == CS_OK)
			err = each(arg, &p, cs_col_int(&rows, 2));
		desk_person_clear(&p);
	}
	return cs_rows_end(&rows, err);
}

/* ---- coming and going --------------------------------------------------- */

static bool
name_good(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= CS_DESK_NAME_MAX &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

/* A pseudonym is random, and nobody else has it. */
static void
new_pseudonym(char out[static CS_DESK_PSEUDONYM_SIZE])
{
	uint8_t bytes[4];
	char hex[9];

	cs_random(bytes, sizeof bytes);
	cs_hex(hex, CS_VIEW_OF(bytes));
	snprintf(out, CS_DESK_PSEUDONYM_SIZE, "R-%s", hex);
}

/* Void their means of signing in; in a transaction. */
static enum cs_err
forget_means(
    struct cs_desk *d, const struct cs_desk_actor *actor, struct desk_person *p)
{
	enum cs_err err;

	p->active = false;
	memset(p->password, 0, sizeof p->password);
	p->totp_step = 0;
	p->actor.passwords++;
	p->actor.resets++;
	if ((err = desk_tokens_end(d, actor, p->actor.id, 0)) ||
	    (err = cs_db_exec(d->db, "DELETE FROM passkey WHERE person=?",
		 cs_int(p->actor.id))))
		return err;
	return desk_welcome_remove(d, p->actor.id);
}

/* Void their means of signing in, and make a code for the next password. */
static enum cs_err
new_welcome(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct desk_person *p, char welcome[static CS_DESK_WELCOME_SIZE])
{
	enum cs_err err;

	cs_random(p->totp, sizeof p->totp);
	if ((err = forget_means(d, actor, p)) ||
	    (err = desk_welcome_new(d, &p->actor, welcome)))
		return err;
	return desk_person_save(d, p);
}

static enum cs_err
insert(struct cs_desk *d, struct desk_person *p, const char *name,
    enum cs_desk_role role)
{
	enum cs_err err;

	new_pseudonym(p->actor.pseudonym);
	p->actor.role = role;
	snprintf(p->actor.name, sizeof p->actor.name, "%s", name);
	snprintf(p->settings.language, sizeof p->settings.language, "en");
	err = cs_db_exec(d->db,
	    "INSERT INTO person(name,role,disabled,sealed) VALUES(?,?,0,x'')",
	    cs_text(cs_view_str(name)), cs_int(role));
	if (err == CS_OK)
		p->actor.id = cs_db_last_id(d->db);
	if (err == CS_ERR_EXISTS)
		err = desk_problem(
		    d, err, "person-there", "There is a %s already.", name);
	return err;
}

static enum cs_err
note(struct cs_desk *d, const struct cs_desk_actor *actor, const char *what,
    const struct desk_person *p, const struct desk_facts *before)
{
	struct desk_facts after = { 0 };

	desk_fact_text(&after, "name", p->actor.name);
	desk_fact_text(&after, "role", cs_desk_role_name(p->actor.role));
	desk_fact_flag(&after, "disabled", p->disabled);
	return desk_audit_add(d,
	    &(struct desk_audit_event){ .actor = actor,
		.what = what,
		.before = before,
		.after = &after });
}

static enum cs_err
administrator(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	return cs_desk_is_administrator(actor)
	    ? CS_OK
	    : desk_problem(d, CS_ERR_DENIED, "admin-role",
		  "Only an administrator may do that.");
}

static enum cs_err
count_administrator(void *arg, const struct desk_person *p, uint64_t passkeys)
{
	unsigned *n = arg;

	(void)passkeys;
	*n +=
	    p->actor.role == CS_DESK_ADMINISTRATOR && !p->disabled && p->active;
	return CS_OK;
}

enum cs_err
desk_two_administrators(bool *out, struct cs_desk *d)
{
	unsigned n = 0;
	enum cs_err err = desk_people(d, count_administrator, &n);

	*out = n >= 2;
	return err;
}

enum cs_err
desk_check_two(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	bool two;
	enum cs_err err;

	if (actor->id == 0 || actor->second[0] != '\0')
		return CS_OK;
	if ((err = desk_two_administrators(&two, d)) || !two)
		return err;
	return desk_problem(d, CS_ERR_DENIED, "takes-two-admins",
	    "This takes two administrators: another one has to confirm it.");
}

/* Begin a transaction, unless the caller has. */
static enum cs_err
begin(bool *own, struct cs_desk *d, const struct cs_desk_actor *actor)
{
	enum cs_err err = administrator(d, actor);

	*own = !cs_db_in_transaction(d->db);
	return err || !*own ? err : cs_db_begin(d->db);
}

static enum cs_err
end(bool own, struct cs_desk *d, enum cs_err err)
{
	return own ? cs_db_end(d->db, err) : err;
}

enum cs_err
cs_desk_person_add(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *name, enum cs_desk_role role, uint64_t *id,
    char welcome[static CS_DESK_WELCOME_SIZE])
{
	struct desk_person p = { 0 };
	bool own;
	enum cs_err err;

	if (!name_good(name))
		return desk_problem(d, CS_ERR_FORMAT, "bad-name",
		    "A name has 1 to %d of the characters a-z 0-9 . _ -",
		    CS_DESK_NAME_MAX);
	if (cs_desk_role_name(role) == NULL)
		return desk_problem(d, CS_ERR_FORMAT, "bad-role",
		    "A role is reviewer, senior, auditor or administrator.");
	if ((err = begin(&own, d, actor)))
		return err;
	if ((err = desk_check_two(d, actor)) == CS_OK &&
	    (err = insert(d, &p, name, role)) == CS_OK &&
	    (err = new_welcome(d, actor, &p, welcome)) == CS_OK)
		err = note(d, actor, "person-added", &p, NULL);
	*id = p.actor.id;
	desk_person_clear(&p);
	return end(own, d, err);
}

enum cs_err
cs_desk_person_reset(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, char welcome[static CS_DESK_WELCOME_SIZE])
{
	struct desk_person p;
	bool own;
	enum cs_err err;

	if ((err = begin(&own, d, actor)))
		return err;
	if ((err = desk_person_load(&p, d, id)) == CS_OK &&
	    (err = desk_check_two(d, actor)) == CS_OK &&
	    (err = new_welcome(d, actor, &p, welcome)) == CS_OK)
		err = note(d, actor, "person-reset", &p, NULL);
	desk_person_clear(&p);
	return end(own, d, err);
}

/* CS_ERR_DENIED if there is no other administrator. */
static enum cs_err
check_last(struct cs_desk *d, const struct desk_person *p)
{
	uint64_t others;
	enum cs_err err;

	if ((err = cs_db_get_int(&others, d->db,
		 "SELECT COUNT(*) FROM person WHERE role=? AND disabled=0"
		 " AND id<>?",
		 cs_int(CS_DESK_ADMINISTRATOR), cs_int(p->actor.id))))
		return err;
	return others != 0 ? CS_OK
			   : desk_problem(d, CS_ERR_DENIED, "last-admin",
				 "The last administrator has to stay one.");
}

bool
desk_person_change_takes_two(const struct desk_person *p,
    enum cs_desk_role role, enum cs_desk_standing standing)
{
	return (role != 0 && role != p->actor.role) ||
	    (standing == CS_DESK_STANDING_IN && p->disabled) ||
	    (standing == CS_DESK_STANDING_OUT && !p->disabled &&
		p->actor.role == CS_DESK_ADMINISTRATOR);
}

static enum cs_err
change(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct desk_person *p, enum cs_desk_role role,
    enum cs_desk_standing standing)
{
	bool leaves = standing == CS_DESK_STANDING_OUT;
	enum cs_err err;

	if (p->actor.role == CS_DESK_ADMINISTRATOR && !p->disabled &&
	    ((role != 0 && role != p->actor.role) || leaves) &&
	    (err = check_last(d, p)))
		return err;
	if (desk_person_change_takes_two(p, role, standing) &&
	    (err = desk_check_two(d, actor)))
		return err;
	if (role != 0)
		p->actor.role = role;
	if (standing != CS_DESK_STANDING_SAME)
		p->disabled = leaves;
	if ((err = desk_tokens_end(d, actor, p->actor.id,
		 p->disabled ? 0 : desk_role_scopes(p->actor.role))))
		return err;
	return desk_person_save(d, p);
}

enum cs_err
cs_desk_person_change(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, enum cs_desk_role role, enum cs_desk_standing standing)
{
	struct desk_facts before = { 0 };
	struct desk_person p;
	bool own;
	enum cs_err err;

	if ((err = begin(&own, d, actor)))
		return err;
	if ((err = desk_person_load(&p, d, id)) == CS_OK) {
		desk_fact_text(
		    &before, "role", cs_desk_role_name(p.actor.role));
		desk_fact_flag(&before, "disabled", p.disabled);
		if ((err = change(d, actor, &p, role, standing)) == CS_OK)
			err = note(d, actor, "person-changed", &p, &before);
	}
	desk_person_clear(&p);
	return end(own, d, err);
}

/* ---- settings, exposure ------------------------------------------------- */

enum cs_err
cs_desk_settings(struct cs_desk_settings *out, struct cs_desk *d, uint64_t id)
{
	struct desk_person p;
	enum cs_err err = desk_person_load(&p, d, id);

	*out = p.settings;
	desk_person_clear(&p);
	return err;
}

enum cs_err
cs_desk_settings_set(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_settings *s)
{
	struct desk_person p;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_person_load(&p, d, actor->id)) == CS_OK) {
		p.settings = *s;
		err = desk_person_save(d, &p);
	}
	desk_person_clear(&p);
	return cs_db_end(d->db, err);
}

enum cs_err
cs_desk_exposure(uint64_t *today, struct cs_desk *d, uint64_t id)
{
	enum cs_err err = cs_db_get_int(today, d->db,
	    "SELECT n FROM exposure WHERE person=? AND day=?", cs_int(id),
	    cs_int(cs_clock_ms() / CS_DAY_MS));

	if (err == CS_ERR_NOT_FOUND) {
		*today = 0;
		err = CS_OK;
	}
	return err;
}

enum cs_err
cs_desk_exposure_add(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	struct cs_desk_settings s = { 0 };
	uint64_t today;
	enum cs_err err;

	if ((err = cs_desk_exposure(&today, d, actor->id)) ||
	    (actor->id != 0 && (err = cs_desk_settings(&s, d, actor->id))))
		return err;
	if (s.daily_limit != 0 && today >= s.daily_limit)
		return desk_problem(d, CS_ERR_LIMIT, "daily-limit",
		    "You have seen the %u photos that you allowed yourself "
		    "for today.",
		    s.daily_limit);
	return cs_db_exec(d->db,
	    "INSERT INTO exposure(person,day,n) VALUES(?,?,1)"
	    " ON CONFLICT(person,day) DO UPDATE SET n=n+1",
	    cs_int(actor->id), cs_int(cs_clock_ms() / CS_DAY_MS));
}
