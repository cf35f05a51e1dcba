/* SPDX-License-Identifier: MIT */
/* The people of the desk; how they sign in is in sign_in.c. */
#include "desk/people/people.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/totp.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "store/clock.h"
#include "store/db.h"

#define TABLE "person"

/* ---- rows --------------------------------------------------------------- */

enum cs_err
desk_person_load(struct desk_person *out, struct cs_desk *d, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_query(
	    &rows, d->db, "SELECT sealed FROM person WHERE id=?", cs_int(id));
	if (err == CS_OK) {
		if (cs_rows_next(&rows))
			err = desk_doc_open_id(
			    &out->doc, d, TABLE, id, cs_col_blob(&rows, 0));
		else
			err = CS_ERR_NOT_FOUND;
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	/* The columns beside are copies: what is sealed counts. */
	out->actor.id = id;
	snprintf(out->actor.name, sizeof out->actor.name, "%s",
	    json_get_str(out->doc, "name"));
	snprintf(out->actor.pseudonym, sizeof out->actor.pseudonym, "%s",
	    json_get_str(out->doc, "pseudonym"));
	out->actor.role = cs_desk_role_find(json_get_str(out->doc, "role"));
	out->actor.passwords = (uint32_t)json_get_num(out->doc, "passwords");
	out->actor.resets = (uint32_t)json_get_num(out->doc, "resets");
	out->disabled = json_get_bool(out->doc, "disabled");
	out->active = json_get_str(out->doc, "password")[0] != '\0';
	return CS_OK;
}

void
desk_person_clear(struct desk_person *p)
{
	json_decref(p->doc);
	memset(p, 0, sizeof *p);
}

enum cs_err
desk_person_save(struct cs_desk *d, const struct desk_person *p)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	err = desk_doc_seal_id(&sealed, d, TABLE, p->actor.id, p->doc);
	if (err == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE person SET role=?,state=?,sealed=? WHERE id=?",
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
	if ((err = desk_person_load(&p, d, id)))
		return err;
	*out = p.actor;
	if (p.disabled)
		err = CS_ERR_DENIED;
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
cs_desk_people(struct cs_desk *d, json_t *items)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT p.id,p.sealed,"
	    "(SELECT COUNT(*) FROM passkey WHERE person=p.id)"
	    " FROM person p ORDER BY p.id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t id = cs_col_int(&rows, 0);
		json_t *doc, *item = json_object();

		err =
		    desk_doc_open_id(&doc, d, TABLE, id, cs_col_blob(&rows, 1));
		json_put_id(item, "id", id, &err);
		json_put_str(item, "name", json_get_str(doc, "name"), &err);
		json_put_str(
		    item, "pseudonym", json_get_str(doc, "pseudonym"), &err);
		json_put_str(item, "role", json_get_str(doc, "role"), &err);
		json_put_str(item, "state",
		    json_get_bool(doc, "disabled")                 ? "disabled"
			: json_get_str(doc, "password")[0] != '\0' ? "active"
								   : "invited",
		    &err);
		json_put_num(
		    item, "last_ms", json_get_num(doc, "last_ms"), &err);
		json_put_num(item, "passkeys", cs_col_int(&rows, 2), &err);
		json_push(items, item, &err);
		json_decref(doc);
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

/* A pseudonym tells nothing and is not somebody else's. */
static void
new_pseudonym(char out[static 16])
{
	uint8_t bytes[4];
	char hex[9];

	cs_random(bytes, sizeof bytes);
	cs_hex(hex, CS_VIEW_OF(bytes));
	snprintf(out, 16, "R-%s", hex);
}

/* In a transaction. */
static enum cs_err
forget_passkeys(struct cs_desk *d, uint64_t person)
{
	return cs_db_exec(
	    d->db, "DELETE FROM passkey WHERE person=?", cs_int(person));
}

/* Void what was; a code for the next password. */
static enum cs_err
new_welcome(struct cs_desk *d, struct desk_person *p,
    char welcome[static CS_DESK_WELCOME_SIZE])
{
	uint8_t code[32], secret[CS_TOTP_SECRET_LEN], hash[32];
	enum cs_err err = CS_OK;

	cs_random(code, sizeof code);
	cs_random(secret, sizeof secret);
	cs_base64url(welcome, CS_VIEW_OF(code));
	json_put_hex(p->doc, "totp", CS_VIEW_OF(secret), &err);
	json_put_num(p->doc, "totp_step", 0, &err);
	json_put_str(p->doc, "password", "", &err);
	json_put_num(p->doc, "passwords", ++p->actor.passwords, &err);
	json_put_num(p->doc, "resets", ++p->actor.resets, &err);
	if (err == CS_OK && (err = forget_passkeys(d, p->actor.id)) == CS_OK &&
	    (err = cs_sha256(hash, cs_view_str(welcome))) == CS_OK &&
	    (err = cs_db_exec(d->db, "DELETE FROM welcome WHERE person=?",
		 cs_int(p->actor.id))) == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO welcome(hash,person,expires) VALUES(?,?,?)",
		 cs_blob(CS_VIEW_OF(hash)), cs_int(p->actor.id),
		 cs_int(cs_clock_ms() + CS_DESK_WELCOME_MS))) == CS_OK)
		err = desk_person_save(d, p);
	cs_wipe(code, sizeof code);
	cs_wipe(secret, sizeof secret);
	return err;
}

