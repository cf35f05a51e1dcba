/* SPDX-License-Identifier: MIT */
#include "desk/people/sign_in.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/totp.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/people/people.h"
#include "store/clock.h"
#include "store/db.h"

/* ---- passwords ---------------------------------------------------------- */

/* Hash a new password.  That takes a while, so it is done before the person
 * is loaded to be changed. */
struct hashed {
	struct cs_password_cost cost;
	uint8_t salt[CS_PASSWORD_SALT_LEN], hash[CS_HASH_LEN];
};

static enum cs_err
password_hash(struct hashed *out, struct cs_desk *d, struct cs_view password)
{
	out->cost = cs_password_cost_default();
	if (password.len < CS_DESK_PASSWORD_MIN ||
	    password.len > CS_DESK_PASSWORD_MAX || !cs_utf8_valid(password))
		return desk_problem(d, CS_ERR_FORMAT, "password-short",
		    "A password has at least %d characters; several words are "
		    "good.",
		    CS_DESK_PASSWORD_MIN);
	cs_random(out->salt, sizeof out->salt);
	return cs_password_key(
	    out->hash, sizeof out->hash, password, out->salt, out->cost);
}

static void
password_set(struct desk_person *p, const struct hashed *h)
{
	memcpy(p->salt, h->salt, sizeof p->salt);
	memcpy(p->password, h->hash, sizeof p->password);
	p->passes = h->cost.passes;
	p->memory_kib = h->cost.memory_kib;
	p->active = true;
	p->actor.passwords++;
}

/* For a ${p} that is nobody, all zero, it takes equally long and says no. */
static enum cs_err
password_check(const struct desk_person *p, struct cs_view password)
{
	struct cs_password_cost cost = cs_password_cost_default();
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	if (p->active) {
		cost.passes = p->passes;
		cost.memory_kib = p->memory_kib;
	}
	if (password.len > CS_DESK_PASSWORD_MAX)
		password.len = CS_DESK_PASSWORD_MAX;
	err = cs_password_key(hash, sizeof hash, password, p->salt, cost);
	if (err == CS_OK &&
	    !(p->active && cs_equal_ct(hash, p->password, sizeof hash)))
		err = CS_ERR_DENIED;
	cs_wipe(hash, sizeof hash);
	return err;
}

static enum cs_err
totp_check(struct desk_person *p, const char *totp)
{
	return cs_totp_check(&p->totp_step, p->totp, totp, cs_clock_ms());
}

static enum cs_err
save(struct cs_desk *d, const struct desk_person *p, const char *what)
{
	enum cs_err err = desk_person_save(d, p);

	return err ? err
		   : desk_audit_add(d,
			 &(struct desk_audit_event){
			     .actor = &p->actor, .what = what });
}

static enum cs_err
load_by_name(struct desk_person *out, struct cs_desk *d, const char *name)
{
	uint64_t id;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_get_int(&id, d->db, "SELECT id FROM person WHERE name=?",
	    cs_text(cs_view_str(name)));
	return err ? err : desk_person_load(out, d, id);
}

static enum cs_err
note_signed_in(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	struct desk_facts after = { 0 };

	desk_fact_text(&after, "means", "password");
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.actor = actor, .what = "signed-in", .after = &after });
}

/* The password of ${p} was right, but hashing took a while: check that it is
 * still theirs, and that they still belong to the desk. */
static enum cs_err
enter(struct cs_desk_actor *out, struct cs_desk *d, const struct desk_person *p,
    const char *totp)
{
	struct desk_person now;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_person_load(&now, d, p->actor.id)) == CS_OK &&
	    (now.disabled || !now.active ||
		!cs_equal_ct(now.password, p->password, sizeof now.password)))
		err = CS_ERR_DENIED;
	if (err == CS_OK && (err = totp_check(&now, totp)) == CS_OK) {
		now.last_ms = cs_clock_ms();
		*out = now.actor;
		if ((err = desk_person_save(d, &now)) == CS_OK)
			err = note_signed_in(d, &now.actor);
	}
	desk_person_clear(&now);
	return cs_db_end(d->db, err);
}

enum cs_err
cs_desk_sign_in(struct cs_desk_actor *out, struct cs_desk *d, const char *name,
    struct cs_view password, const char *totp)
{
	struct desk_person p;
	enum cs_err err = load_by_name(&p, d, name), checked;

	if (err && err != CS_ERR_NOT_FOUND) {
		desk_person_clear(&p);
		return err;
	}
	checked = password_check(&p, password);
	if (err == CS_ERR_NOT_FOUND || p.disabled)
		checked = checked ? checked : CS_ERR_DENIED;
	err = checked ? checked : enter(out, d, &p, totp);
	desk_person_clear(&p);
	return err;
}

