/* SPDX-License-Identifier: MIT */
#include "desk/people/passkey.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"
#include "store/clock.h"
#include "store/db.h"

/* ---- rows --------------------------------------------------------------- */

static const char *const algorithms[] = { "ES256", "EdDSA" };

static const struct desk_field fields[] = {
	DESK_TIME(desk_passkey, person),
	DESK_NUMBER(desk_passkey, resets, 0, UINT32_MAX),
	DESK_TEXT(desk_passkey, name),
	DESK_TEXT(desk_passkey, host),
	DESK_BUF(desk_passkey, credential, DESK_PASSKEY_ID_MAX),
	DESK_WORD(desk_passkey, algorithm, algorithms),
	DESK_BUF(desk_passkey, key, DESK_PASSKEY_PUBLIC_MAX),
	DESK_NUMBER(desk_passkey, count, 0, UINT32_MAX),
	DESK_FLAG(desk_passkey, backup_eligible),
	DESK_FLAG(desk_passkey, backed_up),
	DESK_TIME(desk_passkey, made_ms),
	DESK_TIME(desk_passkey, used_ms),
};
const struct desk_record desk_passkey_record =
    DESK_RECORD(desk_passkey, "passkey", fields);

static enum cs_err
known_of(struct desk_passkey_known *out, const struct desk_passkey *k)
{
	out->key.sig =
	    k->algorithm == DESK_PASSKEY_EDDSA ? CS_ED25519 : CS_ECDSA_P256;
	out->key.len = cs_sig_public_len(out->key.sig);
	out->count = k->count;
	out->backup_eligible = k->backup_eligible;
	if (k->key.len != out->key.len)
		return CS_ERR_CORRUPT;
	memcpy(out->key.public, k->key.data, out->key.len);
	return CS_OK;
}

/* CS_ERR_NOT_FOUND.  The caller clears ${out}, also after an error. */
static enum cs_err
load(struct desk_passkey *out, struct cs_desk *d, struct cs_view credential)
{
	struct cs_rows row;
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (credential.len == 0 || credential.len > DESK_PASSKEY_ID_MAX)
		return CS_ERR_NOT_FOUND;
	if ((err = cs_sha256(hash, credential)))
		return err;
	err =
	    cs_db_row(&row, d->db, "SELECT id,sealed FROM passkey WHERE hash=?",
		cs_blob(CS_VIEW_OF(hash)));
	if (err == CS_OK) {
		out->id = cs_col_int(&row, 0);
		err = desk_row_open_id(out, &desk_passkey_record, d, out->id,
		    cs_col_blob(&row, 1));
	}
	if ((err = cs_rows_end(&row, err)))
		return err;
	/* The column is only a hash; what counts is sealed. */
	return cs_view_equal(cs_buf_view(&out->credential), credential)
	    ? CS_OK
	    : CS_ERR_CORRUPT;
}

static enum cs_err
note(struct cs_desk *d, const struct cs_desk_actor *actor, const char *what,
    const struct desk_passkey *k)
{
	struct desk_facts after = { 0 };

	desk_fact_text(&after, "means", "passkey");
	desk_fact_text(&after, "passkey", k->name);
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.actor = actor, .what = what, .after = &after });
}

/* ---- making and removing ------------------------------------------------ */

static enum cs_err
check_room(struct cs_desk *d, uint64_t person)
{
	uint64_t n;
	enum cs_err err;

	if ((err = cs_db_get_int(&n, d->db,
		 "SELECT COUNT(*) FROM passkey WHERE person=?",
		 cs_int(person))))
		return err;
	return n < CS_DESK_PASSKEYS_MAX
	    ? CS_OK
	    : desk_problem(d, CS_ERR_MISUSE, "passkeys-full",
		  "Nobody has more than %d passkeys. Remove one first.",
		  CS_DESK_PASSKEYS_MAX);
}

enum cs_err
cs_desk_passkey_prepare(uint8_t handle[static CS_DESK_HANDLE_LEN],
    struct cs_desk *d, const struct cs_desk_actor *actor)
{
	struct desk_person p = { 0 };
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = check_room(d, actor->id)) == CS_OK &&
	    (err = desk_person_load(&p, d, actor->id)) == CS_OK &&
	    !p.has_handle) {
		cs_random(p.handle, sizeof p.handle);
		p.has_handle = true;
		err = desk_person_save(d, &p);
	}
	memcpy(handle, p.handle, CS_DESK_HANDLE_LEN);
	desk_person_clear(&p);
	return cs_db_end(d->db, err);
}

