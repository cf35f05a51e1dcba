/* SPDX-License-Identifier: MIT */
#include "desk/people/token.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/problem.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "store/clock.h"
#include "store/db.h"

#define TOKEN_LEN 32 /* random bytes of a token */
#define SCOPES_ALL ((1u << CS_DESK_SCOPES) - 1)

const char *const cs_desk_scopes[CS_DESK_SCOPES] = { "read", "work", "decide",
	"admin" };

static const struct desk_field token_fields[] = {
	DESK_TEXT(desk_token, name),
	DESK_NUMBER(desk_token, scopes, 1, SCOPES_ALL),
	DESK_NUMBER(desk_token, person, 0, INT64_MAX),
	DESK_TEXT(desk_token, by),
	DESK_NUMBER(desk_token, passwords, 0, UINT32_MAX),
	DESK_TIME(desk_token, made_ms),
	DESK_BYTES(desk_token, hash),
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

unsigned
desk_role_scopes(enum cs_desk_role role)
{
	switch (role) {
	case CS_DESK_REVIEWER:
	case CS_DESK_SENIOR:
		return CS_DESK_SCOPE_READ | CS_DESK_SCOPE_WORK |
		    CS_DESK_SCOPE_DECIDE;
	case CS_DESK_AUDITOR:
		return CS_DESK_SCOPE_READ;
	case CS_DESK_ADMINISTRATOR: /* who sets legal holds, too */
		return CS_DESK_SCOPE_READ | CS_DESK_SCOPE_WORK |
		    CS_DESK_SCOPE_ADMIN;
	}
	return 0;
}

enum cs_err
cs_desk_token_add(struct cs_desk *d, const struct cs_desk_actor *actor,
    const char *name, unsigned scopes, uint64_t *id,
    char token[static CS_DESK_TOKEN_SIZE])
{
	struct desk_token t = { .scopes = scopes,
		.person = actor->id,
		.passwords = actor->passwords,
		.made_ms = cs_clock_ms() };
	enum cs_err err;

	if (*name == '\0' || strlen(name) > CS_DESK_TOKEN_NAME_MAX ||
	    scopes == 0)
		return desk_problem(d, CS_ERR_FORMAT, "token-empty",
		    "A token has a name and at least one scope.");
	if ((scopes & ~desk_role_scopes(actor->role)) != 0)
		return desk_problem(d, CS_ERR_DENIED, "token-scopes",
		    "A token allows no more than your role does.");
	snprintf(t.name, sizeof t.name, "%s", name);
	memcpy(t.by, actor->name, sizeof t.by);
	new_token(token);
	if ((err = cs_sha256(t.hash, cs_view_str(token))) ||
	    (err = cs_db_begin(d->db)))
		return err;
	err = cs_db_exec(d->db, "INSERT INTO token(hash,sealed) VALUES(?,x'')",
	    cs_blob(CS_VIEW_OF(t.hash)));
	if (err == CS_OK) {
		*id = cs_db_last_id(d->db);
		err = desk_row_save(d, &desk_token_record, *id, &t);
	}
	if (err == CS_OK)
		err = note_made(d, actor, &t);
	return cs_db_end(d->db, err);
}

/* Call ${each} for all tokens, in order; stops at its first error. */
static enum cs_err
walk(struct cs_desk *d,
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

/* Does ${actor} see and end it? */
static bool
is_of(const struct desk_token *t, const struct cs_desk_actor *actor)
{
	return t->person == actor->id || cs_desk_is_administrator(actor);
}

struct own {
	const struct cs_desk_actor *actor;
	enum cs_err (*each)(void *arg, const struct desk_token *t);
	void *arg;
};

static enum cs_err
pass_own(void *arg, const struct desk_token *t)
{
	const struct own *o = arg;

	return is_of(t, o->actor) ? o->each(o->arg, t) : CS_OK;
}

enum cs_err
desk_tokens_of(struct cs_desk *d, const struct cs_desk_actor *actor,
    enum cs_err (*each)(void *arg, const struct desk_token *t), void *arg)
{
	struct own own = { .actor = actor, .each = each, .arg = arg };

	return walk(d, pass_own, &own);
}

enum cs_err
desk_token_load(struct desk_token *out, struct cs_desk *d, const char *token)
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
	/* The column is a copy, by which it is found. */
	if (err == CS_OK && memcmp(out->hash, hash, sizeof hash) != 0)
		err = CS_ERR_DENIED;
	return cs_rows_end(&row, err);
}

/* ---- their end ---------------------------------------------------------- */

/* Tokens to be ended. */
struct ending {
	uint64_t person;
	unsigned kept; /* scopes */
	struct {
		uint64_t *at;
		size_t n;
	} ids;
};

static enum cs_err
collect(void *arg, const struct desk_token *t)
{
	struct ending *e = arg;
	uint64_t *id;

	if (t->person != e->person || (t->scopes & ~e->kept) == 0)
		return CS_OK;
	if ((id = desk_array_add(&e->ids, sizeof *id)) == NULL)
		return CS_ERR_NOMEM;
	*id = t->id;
	return CS_OK;
}

enum cs_err
desk_tokens_end(struct cs_desk *d, const struct cs_desk_actor *actor,
    uint64_t person, unsigned kept)
{
	struct ending e = { .person = person, .kept = kept };
	struct desk_facts after = { 0 };
	enum cs_err err = walk(d, collect, &e);

	for (size_t i = 0; i < e.ids.n && err == CS_OK; i++)
		err = cs_db_exec(
		    d->db, "DELETE FROM token WHERE id=?", cs_int(e.ids.at[i]));
	desk_fact_number(&after, "person", person);
	desk_fact_number(&after, "tokens", e.ids.n);
	if (err == CS_OK && e.ids.n != 0)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = actor,
			.what = "tokens-ended",
			.after = &after });
	desk_array_clear(&e.ids, sizeof *e.ids.at);
	return err;
}

/* A token that is looked for by its number. */
struct looking {
	uint64_t id;
	struct desk_token found;
};

static enum cs_err
match(void *arg, const struct desk_token *t)
{
	struct looking *l = arg;

	if (t->id == l->id)
		l->found = *t;
	return CS_OK;
}

static enum cs_err
end_one(struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	struct looking l = { .id = id };
	struct desk_facts after = { 0 };
	enum cs_err err = desk_tokens_of(d, actor, match, &l);

	if (err == CS_OK && (id == 0 || l.found.id != id))
		err = CS_ERR_NOT_FOUND;
	if (err ||
	    (err = cs_db_exec(
		 d->db, "DELETE FROM token WHERE id=?", cs_int(id))))
		return err;
	desk_fact_text(&after, "name", l.found.name);
	desk_fact_number(&after, "person", l.found.person);
	return desk_audit_add(d,
	    &(struct desk_audit_event){
		.actor = actor, .what = "token-removed", .after = &after });
}

enum cs_err
cs_desk_token_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id)
{
	enum cs_err err;

	if ((err = cs_db_begin(d->db)))
		return err;
	return cs_db_end(d->db, end_one(d, actor, id));
}