static enum cs_err
insert(struct cs_desk *d, struct desk_person *p, const char *name,
    enum cs_desk_role role)
{
	char pseudonym[16];
	enum cs_err err = CS_OK;

	new_pseudonym(pseudonym);
	p->doc = json_object();
	p->actor.role = role;
	json_put_str(p->doc, "name", name, &err);
	json_put_str(p->doc, "pseudonym", pseudonym, &err);
	json_put_str(p->doc, "role", cs_desk_role_name(role), &err);
	json_put_str(p->doc, "language", "en", &err);
	if (err == CS_OK &&
	    (err = cs_db_exec(d->db,
		 "INSERT INTO person(name,role,state,sealed)"
		 " VALUES(?,?,0,x'')",
		 cs_text(cs_view_str(name)), cs_int(role))) == CS_OK)
		p->actor.id = cs_db_last_id(d->db);
	if (err == CS_ERR_EXISTS)
		err = desk_problem(d, err, "There is a %s already.", name);
	return err;
}

static enum cs_err
note(struct cs_desk *d, const struct cs_desk_actor *actor, const char *what,
    const struct desk_person *p, json_t *before)
{
	json_t *after = json_object();
	enum cs_err err = CS_OK;

	json_put_str(after, "name", json_get_str(p->doc, "name"), &err);
	json_put_str(after, "role", json_get_str(p->doc, "role"), &err);
	json_put_bool(after, "disabled", p->disabled, &err);
	if (err == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = actor,
			.what = what,
			.before = before,
			.after = after });
	json_decref(after);
	return err;
}

static enum cs_err
administrator(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	return cs_desk_is_administrator(actor)
	    ? CS_OK
	    : desk_problem(
		  d, CS_ERR_DENIED, "Only an administrator may do that.");
}

enum cs_err
cs_desk_person_add(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *name, enum cs_desk_role role, uint64_t *id,
    char welcome[static CS_DESK_WELCOME_SIZE])
{
	struct desk_person p = { 0 };
	enum cs_err err;

	if ((err = administrator(d, actor)))
		return err;
	if (!name_good(name))
		return desk_problem(d, CS_ERR_FORMAT,
		    "A name has 1 to %d of the characters a-z 0-9 . _ -",
		    CS_DESK_NAME_MAX);
	if (cs_desk_role_name(role) == NULL)
		return desk_problem(d, CS_ERR_FORMAT,
		    "A role is reviewer, senior, auditor or administrator.");
	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = insert(d, &p, name, role)) == CS_OK &&
	    (err = new_welcome(d, &p, welcome)) == CS_OK &&
	    (err = note(d, actor, "person-added", &p, NULL)) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	*id = p.actor.id;
	desk_person_clear(&p);
	return err;
}