/* Fill the empty ${k} from what a browser has made. */
static enum cs_err
fill(struct desk_passkey *k, const struct desk_passkey_data *made,
    const char *host, const struct cs_desk_actor *actor)
{
	enum cs_err err;

	if (strlen(host) > DESK_HOST_MAX)
		return CS_ERR_LIMIT;
	snprintf(k->host, sizeof k->host, "%s", host);
	k->person = actor->id;
	k->resets = actor->resets;
	k->algorithm = made->key.sig == CS_ED25519 ? DESK_PASSKEY_EDDSA
						   : DESK_PASSKEY_ES256;
	k->count = made->count;
	k->backup_eligible = (made->flags & DESK_PASSKEY_BE) != 0;
	k->backed_up = (made->flags & DESK_PASSKEY_BS) != 0;
	k->made_ms = cs_clock_ms();
	if ((err = cs_buf_set(&k->credential, made->id)))
		return err;
	return cs_buf_set(&k->key, cs_view(made->key.public, made->key.len));
}

static enum cs_err
insert(struct cs_desk *d, const struct desk_passkey *k)
{
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	if ((err = cs_sha256(hash, cs_buf_view(&k->credential))))
		return err;
	err = cs_db_exec(d->db,
	    "INSERT INTO passkey(hash,person,sealed) VALUES(?,?,x'')",
	    cs_blob(CS_VIEW_OF(hash)), cs_int(k->person));
	if (err == CS_ERR_EXISTS)
		return desk_problem(
		    d, err, "passkey-there", "This passkey is there already.");
	return err
	    ? err
	    : desk_row_save(d, &desk_passkey_record, cs_db_last_id(d->db), k);
}

/* Was the person let go, or reset, since they were looked at? */
static enum cs_err
check_same(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	struct cs_desk_actor now;
	enum cs_err err = cs_desk_person(&now, d, actor->id);

	if (err == CS_OK && now.resets != actor->resets)
		err = CS_ERR_DENIED;
	return err;
}

enum cs_err
cs_desk_passkey_add(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *name, const struct desk_passkey_wanted *wanted,
    struct cs_view client_data, struct cs_view attestation)
{
	struct desk_passkey_data made;
	struct desk_passkey k = { 0 };
	enum cs_err err;

	if (*name == '\0' || strlen(name) > CS_DESK_PASSKEY_NAME_MAX)
		return desk_problem(d, CS_ERR_FORMAT, "passkey-name",
		    "A passkey has a name of at most %d bytes.",
		    CS_DESK_PASSKEY_NAME_MAX);
	err = desk_passkey_made(&made, wanted, client_data, attestation);
	if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return desk_problem(d, CS_ERR_FORMAT, "passkey-refused",
		    "This is no passkey that the desk can take: %s.",
		    cs_err_text(err));
	snprintf(k.name, sizeof k.name, "%s", name);
	if (err || (err = fill(&k, &made, wanted->rp_id, actor)) ||
	    (err = cs_db_begin(d->db)))
		goto out;
	if ((err = check_same(d, actor)) == CS_OK &&
	    (err = check_room(d, actor->id)) == CS_OK &&
	    (err = insert(d, &k)) == CS_OK)
		err = note(d, actor, "passkey-added", &k);
	err = cs_db_end(d->db, err);
out:
	desk_record_clear(&k, &desk_passkey_record);
	return err;
}

enum cs_err
desk_passkeys(struct cs_desk *d, const struct cs_desk_actor *actor,
    enum cs_err (*each)(void *arg, const struct desk_passkey *k), void *arg)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM passkey WHERE person=? ORDER BY id",
	    cs_int(actor->id));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct desk_passkey k = { .id = cs_col_int(&rows, 0) };

		err = desk_row_open_id(
		    &k, &desk_passkey_record, d, k.id, cs_col_blob(&rows, 1));
		if (err == CS_OK && k.person != actor->id)
			err = CS_ERR_CORRUPT;
		if (err == CS_OK)
			err = each(arg, &k);
		desk_record_clear(&k, &desk_passkey_record);
	}
	return cs_rows_end(&rows, err);
}

/* Load a row that, by what is sealed in it, is ${actor}'s.  The caller
 * clears ${k}, also after an error. */
static enum cs_err
load_own(struct desk_passkey *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	err = cs_db_row(
	    &row, d->db, "SELECT sealed FROM passkey WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = desk_row_open_id(
		    out, &desk_passkey_record, d, id, cs_col_blob(&row, 0));
	err = cs_rows_end(&row, err);
	return err == CS_OK && out->person != actor->id ? CS_ERR_NOT_FOUND
							: err;
}

