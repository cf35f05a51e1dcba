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
#include "desk/people/token.h"
#include "desk/people/welcome.h"
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
		if ((err = save(d, &p, "password-changed")) == CS_OK)
			err = desk_tokens_end(d, actor, p.actor.id, 0);
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
load_by_welcome(struct desk_person *out, struct cs_desk *d, const char *code,
    const char *word)
{
	struct desk_welcome w;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = desk_welcome_find(&w, d, code, word)) == CS_OK &&
	    (err = desk_person_load(out, d, w.person)) == CS_OK &&
	    (out->disabled || out->actor.passwords != w.passwords))
		err = CS_ERR_NOT_FOUND;
	return err != CS_ERR_NOT_FOUND && err != CS_ERR_CORRUPT
	    ? err
	    : desk_problem(d, CS_ERR_DENIED, "welcome-used",
		  "This first sign-in was used, or is too old. An "
		  "administrator can make another one.");
}

enum cs_err
cs_desk_welcome(struct cs_desk_welcome *out, struct cs_desk *d,
    const char *code, const char *word)
{
	struct desk_person p;
	enum cs_err err = load_by_welcome(&p, d, code, word);

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
    const struct cs_desk_codes *codes, struct cs_view password)
{
	struct desk_person p;
	struct hashed h;
	enum cs_err err = load_by_welcome(&p, d, codes->code, codes->word);

	/* Hash it only for somebody who has a code. */
	if (err || (err = password_hash(&h, d, password)) ||
	    (err = cs_db_begin(d->db)))
		goto out;
	if ((err = load_by_welcome(&p, d, codes->code, codes->word)) == CS_OK &&
	    (err = totp_check(&p, codes->totp)) == CS_ERR_DENIED)
		err = desk_problem(d, CS_ERR_FORMAT, "code-wrong",
		    "That is not the code that the authenticator shows now.");
	if (err == CS_OK) {
		password_set(&p, &h);
		err = desk_welcome_remove(d, p.actor.id);
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

/* ---- programs ----------------------------------------------------------- */

enum cs_err
cs_desk_token_find(struct cs_desk_actor *out, unsigned *scopes,
    struct cs_desk *d, const char *token)
{
	struct desk_token t;
	enum cs_err err;

	if ((err = desk_token_load(&t, d, token)))
		return err;
	err = cs_desk_person(out, d, t.person);
	/* Was it made before its owner's last password? */
	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK && out->passwords != t.passwords))
		err = CS_ERR_DENIED;
	if (err)
		return err;
	*scopes = t.scopes & desk_role_scopes(out->role);
	out->token = t.id;
	return cs_db_exec(d->db, "UPDATE token SET used=? WHERE id=?",
	    cs_int(cs_clock_ms()), cs_int(t.id));
}