enum cs_err
cs_desk_password_check(struct cs_desk *d, uint64_t id, struct cs_view password)
{
	struct desk_person p;
	enum cs_err err = desk_person_load(&p, d, id);

	if (err == CS_OK)
		err = p.disabled ? CS_ERR_DENIED : password_check(&p, password);
	desk_person_clear(&p);
	return err;
}

enum cs_err
cs_desk_password_change(
    struct cs_desk *d, struct cs_desk_actor *actor, struct cs_view password)
{
	struct desk_person p;
	struct hashed h;
	enum cs_err err;

	if ((err = password_hash(&h, d, password)) ||
	    (err = cs_db_begin(d->db)))
		goto out;
	err = desk_person_load(&p, d, actor->id);
	if (err == CS_OK &&
	    (p.disabled || p.actor.passwords != actor->passwords))
		err = CS_ERR_DENIED;
	if (err == CS_OK) {
		password_set(&p, &h);
		err = save(d, &p, "password-changed");
	}
	if ((err = cs_db_end(d->db, err)) == CS_OK)
		*actor = p.actor;
	desk_person_clear(&p);
out:
	cs_wipe(&h, sizeof h);
	return err;
}

/* ---- the first sign-in -------------------------------------------------- */

static enum cs_err
load_by_welcome(struct desk_person *out, struct cs_desk *d, const char *code)
{
	uint8_t hash[CS_HASH_LEN];
	uint64_t id;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_sha256(hash, cs_view_str(code))))
		return err;
	err = cs_db_get_int(&id, d->db,
	    "SELECT person FROM welcome WHERE hash=? AND expires>?",
	    cs_blob(CS_VIEW_OF(hash)), cs_int(cs_clock_ms()));
	if (err == CS_OK)
		err = desk_person_load(out, d, id);
	if (err == CS_ERR_NOT_FOUND || (err == CS_OK && out->disabled))
		return desk_problem(d, CS_ERR_DENIED, "welcome-used",
		    "This first sign-in was used, or is too old. An "
		    "administrator can make another one.");
	return err;
}

enum cs_err
cs_desk_welcome(
    struct cs_desk_welcome *out, struct cs_desk *d, const char *code)
{
	struct desk_person p;
	enum cs_err err = load_by_welcome(&p, d, code);

	memset(out, 0, sizeof *out);
	if (err == CS_OK) {
		memcpy(out->name, p.actor.name, sizeof out->name);
		out->role = p.actor.role;
		cs_totp_text(out->secret, p.totp);
		snprintf(out->uri, sizeof out->uri,
		    "otpauth://totp/Countersign:%s@%s?secret=%s&issuer="
		    "Countersign",
		    out->name, d->hub.name, out->secret);
	}
	desk_person_clear(&p);
	return err;
}

enum cs_err
cs_desk_welcome_finish(struct cs_desk_actor *out, struct cs_desk *d,
    const char *code, struct cs_view password, const char *totp)
{
	struct desk_person p;
	struct hashed h;
	enum cs_err err = load_by_welcome(&p, d, code);

	/* Hash it only for somebody who has a code. */
	if (err || (err = password_hash(&h, d, password)) ||
	    (err = cs_db_begin(d->db)))
		goto out;
	if ((err = load_by_welcome(&p, d, code)) == CS_OK &&
	    (err = totp_check(&p, totp)) == CS_ERR_DENIED)
		err = desk_problem(d, CS_ERR_FORMAT, "code-wrong",
		    "That is not the code that the authenticator shows now.");
	if (err == CS_OK) {
		password_set(&p, &h);
		err = cs_db_exec(d->db, "DELETE FROM welcome WHERE person=?",
		    cs_int(p.actor.id));
	}
	if (err == CS_OK)
		err = save(d, &p, "first-sign-in");
	err = cs_db_end(d->db, err);
	*out = p.actor;
out:
	desk_person_clear(&p);
	cs_wipe(&h, sizeof h);
	return err;
}

/* ---- tokens ------------------------------------------------------------- */

#define TOKEN_LEN 32 /* random bytes of a token */
#define SCOPES_ALL ((1u << CS_DESK_SCOPES) - 1)

const char *const cs_desk_scopes[CS_DESK_SCOPES] = { "read", "work", "decide",
	"admin" };

static const struct desk_field token_fields[] = {
	DESK_TEXT(desk_token, name),
	DESK_NUMBER(desk_token, scopes, 1, SCOPES_ALL),
	DESK_NUMBER(desk_token, person, 0, INT64_MAX),
	DESK_NUMBER(desk_token, resets, 0, UINT32_MAX),
	DESK_TIME(desk_token, made_ms),
};
const struct desk_record desk_token_record =
    DESK_RECORD(desk_token, "token", token_fields);

