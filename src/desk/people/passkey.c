/* SPDX-License-Identifier: MIT */
#include "desk/people/passkey.h"

#include <string.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/doc.h"
#include "desk/core/json.h"
#include "desk/core/store.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"
#include "store/clock.h"
#include "store/db.h"

#define TABLE "passkey"

/* ---- rows --------------------------------------------------------------- */

struct passkey {
	uint64_t id, person;
	json_t *doc;
	struct desk_passkey_known known;
};

static enum cs_err
known_of(struct desk_passkey_known *out, const json_t *doc)
{
	out->key.sig = strcmp(json_get_str(doc, "algorithm"), "EdDSA") == 0
	    ? CS_ED25519
	    : CS_ECDSA_P256;
	out->key.len = cs_sig_public_len(out->key.sig);
	out->count = (uint32_t)json_get_num(doc, "count");
	out->backup_eligible = json_get_bool(doc, "backup_eligible");
	return json_get_hex(out->key.public, out->key.len, doc, "key")
	    ? CS_OK
	    : CS_ERR_CORRUPT;
}

/* The column is a hash, the truth is sealed: is it of this credential? */
static bool
is_of(const json_t *doc, struct cs_view credential)
{
	char hex[2 * DESK_PASSKEY_ID_MAX + 1];

	cs_hex(hex, credential);
	return strcmp(hex, json_get_str(doc, "credential")) == 0;
}

static void
passkey_clear(struct passkey *k)
{
	json_decref(k->doc);
	memset(k, 0, sizeof *k);
}

/* CS_ERR_NOT_FOUND; ${out} is to be cleared in any case. */
static enum cs_err
load(struct passkey *out, struct cs_desk *d, struct cs_view credential)
{
	struct cs_rows rows;
	uint8_t hash[32];
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (credential.len == 0 || credential.len > DESK_PASSKEY_ID_MAX)
		return CS_ERR_NOT_FOUND;
	if ((err = cs_sha256(hash, credential)))
		return err;
	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM passkey WHERE hash=?",
	    cs_blob(CS_VIEW_OF(hash)));
	if (err == CS_OK) {
		if (cs_rows_next(&rows)) {
			out->id = cs_col_int(&rows, 0);
			err = desk_doc_open_id(&out->doc, d, TABLE, out->id,
			    cs_col_blob(&rows, 1));
		} else {
			err = CS_ERR_NOT_FOUND;
		}
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	if (!is_of(out->doc, credential))
		return CS_ERR_CORRUPT;
	out->person = json_get_num(out->doc, "person");
	return known_of(&out->known, out->doc);
}

static enum cs_err
note(struct cs_desk *d, const struct cs_desk_actor *actor, const char *what,
    const json_t *doc)
{
	json_t *after = json_object();
	enum cs_err err = CS_OK;

	json_put_str(after, "means", "passkey", &err);
	json_put_str(after, "passkey", json_get_str(doc, "name"), &err);
	if (err == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.actor = actor, .what = what, .after = after });
	json_decref(after);
	return err;
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
	    : desk_problem(d, CS_ERR_MISUSE,
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
	if ((err = check_room(d, actor->id)) ||
	    (err = desk_person_load(&p, d, actor->id)))
		goto out;
	if (!json_get_hex(handle, CS_DESK_HANDLE_LEN, p.doc, "handle")) {
		cs_random(handle, CS_DESK_HANDLE_LEN);
		json_put_hex(
		    p.doc, "handle", cs_view(handle, CS_DESK_HANDLE_LEN), &err);
		if (err == CS_OK)
			err = desk_person_save(d, &p);
	}
	if (err == CS_OK)
		err = cs_db_commit(d->db);
out:
	if (err)
		cs_db_rollback(d->db);
	desk_person_clear(&p);
	return err;
}

static json_t *
describe(const struct desk_passkey_data *made,
    const struct desk_passkey_wanted *wanted, const struct cs_desk_actor *actor,
    const char *name, enum cs_err *err)
{
	json_t *doc = json_object();

	json_put_num(doc, "person", actor->id, err);
	json_put_num(doc, "resets", actor->resets, err);
	json_put_str(doc, "name", name, err);
	json_put_str(doc, "host", wanted->rp_id, err);
	json_put_hex(doc, "credential", made->id, err);
	json_put_str(doc, "algorithm",
	    made->key.sig == CS_ED25519 ? "EdDSA" : "ES256", err);
	json_put_hex(doc, "key", cs_view(made->key.public, made->key.len), err);
	json_put_num(doc, "count", made->count, err);
	json_put_bool(
	    doc, "backup_eligible", (made->flags & DESK_PASSKEY_BE) != 0, err);
	json_put_bool(
	    doc, "backed_up", (made->flags & DESK_PASSKEY_BS) != 0, err);
	json_put_num(doc, "made_ms", cs_clock_ms(), err);
	return doc;
}