enum cs_err
cs_desk_person_reset(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, char welcome[static CS_DESK_WELCOME_SIZE])
{
	struct desk_person p = { 0 };
	enum cs_err err;

	if ((err = administrator(d, actor)) || (err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_person_load(&p, d, id)) == CS_OK &&
	    (err = new_welcome(d, &p, welcome)) == CS_OK &&
	    (err = note(d, actor, "person-reset", &p, NULL)) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	desk_person_clear(&p);
	return err;
}

/* The last administrator stays one. */
static enum cs_err
check_last(struct cs_desk *d, const struct desk_person *p)
{
	uint64_t others;
	enum cs_err err;

	if ((err = cs_db_get_int(&others, d->db,
		 "SELECT COUNT(*) FROM person WHERE role=4 AND state=0"
		 " AND id<>?",
		 cs_int(p->actor.id))))
		return err;
	return others != 0 ? CS_OK
			   : desk_problem(d, CS_ERR_DENIED,
				 "The last administrator has to stay one.");
}

enum cs_err
cs_desk_person_change(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id, enum cs_desk_role role, bool disabled)
{
	struct desk_person p = { 0 };
	json_t *before = json_object();
	enum cs_err err;

	if ((err = administrator(d, actor)) || (err = cs_db_begin(d->db))) {
		json_decref(before);
		return err;
	}
	if ((err = desk_person_load(&p, d, id)))
		goto out;
	json_put_str(before, "role", json_get_str(p.doc, "role"), &err);
	json_put_bool(before, "disabled", p.disabled, &err);
	if (p.actor.role == CS_DESK_ADMINISTRATOR && !p.disabled &&
	    ((role != 0 && role != p.actor.role) || disabled) &&
	    (err = check_last(d, &p)))
		goto out;
	if (role != 0) {
		p.actor.role = role;
		json_put_str(p.doc, "role", cs_desk_role_name(role), &err);
	}
	p.disabled = disabled;
	json_put_bool(p.doc, "disabled", disabled, &err);
	if (err == CS_OK && (err = desk_person_save(d, &p)) == CS_OK &&
	    (err = note(d, actor, "person-changed", &p, before)) == CS_OK)
		err = cs_db_commit(d->db);
out:
	if (err)
		cs_db_rollback(d->db);
	json_decref(before);
	desk_person_clear(&p);
	return err;
}

/* ---- settings, exposure ------------------------------------------------- */

enum cs_err
cs_desk_settings(struct cs_desk_settings *out, struct cs_desk *d, uint64_t id)
{
	struct desk_person p;
	enum cs_err err = desk_person_load(&p, d, id);

	memset(out, 0, sizeof *out);
	if (err)
		return err;
	snprintf(out->language, sizeof out->language, "%s",
	    json_get_str(p.doc, "language"));
	out->daily_limit = (uint32_t)json_get_num(p.doc, "daily_limit");
	out->break_every_min = (uint32_t)json_get_num(p.doc, "break_every_min");
	desk_person_clear(&p);
	return CS_OK;
}

enum cs_err
cs_desk_settings_set(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct cs_desk_settings *s)
{
	struct desk_person p = { 0 };
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_person_load(&p, d, actor->id)) == CS_OK) {
		json_put_str(p.doc, "language", s->language, &err);
		json_put_num(p.doc, "daily_limit", s->daily_limit, &err);
		json_put_num(
		    p.doc, "break_every_min", s->break_every_min, &err);
		if (err == CS_OK && (err = desk_person_save(d, &p)) == CS_OK)
			err = cs_db_commit(d->db);
	}
	if (err)
		cs_db_rollback(d->db);
	desk_person_clear(&p);
	return err;
}

#define DAY_MS 86400000u

enum cs_err
cs_desk_exposure(uint64_t *today, struct cs_desk *d, uint64_t id)
{
	enum cs_err err = cs_db_get_int(today, d->db,
	    "SELECT n FROM exposure WHERE person=? AND day=?", cs_int(id),
	    cs_int(cs_clock_ms() / DAY_MS));

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
		return desk_problem(d, CS_ERR_LIMIT,
		    "You have seen the %u photos that you allowed yourself "
		    "for today.",
		    s.daily_limit);
	return cs_db_exec(d->db,
	    "INSERT INTO exposure(person,day,n) VALUES(?,?,1)"
	    " ON CONFLICT(person,day) DO UPDATE SET n=n+1",
	    cs_int(actor->id), cs_int(cs_clock_ms() / DAY_MS));
}
