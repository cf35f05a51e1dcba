/* SPDX-License-Identifier: MIT */
#include "desk/show/people.h"

#include "base/text.h"
#include "base/units.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/record.h"
#include "desk/people/passkey.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"
#include "desk/people/proposal.h"
#include "desk/people/token.h"
#include "store/clock.h"

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

/* {id, name}; null for nobody. */
static void
put_person(
    json_t *o, const char *key, uint64_t id, const char *name, enum cs_err *err)
{
	json_t *one;

	if (*name == '\0') {
		json_put(o, key, json_null(), err);
		return;
	}
	one = json_object();
	json_put_id(one, "id", id, err);
	json_put_str(one, "name", name, err);
	json_put(o, key, one, err);
}

static const char *
standing_name(uint32_t standing)
{
	return standing == CS_DESK_STANDING_IN ? "in"
	    : standing == CS_DESK_STANDING_OUT ? "out"
					       : "same";
}

static enum cs_err
add_proposal(void *arg, const struct desk_proposal *p)
{
	json_t *items = arg, *o = json_object();
	enum cs_err err = CS_OK;

	json_put_id(o, "id", p->id, &err);
	json_put_str(o, "kind", desk_proposal_kind_name(p->kind), &err);
	json_put_str(o, "state", desk_proposal_state_name(p->state), &err);
	put_person(o, "about", p->person, p->name, &err);
	json_put(o, "role",
	    p->role != 0
		? json_string(cs_desk_role_name((enum cs_desk_role)p->role))
		: json_null(),
	    &err);
	json_put_str(o, "standing", standing_name(p->standing), &err);
	/* What is to be confirmed has to be read. */
	json_put_str(o, "toml",
	    p->state == DESK_PROPOSAL_WAITING ? desk_string(p->toml) : "",
	    &err);
	put_person(o, "by", p->by, p->by_name, &err);
	put_person(o, "second", p->second, p->second_name, &err);
	json_put_num(o, "made_ms", p->made_ms, &err);
	json_put_num(o, "expires_ms", p->expires_ms, &err);
	json_put_num(o, "ended_ms", p->ended_ms, &err);
	json_push(items, o, &err);
	return err;
}

enum cs_err
cs_desk_proposals(json_t *items, struct cs_desk *d)
{
	return desk_proposals(d, add_proposal, items);
}

#define ABOUT_MS (7 * CS_DAY_MS)

struct about {
	json_t *items;
	uint64_t person, now_ms;
};

static enum cs_err
add_about(void *arg, const struct desk_proposal *p)
{
	const struct about *a = arg;
	bool shown = p->state == DESK_PROPOSAL_WAITING ||
	    (p->state == DESK_PROPOSAL_DONE &&
		p->ended_ms + ABOUT_MS > a->now_ms);

	return shown && p->person == a->person && p->person != 0 &&
		p->kind != DESK_PROPOSAL_ADD
	    ? add_proposal(a->items, p)
	    : CS_OK;
}

enum cs_err
cs_desk_proposals_about(json_t *items, struct cs_desk *d, uint64_t person)
{
	struct about a = {
		.items = items, .person = person, .now_ms = cs_clock_ms()
	};

	return desk_proposals(d, add_about, &a);
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
