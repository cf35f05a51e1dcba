/* SPDX-License-Identifier: MIT */
#include "desk/show/people.h"

#include "base/text.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/people/passkey.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"
#include "desk/people/token.h"

static enum cs_err
add_person(void *arg, const struct desk_person *p, uint64_t passkeys)
{
	json_t *items = arg, *o = json_object();
	enum cs_err err = CS_OK;

	json_put_id(o, "id", p->actor.id, &err);
	json_put_str(o, "name", p->actor.name, &err);
	json_put_str(o, "pseudonym", p->actor.pseudonym, &err);
	json_put_str(o, "role", cs_desk_role_name(p->actor.role), &err);
	json_put_str(o, "state",
	    p->disabled     ? "disabled"
		: p->active ? "active"
			    : "invited",
	    &err);
	json_put_num(o, "last_ms", p->last_ms, &err);
	json_put_num(o, "passkeys", passkeys, &err);
	json_push(items, o, &err);
	return err;
}

enum cs_err
cs_desk_people(json_t *items, struct cs_desk *d)
{
	return desk_people(d, add_person, items);
}

static enum cs_err
add_token(void *arg, const struct desk_token *t)
{
	json_t *items = arg, *o = json_object(), *scopes = json_array(),
	       *one = json_object();
	enum cs_err err = CS_OK;

	for (unsigned i = 0; i < CS_DESK_SCOPES; i++)
		if ((t->scopes & 1u << i) != 0)
			json_push(scopes, json_string(cs_desk_scopes[i]), &err);
	json_put_id(o, "id", t->id, &err);
	json_put_str(o, "name", t->name, &err);
	json_put_id(one, "id", t->person, &err);
	json_put_str(one, "name", t->by, &err);
	json_put(o, "by", one, &err);
	json_put(o, "scopes", scopes, &err);
	json_put_num(o, "made_ms", t->made_ms, &err);
	json_put_num(o, "used_ms", t->used_ms, &err);
	json_push(items, o, &err);
	return err;
}

enum cs_err
cs_desk_tokens(
    json_t *items, struct cs_desk *d, const struct cs_desk_actor *actor)
{
	return desk_tokens_of(d, actor, add_token, items);
}

static enum cs_err
add_passkey(void *arg, const struct desk_passkey *k)
{
	/* Browsers write credentials as base64url. */
	char credential[CS_BASE64URL_SIZE(DESK_PASSKEY_ID_MAX)];
	json_t *items = arg, *o = json_object();
	enum cs_err err = CS_OK;

	cs_base64url(credential, cs_buf_view(&k->credential));
	json_put_id(o, "id", k->id, &err);
	json_put_str(o, "name", k->name, &err);
	json_put_str(o, "host", k->host, &err);
	json_put_str(o, "credential", credential, &err);
	json_put_num(o, "made_ms", k->made_ms, &err);
	json_put_num(o, "used_ms", k->used_ms, &err);
	json_push(items, o, &err);
	return err;
}

enum cs_err
cs_desk_passkeys(
    json_t *items, struct cs_desk *d, const struct cs_desk_actor *actor)
{
	return desk_passkeys(d, actor, add_passkey, items);
}
