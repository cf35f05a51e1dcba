/* SPDX-License-Identifier: MIT */
/* People, their settings and tokens over HTTP. */
#include "desk/console/api_people.h"

#include <stdio.h>
#include <string.h>

#include "base/wipe.h"
#include "desk/console/api_session.h"
#include "desk/console/call.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/people/people.h"
#include "desk/people/proposal.h"
#include "desk/people/sign_in.h"
#include "desk/people/token.h"
#include "desk/show/people.h"

static enum cs_err
set_person(struct api_call *c, uint64_t id)
{
	json_t *items = json_array(), *o;
	char text[24];
	size_t i;
	enum cs_err err = cs_desk_people(items, c->d);

	snprintf(text, sizeof text, "%llu", (unsigned long long)id);
	json_array_foreach (items, i, o)
		if (strcmp(json_get_str(o, "id"), text) == 0)
			json_put(c->out, "person", json_incref(o), &err);
	json_decref(items);
	return err;
}

static void
set_welcome(struct api_call *c, const char *code, enum cs_err *err)
{
	char address[512];

	snprintf(
	    address, sizeof address, "%s#/welcome/%s", c->api->address, code);
	json_put_str(c->out, "welcome", address, err);
	cs_wipe(address, sizeof address);
}

enum cs_err
api_people(struct api_call *c)
{
	json_t *items = json_array(), *proposals = json_array();
	bool two = false;
	enum cs_err err = cs_desk_people(items, c->d);

	json_put(c->out, "items", items, &err);
	if (err == CS_OK)
		err = cs_desk_proposals(proposals, c->d);
	json_put(c->out, "proposals", proposals, &err);
	if (err == CS_OK)
		err = desk_two_administrators(&two, c->d);
	json_put_bool(c->out, "two_administrators", two, &err);
	return err;
}

/* Answer with what has become of a wish. */
static enum cs_err
show_granted(struct api_call *c, const struct cs_desk_granted *g)
{
	enum cs_err err = CS_OK;

	if (g->proposal != 0)
		json_put_id(c->out, "proposal", g->proposal, &err);
	else
		json_put(c->out, "proposal", json_null(), &err);
	json_put_str(c->out, "name", g->name, &err);
	json_put_str(c->out, "word", g->word, &err);
	if (g->welcome[0] != '\0')
		set_welcome(c, g->welcome, &err);
	else
		json_put_str(c->out, "welcome", "", &err);
	if (err == CS_OK && g->proposal == 0 && g->person != 0)
		err = set_person(c, g->person);
	return err;
}

static enum cs_err
wish(struct api_call *c, const struct cs_desk_wish *w)
{
	struct cs_desk_granted g;
	enum cs_err err = cs_desk_wish(&g, c->d, &c->actor, w);

	if (err == CS_OK)
		err = show_granted(c, &g);
	cs_wipe(&g, sizeof g);
	return err;
}

enum cs_err
api_person_add(struct api_call *c)
{
	return wish(c,
	    &(struct cs_desk_wish){ .kind = DESK_PROPOSAL_ADD,
		.name = json_get_str(c->in, "name"),
		.role = cs_desk_role_find(json_get_str(c->in, "role")) });
}

enum cs_err
api_person_reset(struct api_call *c)
{
	return wish(c,
	    &(struct cs_desk_wish){
		.kind = DESK_PROPOSAL_RESET, .person = api_id(c) });
}

enum cs_err
api_person_change(struct api_call *c)
{
	const char *role = json_get_str(c->in, "role");
	struct cs_desk_wish w = { .kind = DESK_PROPOSAL_CHANGE,
		.person = api_id(c),
		.role = cs_desk_role_find(role) };
	bool disabled;
	enum cs_err err;

	if (*role != '\0' && w.role == 0)
		return desk_problem(c->d, CS_ERR_FORMAT, "no-such-role",
		    "There is no such role.");
	/* What the body does not say stays as it is. */
	if (json_object_get(c->in, "disabled") != NULL) {
		if ((err = api_flag(&disabled, c, "disabled")))
			return err;
		w.standing =
		    disabled ? CS_DESK_STANDING_OUT : CS_DESK_STANDING_IN;
	}
	return wish(c, &w);
}