unsigned
cs_desk_scope_find(const char *name)
{
	for (unsigned i = 0; i < CS_DESK_SCOPES; i++)
		if (strcmp(name, cs_desk_scopes[i]) == 0)
			return 1u << i;
	return 0;
}

static enum cs_err
note_made(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_token *t)
{
	struct desk_facts after = { 0 };

	desk_fact_text(&after, "name", t->name);
	desk_fact_number(&after, "scopes", t->scopes);
	desk_fact_number(&after, "person", t->person);
	desk_fact_number(&after, "resets", t->resets);
	desk_fact_number(&after, "made_ms", t->made_ms);
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.actor = actor, .what = "token-made", .after = &after });
}

static void
new_token(char out[static CS_DESK_TOKEN_SIZE])
{
	uint8_t bytes[TOKEN_LEN];

	cs_random(bytes, sizeof bytes);
	memcpy(out, "cst_", 4);
	cs_base64url(out + 4, CS_VIEW_OF(bytes));
	cs_wipe(bytes, sizeof bytes);
}

enum cs_err
cs_desk_token_add(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *name, unsigned scopes, uint64_t *id,
    char token[static CS_DESK_TOKEN_SIZE])
{
	struct desk_token t = { .scopes = scopes,
		.person = actor->id,
		.resets = actor->resets,
		.made_ms = cs_clock_ms() };
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	if (*name == '\0' || strlen(name) > CS_DESK_TOKEN_NAME_MAX ||
	    scopes == 0)
		return desk_problem(d, CS_ERR_FORMAT, "token-empty",
		    "A token has a name and at least one scope.");
	snprintf(t.name, sizeof t.name, "%s", name);
	new_token(token);
	if ((err = cs_sha256(hash, cs_view_str(token))) ||
	    (err = cs_db_begin(d->db)))
		return err;
	err = cs_db_exec(d->db, "INSERT INTO token(hash,sealed) VALUES(?,x'')",
	    cs_blob(CS_VIEW_OF(hash)));
	if (err == CS_OK) {
		*id = cs_db_last_id(d->db);
		err = desk_row_save(d, &desk_token_record, *id, &t);
	}
	if (err == CS_OK)
		err = note_made(d, actor, &t);
	return cs_db_end(d->db, err);
}

enum cs_err
cs_desk_token_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = cs_db_exec(
		 d->db, "DELETE FROM token WHERE id=?", cs_int(id))) == CS_OK &&
	    cs_db_changes(d->db) == 0)
		err = CS_ERR_NOT_FOUND;
	if (err == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.actor = actor, .what = "token-removed" });
	return cs_db_end(d->db, err);
}

enum cs_err
desk_tokens(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct desk_token *t), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(
	    &rows, d->db, "SELECT id,used,sealed FROM token ORDER BY id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_token t = { .id = cs_col_int(&rows, 0),
			.used_ms = cs_col_int(&rows, 1) };

		if ((err = desk_row_open_id(&t, &desk_token_record, d, t.id,
			 cs_col_blob(&rows, 2))) == CS_OK)
			err = each(arg, &t);
	}
	return cs_rows_end(&rows, err);
}

/* CS_ERR_DENIED if there is no such token. */
static enum cs_err
load_token(struct desk_token *out, struct cs_desk *d, const char *token)
{
	struct cs_rows row;
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_sha256(hash, cs_view_str(token))))
		return err;
	err = cs_db_row(&row, d->db, "SELECT id,sealed FROM token WHERE hash=?",
	    cs_blob(CS_VIEW_OF(hash)));
	if (err == CS_OK) {
		out->id = cs_col_int(&row, 0);
		err = desk_row_open_id(
		    out, &desk_token_record, d, out->id, cs_col_blob(&row, 1));
	} else if (err == CS_ERR_NOT_FOUND) {
		err = CS_ERR_DENIED;
	}
	return cs_rows_end(&row, err);
}

enum cs_err
cs_desk_token_find(struct cs_desk_actor *out, unsigned *scopes,
    struct cs_desk *d, const char *token)
{
	struct desk_token t;
	enum cs_err err;

	if ((err = load_token(&t, d, token)))
		return err;
	*scopes = t.scopes;
	err = cs_desk_person(out, d, t.person);
	/* Was it made before the last reset of its owner's password? */
	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK && out->resets != t.resets))
		err = CS_ERR_DENIED;
	return err ? err
		   : cs_db_exec(d->db, "UPDATE token SET used=? WHERE id=?",
			 cs_int(cs_clock_ms()), cs_int(t.id));
}
