/* SPDX-License-Identifier: MIT */
/* Passwords, one-time codes, welcomes and tokens. */
#include "desk/people/sign_in.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/totp.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "desk/people/people.h"
#include "store/clock.h"
#include "store/db.h"

#define HASH_LEN 32

/* ---- passwords ---------------------------------------------------------- */

/* A new password, hashed: that takes a while, and is done before a person is
 * loaded to be changed. */
struct hashed {
	struct cs_password_cost cost;
	uint8_t salt[CS_PASSWORD_SALT_LEN], hash[HASH_LEN];
};

static enum cs_err
password_hash(struct hashed *out, struct cs_desk *d, struct cs_view password)
{
	out->cost = cs_password_cost_default();
	if (password.len < CS_DESK_PASSWORD_MIN ||
	    password.len > CS_DESK_PASSWORD_MAX || !cs_utf8_valid(password))
		return desk_problem(d, CS_ERR_FORMAT,
		    "A password has at least %d characters; several words are "
		    "good.",
		    CS_DESK_PASSWORD_MIN);
	cs_random(out->salt, sizeof out->salt);
	return cs_password_key(
	    out->hash, sizeof out->hash, password, out->salt, out->cost);
}

static enum cs_err
password_set(struct desk_person *p, const struct hashed *h)
{
	enum cs_err err = CS_OK;

	json_put_hex(p->doc, "salt", CS_VIEW_OF(h->salt), &err);
	json_put_hex(p->doc, "password", CS_VIEW_OF(h->hash), &err);
	json_put_num(p->doc, "passwords", ++p->actor.passwords, &err);
	json_put_num(p->doc, "passes", h->cost.passes, &err);
	json_put_num(p->doc, "memory_kib", h->cost.memory_kib, &err);
	return err;
}

/* With a ${doc} of nobody it takes as long and says no. */
static enum cs_err
password_check(const json_t *doc, struct cs_view password)
{
	struct cs_password_cost cost = cs_password_cost_default();
	uint8_t salt[CS_PASSWORD_SALT_LEN] = { 0 }, want[HASH_LEN],
		hash[HASH_LEN];
	bool known = json_get_hex(want, sizeof want, doc, "password") &&
	    json_get_hex(salt, sizeof salt, doc, "salt");
	enum cs_err err;

	if (known) {
		cost.passes = (uint32_t)json_get_num(doc, "passes");
		cost.memory_kib = (uint32_t)json_get_num(doc, "memory_kib");
	}
	if (password.len > CS_DESK_PASSWORD_MAX)
		password.len = CS_DESK_PASSWORD_MAX;
	err = cs_password_key(hash, sizeof hash, password, salt, cost);
	if (err == CS_OK && !(known && cs_equal_ct(hash, want, sizeof hash)))
		err = CS_ERR_DENIED;
	cs_wipe(hash, sizeof hash);
	cs_wipe(want, sizeof want);
	return err;
}

static enum cs_err
totp_check(struct desk_person *p, const char *totp)
{
	uint8_t secret[CS_TOTP_SECRET_LEN];
	uint64_t step = json_get_num(p->doc, "totp_step");
	enum cs_err err = CS_ERR_DENIED;

	if (json_get_hex(secret, sizeof secret, p->doc, "totp"))
		err = cs_totp_check(&step, secret, totp, cs_clock_ms());
	if (err == CS_OK)
		json_put_num(p->doc, "totp_step", step, &err);
	cs_wipe(secret, sizeof secret);
	return err;
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
	json_t *after = json_object();
	enum cs_err err = CS_OK;

	json_put_str(after, "means", "password", &err);
	if (err == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.actor = actor, .what = "signed-in", .after = after });
	json_decref(after);
	return err;
}

/* The password of ${p} was right.  Hashing it took a while: is it still theirs,
 * and are they? */