enum cs_err
cs_desk_passkey_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	struct desk_passkey k;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = load_own(&k, d, actor, id)) == CS_OK &&
	    (err = cs_db_exec(
		 d->db, "DELETE FROM passkey WHERE id=?", cs_int(id))) == CS_OK)
		err = note(d, actor, "passkey-removed", &k);
	desk_record_clear(&k, &desk_passkey_record);
	return cs_db_end(d->db, err);
}

/* ---- signing in --------------------------------------------------------- */

enum cs_err
cs_desk_passkey_owner(uint64_t *person, struct cs_desk *d, struct cs_view id)
{
	struct desk_passkey k;
	enum cs_err err = load(&k, d, id);

	*person = k.person;
	desk_record_clear(&k, &desk_passkey_record);
	return err == CS_ERR_NOT_FOUND ? CS_ERR_DENIED : err;
}

/* May the owner of ${k} still sign in, and is the answer of that passkey? */
static enum cs_err
check_person(const struct desk_person *p, const struct desk_passkey *k,
    const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer)
{
	if (p->disabled || k->resets != p->actor.resets ||
	    strcmp(k->host, wanted->rp_id) != 0)
		return CS_ERR_DENIED;
	if (!p->has_handle)
		return CS_ERR_CORRUPT;
	/* Section 7.2: nobody was named, so the handle has to be there. */
	return cs_view_equal(answer->handle, CS_VIEW_OF(p->handle))
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}

/* Everything was right: store the time and the counter. */
static enum cs_err
enter(struct cs_desk *d, struct desk_person *p, struct desk_passkey *k,
    const struct desk_passkey_data *data, const char *what)
{
	enum cs_err err;

	k->count = data->count;
	k->backed_up = (data->flags & DESK_PASSKEY_BS) != 0;
	k->used_ms = p->last_ms = cs_clock_ms();
	if ((err = desk_row_save(d, &desk_passkey_record, k->id, k)) ||
	    (err = desk_person_save(d, p)))
		return err;
	return note(d, &p->actor, what, k);
}

/* A use of a passkey: what was asked for, and what the browser brought. */
struct use {
	const struct cs_desk_actor *only; /* NULL: anybody */
	const struct desk_passkey_wanted *wanted;
	const struct cs_desk_passkey_answer *answer;
	struct desk_person p;
	struct desk_passkey k;
	bool keep; /* commit what was written although it is refused */
};

/* In a transaction. */
static enum cs_err
use(struct use *u, struct cs_desk *d)
{
	struct desk_passkey_known known;
	struct desk_passkey_data data;
	enum cs_err err;

	if ((err = load(&u->k, d, u->answer->id)) ||
	    (err = known_of(&known, &u->k)) ||
	    (err = desk_person_load(&u->p, d, u->k.person)) ||
	    (err = check_person(&u->p, &u->k, u->wanted, u->answer)))
		return err;
	if (u->only != NULL && u->only->id != u->k.person)
		return CS_ERR_DENIED;
	err = desk_passkey_used(&data, u->wanted, &known,
	    u->answer->client_data, u->answer->data, u->answer->signature);
	if (err == CS_OK)
		err = enter(d, &u->p, &u->k, &data,
		    u->only != NULL ? "unlocked" : "signed-in");
	else if (err == CS_ERR_REPLAY)
		u->keep = note(d, &u->p.actor, "passkey-clone-refused",
			      &u->k) == CS_OK;
	return err;
}

static enum cs_err
use_whole(struct cs_desk_actor *out, struct cs_desk *d, struct use *u)
{
	enum cs_err err, done;

	if ((err = cs_db_begin(d->db)))
		return err;
	err = use(u, d);
	done = cs_db_end(d->db, u->keep ? CS_OK : err);
	if (err == CS_OK || u->keep)
		err = done ? done : err;
	if (err == CS_OK)
		*out = u->p.actor;
	else if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		err = CS_ERR_DENIED;
	desk_record_clear(&u->k, &desk_passkey_record);
	desk_person_clear(&u->p);
	return err;
}

enum cs_err
cs_desk_passkey_sign_in(struct cs_desk_actor *out, struct cs_desk *d,
    const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer)
{
	struct use u = { .wanted = wanted, .answer = answer };

	return use_whole(out, d, &u);
}

enum cs_err
cs_desk_passkey_unlock(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer)
{
	struct use u = { .only = actor, .wanted = wanted, .answer = answer };
	struct cs_desk_actor same;

	return use_whole(&same, d, &u);
}