static enum cs_err
insert(struct cs_desk *d, uint64_t person, struct cs_view credential,
    const json_t *doc)
{
	uint8_t hash[32];
	enum cs_err err;

	if ((err = cs_sha256(hash, credential)))
		return err;
	err = cs_db_exec(d->db,
	    "INSERT INTO passkey(hash,person,sealed) VALUES(?,?,x'')",
	    cs_blob(CS_VIEW_OF(hash)), cs_int(person));
	if (err == CS_ERR_EXISTS)
		return desk_problem(d, err, "This passkey is there already.");
	return err ? err : desk_doc_write(d, TABLE, cs_db_last_id(d->db), doc);
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
	json_t *doc = NULL;
	enum cs_err err;

	if (*name == '\0' || strlen(name) > CS_DESK_PASSKEY_NAME_MAX)
		return desk_problem(d, CS_ERR_FORMAT,
		    "A passkey has a name of at most %d bytes.",
		    CS_DESK_PASSKEY_NAME_MAX);
	err = desk_passkey_made(&made, wanted, client_data, attestation);
	if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return desk_problem(d, CS_ERR_FORMAT,
		    "This is no passkey that the desk can take: %s.",
		    cs_err_text(err));
	if (err || (err = cs_db_begin(d->db)))
		return err;
	doc = describe(&made, wanted, actor, name, &err);
	if (err == CS_OK && (err = check_same(d, actor)) == CS_OK &&
	    (err = check_room(d, actor->id)) == CS_OK &&
	    (err = insert(d, actor->id, made.id, doc)) == CS_OK &&
	    (err = note(d, actor, "passkey-added", doc)) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	json_decref(doc);
	return err;
}

/* Credentials are base64url where browsers are. */
static void
set_credential(json_t *item, const json_t *doc, enum cs_err *err)
{
	char text[CS_BASE64URL_SIZE(DESK_PASSKEY_ID_MAX)];
	uint8_t id[DESK_PASSKEY_ID_MAX];
	size_t n = strlen(json_get_str(doc, "credential")) / 2;

	if (n > sizeof id || !json_get_hex(id, n, doc, "credential")) {
		*err = CS_ERR_CORRUPT;
		return;
	}
	cs_base64url(text, cs_view(id, n));
	json_put_str(item, "credential", text, err);
}

enum cs_err
cs_desk_passkeys(
    json_t *items, struct cs_desk *d, const struct cs_desk_actor *actor)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, d->db,
	    "SELECT id,sealed FROM passkey WHERE person=? ORDER BY id",
	    cs_int(actor->id));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint64_t id = cs_col_int(&rows, 0);
		json_t *doc = NULL, *item;

		if ((err = desk_doc_open_id(
			 &doc, d, TABLE, id, cs_col_blob(&rows, 1))))
			break;
		if (json_get_num(doc, "person") != actor->id)
			err = CS_ERR_CORRUPT;
		item = json_object();
		json_put_id(item, "id", id, &err);
		json_put_str(item, "name", json_get_str(doc, "name"), &err);
		json_put_str(item, "host", json_get_str(doc, "host"), &err);
		set_credential(item, doc, &err);
		json_put_num(
		    item, "made_ms", json_get_num(doc, "made_ms"), &err);
		json_put_num(
		    item, "used_ms", json_get_num(doc, "used_ms"), &err);
		json_push(items, item, &err);
		json_decref(doc);
	}
	return cs_rows_end(&rows, err);
}

/* The document of a row that is ${actor}'s, by what is sealed. */
static enum cs_err
load_own(json_t **out, struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	*out = NULL;
	err = cs_db_query(
	    &rows, d->db, "SELECT sealed FROM passkey WHERE id=?", cs_int(id));
	if (err == CS_OK) {
		if (cs_rows_next(&rows))
			err = desk_doc_open_id(
			    out, d, TABLE, id, cs_col_blob(&rows, 0));
		else
			err = CS_ERR_NOT_FOUND;
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && json_get_num(*out, "person") != actor->id)
		err = CS_ERR_NOT_FOUND;
	return err;
}