static enum cs_err
enter(struct cs_desk_actor *out, struct cs_desk *d, const struct desk_person *p,
    const char *totp)
{
	struct desk_person now = { 0 };
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = desk_person_load(&now, d, p->actor.id)) == CS_OK &&
	    (now.disabled ||
		strcmp(json_get_str(now.doc, "password"),
		    json_get_str(p->doc, "password")) != 0))
		err = CS_ERR_DENIED;
	if (err == CS_OK && (err = totp_check(&now, totp)) == CS_OK) {
		json_put_num(now.doc, "last_ms", cs_clock_ms(), &err);
		*out = now.actor;
	}
	if (err == CS_OK && (err = desk_person_save(d, &now)) == CS_OK &&
	    (err = note_signed_in(d, &now.actor)) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	desk_person_clear(&now);
	return err;
}

enum cs_err
cs_desk_sign_in(struct cs_desk_actor *out, struct cs_desk *d, const char *name,
    struct cs_view password, const char *totp)
{
	struct desk_person p;
	enum cs_err err = load_by_name(&p, d, name), checked;

	if (err && err != CS_ERR_NOT_FOUND)
		return err;
	checked = password_check(p.doc, password);
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
		err = p.disabled ? CS_ERR_DENIED
				 : password_check(p.doc, password);
	desk_person_clear(&p);
	return err;
}

enum cs_err
cs_desk_password_change(
    struct cs_desk *d, struct cs_desk_actor *actor, struct cs_view password)
{
	struct desk_person p = { 0 };
	struct hashed h;
	enum cs_err err;