enum cs_err
api_proposal_confirm(struct api_call *c)
{
	struct cs_desk_granted g;
	enum cs_err err =
	    cs_desk_proposal_confirm(&g, c->d, &c->actor, api_id(c));

	if (err == CS_OK)
		err = show_granted(c, &g);
	cs_wipe(&g, sizeof g);
	return err;
}

enum cs_err
api_proposal_cancel(struct api_call *c)
{
	return cs_desk_proposal_cancel(c->d, &c->actor, api_id(c));
}

/* ---- settings ----------------------------------------------------------- */

static enum cs_err
change_password(struct api_call *c, const json_t *password)
{
	enum cs_err err = api_password_again(c, json_get_str(password, "old"));

	if (err == CS_OK &&
	    (err = cs_desk_password_change(c->d, &c->actor,
		 cs_view_str(json_get_str(password, "new")))) == CS_OK)
		/* Other sessions end; this one goes on. */
		c->session->passwords = c->actor.passwords;
	return err;
}

#define PHOTOS_DAY_MAX 10000
#define BREAK_MIN_MAX 480

/* Read the number ${key}, if it is there, from 0 to ${max}. */
static enum cs_err
take_number(uint32_t *out, struct api_call *c, const char *key, uint32_t max)
{
	const json_t *v = json_object_get(c->in, key);

	if (v == NULL)
		return CS_OK;
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > (json_int_t)max)
		return desk_problem(c->d, CS_ERR_FORMAT, "bad-number",
		    "\"%s\" is a number from 0 to %u.", key, max);
	*out = (uint32_t)json_integer_value(v);
	return CS_OK;
}

static enum cs_err
take_language(struct cs_desk_settings *s, struct api_call *c)
{
	const char *language = json_get_str(c->in, "language");

	if (json_object_get(c->in, "language") == NULL)
		return CS_OK;
	for (size_t i = 0; i < CS_DESK_LANGUAGES; i++)
		if (strcmp(language, cs_desk_languages[i]) == 0) {
			snprintf(
			    s->language, sizeof s->language, "%s", language);
			return CS_OK;
		}
	return desk_problem(c->d, CS_ERR_FORMAT, "bad-language",
	    "A language is en, ar, kmr or ckb.");
}

enum cs_err
api_settings(struct api_call *c)
{
	const json_t *password = json_object_get(c->in, "password");
	struct cs_desk_settings s;
	enum cs_err err;

	if ((err = cs_desk_settings(&s, c->d, c->actor.id)) ||
	    (err = take_language(&s, c)) ||
	    (err = take_number(
		 &s.daily_limit, c, "daily_limit", PHOTOS_DAY_MAX)) ||
	    (err = take_number(
		 &s.break_every_min, c, "break_every_min", BREAK_MIN_MAX)) ||
	    (json_is_object(password) &&
		(err = change_password(c, password))) ||
	    (err = cs_desk_settings_set(c->d, &c->actor, &s)))
		return err;
	return api_session_show(c);
}

/* ---- tokens ------------------------------------------------------------- */

enum cs_err
api_tokens(struct api_call *c)
{
	json_t *items = json_array();
	enum cs_err err = cs_desk_tokens(items, c->d, &c->actor);

	json_put(c->out, "items", items, &err);
	return err;
}

enum cs_err
api_token_add(struct api_call *c)
{
	const char *name = json_get_str(c->in, "name");
	char token[CS_DESK_TOKEN_SIZE];
	unsigned scopes = 0;
	const json_t *v;
	uint64_t id;
	size_t i;
	enum cs_err err;

	json_array_foreach (json_object_get(c->in, "scopes"), i, v) {
		const char *scope = json_string_value(v);
		unsigned bit = scope != NULL ? cs_desk_scope_find(scope) : 0;

		if (bit == 0)
			return desk_problem(c->d, CS_ERR_FORMAT, "bad-scope",
			    "A scope is read, work, decide or admin.");
		scopes |= bit;
	}
	if ((err = cs_desk_token_add(
		 c->d, &c->actor, name, scopes, &id, token)) == CS_OK) {
		json_put_id(c->out, "id", id, &err);
		json_put_str(c->out, "token", token, &err);
	}
	cs_wipe(token, sizeof token);
	return err;
}

enum cs_err
api_token_remove(struct api_call *c)
{
	return cs_desk_token_remove(c->d, &c->actor, api_id(c));
}