enum cs_err
cs_desk_passkey_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	json_t *doc = NULL;
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	if ((err = load_own(&doc, d, actor, id)) == CS_OK &&
	    (err = cs_db_exec(d->db, "DELETE FROM passkey WHERE id=?",
		 cs_int(id))) == CS_OK &&
	    (err = note(d, actor, "passkey-removed", doc)) == CS_OK)
		err = cs_db_commit(d->db);
	if (err)
		cs_db_rollback(d->db);
	json_decref(doc);
	return err;
}

/* ---- signing in --------------------------------------------------------- */

enum cs_err
cs_desk_passkey_owner(uint64_t *person, struct cs_desk *d, struct cs_view id)
{
	struct passkey k;
	enum cs_err err = load(&k, d, id);

	*person = k.person;
	passkey_clear(&k);
	return err == CS_ERR_NOT_FOUND ? CS_ERR_DENIED : err;
}

/* May whoever has ${k} still come in, and does it say the same of itself? */
static enum cs_err
check_person(const struct desk_person *p, const struct passkey *k,
    const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer)
{
	uint8_t handle[CS_DESK_HANDLE_LEN];

	if (p->disabled || json_get_num(k->doc, "resets") != p->actor.resets ||
	    strcmp(json_get_str(k->doc, "host"), wanted->rp_id) != 0)
		return CS_ERR_DENIED;
	if (!json_get_hex(handle, sizeof handle, p->doc, "handle"))
		return CS_ERR_CORRUPT;
	/* Section 7.2: nobody was named, so that the handle has to be there. */
	return cs_view_equal(answer->handle, CS_VIEW_OF(handle))
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}

/* Everything was right: write down when, and how often it has signed. */
static enum cs_err
enter(struct cs_desk *d, struct desk_person *p, const struct passkey *k,
    const struct desk_passkey_data *data, const char *what)
{
	enum cs_err err = CS_OK;

	json_put_num(k->doc, "count", data->count, &err);
	json_put_bool(
	    k->doc, "backed_up", (data->flags & DESK_PASSKEY_BS) != 0, &err);
	json_put_num(k->doc, "used_ms", cs_clock_ms(), &err);
	json_put_num(p->doc, "last_ms", cs_clock_ms(), &err);
	if (err || (err = desk_doc_write(d, TABLE, k->id, k->doc)) ||
	    (err = desk_person_save(d, p)))
		return err;
	return note(d, &p->actor, what, k->doc);
}

/* Inside a transaction; ${only} may be NULL.  ${*keep}: what it has written is
 * to stay, also when it is refused. */
static enum cs_err
use(struct desk_person *p, struct passkey *k, bool *keep, struct cs_desk *d,
    const struct cs_desk_actor *only, const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer)
{
	struct desk_passkey_data data;
	enum cs_err err;

	if ((err = load(k, d, answer->id)) ||
	    (err = desk_person_load(p, d, k->person)) ||
	    (err = check_person(p, k, wanted, answer)))
		return err;
	if (only != NULL && only->id != k->person)
		return CS_ERR_DENIED;
	err = desk_passkey_used(&data, wanted, &k->known, answer->client_data,
	    answer->data, answer->signature);
	if (err == CS_OK)
		err = enter(
		    d, p, k, &data, only != NULL ? "unlocked" : "signed-in");
	else if (err == CS_ERR_REPLAY)
		*keep = note(d, &p->actor, "passkey-clone-refused", k->doc) ==
		    CS_OK;
	return err;
}

static enum cs_err
use_whole(struct cs_desk_actor *out, struct cs_desk *d,
    const struct cs_desk_actor *only, const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer)
{
	struct desk_person p = { 0 };
	struct passkey k = { 0 };
	bool keep = false;
	enum cs_err err, done;

	if ((err = cs_db_begin(d->db)))
		return err;
	err = use(&p, &k, &keep, d, only, wanted, answer);
	if (err == CS_OK || keep) {
		done = cs_db_commit(d->db);
		err = done ? done : err;
	}
	if (cs_db_in_transaction(d->db))
		cs_db_rollback(d->db);
	if (err == CS_OK)
		*out = p.actor;
	else if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		err = CS_ERR_DENIED;
	passkey_clear(&k);
	desk_person_clear(&p);
	return err;
}

enum cs_err
cs_desk_passkey_sign_in(struct cs_desk_actor *out, struct cs_desk *d,
    const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer)
{
	return use_whole(out, d, NULL, wanted, answer);
}

enum cs_err
cs_desk_passkey_unlock(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_passkey_wanted *wanted,
    const struct cs_desk_passkey_answer *answer)
{
	struct cs_desk_actor same;

	return use_whole(&same, d, actor, wanted, answer);
}