	if ((err = password_hash(&h, d, password)) ||
	    (err = cs_db_begin(d->db)))
		goto out;
	err = desk_person_load(&p, d, actor->id);
	if (err == CS_OK &&
	    (p.disabled || p.actor.passwords != actor->passwords))
		err = CS_ERR_DENIED;
	if (err == CS_OK && (err = password_set(&p, &h)) == CS_OK &&
	    (err = save(d, &p, "password-changed")) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	else
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
	uint8_t hash[32];
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
		return desk_problem(d, CS_ERR_DENIED,
		    "This first sign-in was used, or is too old. An "
		    "administrator can make another one.");
	return err;
}

enum cs_err
cs_desk_welcome(struct cs_desk *d, const char *code, json_t *out)
{
	uint8_t secret[CS_TOTP_SECRET_LEN];
	char text[CS_TOTP_TEXT_SIZE], uri[512];
	struct desk_person p;
	enum cs_err err = load_by_welcome(&p, d, code);

	if (err == CS_OK && !json_get_hex(secret, sizeof secret, p.doc, "totp"))
		err = CS_ERR_CORRUPT;
	if (err == CS_OK) {
		cs_totp_text(text, secret);
		snprintf(uri, sizeof uri,
		    "otpauth://totp/Countersign:%s@%s?secret=%s&issuer="
		    "Countersign",
		    p.actor.name, d->hub.name, text);
		json_put_str(out, "name", p.actor.name, &err);
		json_put_str(
		    out, "role", cs_desk_role_name(p.actor.role), &err);
		json_put_str(out, "secret", text, &err);
		json_put_str(out, "uri", uri, &err);
		cs_wipe(secret, sizeof secret);
		cs_wipe(text, sizeof text);
		cs_wipe(uri, sizeof uri);
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

	/* Hashed only for whoever has a code. */
	desk_person_clear(&p);
	if (err || (err = password_hash(&h, d, password)) ||
	    (err = cs_db_begin(d->db)))
		goto out;
	if ((err = load_by_welcome(&p, d, code)) == CS_OK &&
	    (err = totp_check(&p, totp)) == CS_ERR_DENIED)
		err = desk_problem(d, CS_ERR_FORMAT,
		    "That is not the code that the authenticator shows now.");
	if (err == CS_OK && (err = password_set(&p, &h)) == CS_OK &&
	    (err = cs_db_exec(d->db, "DELETE FROM welcome WHERE person=?",
		 cs_int(p.actor.id))) == CS_OK &&
	    (err = save(d, &p, "first-sign-in")) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	*out = p.actor;
	desk_person_clear(&p);
out:
	cs_wipe(&h, sizeof h);
	return err;
}

/* ---- tokens ------------------------------------------------------------- */

static const char *const scopes[] = { "read", "work", "decide", "admin" };

unsigned
cs_desk_scope_find(const char *name)
{
	for (unsigned i = 0; i < sizeof scopes / sizeof *scopes; i++)
		if (strcmp(name, scopes[i]) == 0)
			return 1u << i;
	return 0;
}

enum cs_err
cs_desk_token_add(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *name, unsigned wanted, uint64_t *id,
    char token[static CS_DESK_TOKEN_SIZE])
{
	uint8_t bytes[32], hash[32];
	json_t *doc = json_object();
	enum cs_err err = CS_OK;

	cs_random(bytes, sizeof bytes);
	memcpy(token, "cst_", 4);
	cs_base64url(token + 4, CS_VIEW_OF(bytes));
	json_put_str(doc, "name", name, &err);
	json_put_num(doc, "scopes", wanted, &err);
	json_put_num(doc, "person", actor->id, &err);
	json_put_num(doc, "resets", actor->resets, &err);
	json_put_num(doc, "made_ms", cs_clock_ms(), &err);
	if (err || (err = cs_sha256(hash, cs_view_str(token))) ||
	    (err = cs_db_begin(d->db)))
		goto out;
	if ((err = cs_db_exec(d->db,
		 "INSERT INTO token(hash,sealed) VALUES(?,x'')",
		 cs_blob(CS_VIEW_OF(hash)))) == CS_OK) {
		*id = cs_db_last_id(d->db);
		err = desk_doc_write(d, "token", *id, doc);
	}
	if (err == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){
		     .actor = actor, .what = "token-made", .after = doc })) ==
		CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
out:
	cs_wipe(bytes, sizeof bytes);
	json_decref(doc);
	return err;
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
	if (err == CS_OK &&
	    (err = desk_audit_add(d,
		 &(struct desk_audit_event){
		     .actor = actor, .what = "token-removed" })) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	return err;
}

enum cs_err
cs_desk_tokens(struct cs_desk *d, json_t *items)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(
	    &rows, d->db, "SELECT id,used,sealed FROM token ORDER BY id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		json_t *doc, *item = json_object(), *list = json_array();
		uint64_t id = cs_col_int(&rows, 0), bits;

		err = desk_doc_open_id(
		    &doc, d, "token", id, cs_col_blob(&rows, 2));
		bits = json_get_num(doc, "scopes");
		for (unsigned i = 0; i < sizeof scopes / sizeof *scopes; i++)
			if (bits & 1u << i)
				json_push(list, json_string(scopes[i]), &err);
		json_put_id(item, "id", id, &err);
		json_put_str(item, "name", json_get_str(doc, "name"), &err);
		json_put(item, "scopes", list, &err);
		json_put_num(
		    item, "made_ms", json_get_num(doc, "made_ms"), &err);
		json_put_num(item, "used_ms", cs_col_int(&rows, 1), &err);
		json_push(items, item, &err);
		json_decref(doc);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
cs_desk_token_find(struct cs_desk_actor *out, unsigned *found,
    struct cs_desk *d, const char *token)
{
	json_t *doc = NULL;
	struct cs_rows rows;
	uint8_t hash[32];
	uint64_t id = 0;
	enum cs_err err;

	if ((err = cs_sha256(hash, cs_view_str(token))))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM token WHERE hash=?",
	    cs_blob(CS_VIEW_OF(hash)));
	if (err == CS_OK) {
		if (cs_rows_next(&rows)) {
			id = cs_col_int(&rows, 0);
			err = desk_doc_open_id(
			    &doc, d, "token", id, cs_col_blob(&rows, 1));
		} else {
			err = CS_ERR_DENIED;
		}
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK) {
		*found = (unsigned)json_get_num(doc, "scopes");
		err = cs_desk_person(out, d, json_get_num(doc, "person"));
		/* Made by whoever had the password before the last reset? */
		if (err == CS_ERR_NOT_FOUND ||
		    (err == CS_OK &&
			out->resets != json_get_num(doc, "resets")))
			err = CS_ERR_DENIED;
	}
	if (err == CS_OK)
		err = cs_db_exec(d->db, "UPDATE token SET used=? WHERE id=?",
		    cs_int(cs_clock_ms()), cs_int(id));
	json_decref(doc);
	return err;
}
