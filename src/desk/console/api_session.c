/* SPDX-License-Identifier: MIT */
/* Signing in and out, locking, and who a request is of. */
#include "desk/console/api_session.h"

#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "desk/console/call.h"
#include "desk/core/actor.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/link.h"
#include "desk/core/policy.h"
#include "desk/people/attempts.h"
#include "desk/people/people.h"
#include "desk/people/sign_in.h"
#include "desk/show/people.h"
#include "store/clock.h"

#define COOKIE "countersign="

/* ---- sessions ----------------------------------------------------------- */

struct api_session *
api_session_find(struct cs_desk_api *api, const char *cookie)
{
	const char *at = strstr(cookie, COOKIE);
	uint64_t now = cs_clock_ms();

	if (at == NULL || strcspn(at += sizeof COOKIE - 1, "; ") != 43)
		return NULL;
	for (size_t i = 0; i < API_SESSIONS_MAX; i++) {
		struct api_session *s = &api->sessions[i];

		if (s->token[0] == '\0' || !cs_equal_ct(s->token, at, 43))
			continue;
		if (now - s->made_ms > api->options.life_ms) {
			cs_wipe(s, sizeof *s);
			return NULL;
		}
		if (now - s->used_ms > api->options.idle_ms)
			s->locked = true;
		return s;
	}
	return NULL;
}

static bool
is_free(const struct cs_desk_api *api, const struct api_session *s)
{
	return s->token[0] == '\0' ||
	    cs_clock_ms() - s->made_ms > api->options.life_ms;
}

/* How many sessions ${person} has, and the one that was idle for longest. */
static size_t
sessions_of(
    struct api_session **oldest, struct cs_desk_api *api, uint64_t person)
{
	size_t n = 0;

	*oldest = NULL;
	for (size_t i = 0; i < API_SESSIONS_MAX; i++) {
		struct api_session *s = &api->sessions[i];

		if (is_free(api, s) || s->person != person)
			continue;
		n++;
		if (*oldest == NULL || s->used_ms < (*oldest)->used_ms)
			*oldest = s;
	}
	return n;
}

/* A place for one more session of ${person}: of their own if they have many,
 * else a free one, else of whoever has most. */
static struct api_session *
place(struct cs_desk_api *api, uint64_t person)
{
	struct api_session *oldest, *found = NULL;
	size_t n, most = 0;

	if (sessions_of(&oldest, api, person) >= API_SESSIONS_PERSON)
		return oldest;
	for (size_t i = 0; i < API_SESSIONS_MAX; i++)
		if (is_free(api, &api->sessions[i]))
			return &api->sessions[i];
	for (size_t i = 0; i < API_SESSIONS_MAX; i++) {
		n = sessions_of(&oldest, api, api->sessions[i].person);
		if (n > most) {
			most = n;
			found = oldest;
		}
	}
	return found;
}

#define SECRET_LEN 32 /* random bytes of a token */

void
api_session_begin(struct api_call *c)
{
	struct api_session *s = place(c->api, c->actor.id);
	uint8_t bytes[SECRET_LEN];

	memset(s, 0, sizeof *s);
	cs_random(bytes, sizeof bytes);
	cs_base64url(s->token, CS_VIEW_OF(bytes));
	cs_random(bytes, sizeof bytes);
	cs_base64url(s->csrf, CS_VIEW_OF(bytes));
	cs_wipe(bytes, sizeof bytes);
	s->person = c->actor.id;
	s->passwords = c->actor.passwords;
	s->made_ms = s->used_ms = cs_clock_ms();
	c->session = s;
	snprintf(c->answer->set_cookie, sizeof c->answer->set_cookie,
	    COOKIE "%s; Path=/; HttpOnly; SameSite=Strict%s", s->token,
	    c->api->options.tls ? "; Secure" : "");
}

#define BEARER "Bearer "

enum cs_err
api_token_hash(uint8_t out[static CS_HASH_LEN], const struct cs_web_request *rq)
{
	return cs_sha256(out, cs_view_str(rq->authorization + strlen(BEARER)));
}

bool
api_identify(struct api_call *c, const struct api_route *route,
    unsigned *scopes, bool *known)
{
	const char *bearer = c->rq->authorization;
	enum cs_err err;

	if (strncmp(bearer, BEARER, strlen(BEARER)) == 0) {
		err = cs_desk_token_find(
		    &c->actor, scopes, c->d, bearer + strlen(BEARER));
		*known = err == CS_OK;
		return true;
	}
	c->session = api_session_find(c->api, c->rq->cookie);
	if (c->session == NULL)
		return true;
	/* Checked each time, so that letting somebody go, or a new role or
	 * password, takes effect at once. */
	err = cs_desk_person(&c->actor, c->d, c->session->person);
	if (err || c->actor.passwords != c->session->passwords) {
		cs_wipe(c->session, sizeof *c->session);
		c->session = NULL;
		return true;
	}
	*known = true;
	/* Listening to events does not keep a session from being locked. */
	if (!c->session->locked && (route->allowed & API_STREAM) == 0)
		c->session->used_ms = cs_clock_ms();
	return true;
}

/* ---- what the hub's operator has to see to ------------------------------ */

#define TROUBLES_MS (5 * CS_MINUTE_MS)

/* Ask the hub, now and then; without an answer there is none. */
static void
look_for_troubles(struct api_call *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_troubles_answer answer;
	struct cs_desk_api *api = c->api;
	struct cs_wire_desk_trouble item;
	struct cs_view rest;
	uint64_t now = cs_clock_ms();

	if (!api_online(api) ||
	    (api->troubles_ms != 0 && now - api->troubles_ms < TROUBLES_MS))
		return;
	api->troubles_ms = now;
	api->n_troubles = 0;
	if (desk_call(c->d, CS_WIRE_DESK_TROUBLES, &cs_wire_empty_shape, &empty,
		&cs_wire_desk_troubles_answer_shape, &answer) != CS_OK)
		return;
	rest = answer.troubles.raw;
	while (api->n_troubles < CS_WIRE_TROUBLES_MAX &&
	    cs_wire_next(&item, &cs_wire_desk_trouble_shape, &rest)) {
		struct api_trouble *t = &api->troubles[api->n_troubles++];

		snprintf(t->kind, sizeof t->kind, "%.*s", (int)item.kind.len,
		    (const char *)item.kind.data);
		t->left = item.left;
	}
}

static json_t *
troubles(const struct cs_desk_api *api, enum cs_err *err)
{
	json_t *all = json_array();

	for (size_t i = 0; i < api->n_troubles; i++) {
		json_t *o = json_object();

		json_put_str(o, "kind", api->troubles[i].kind, err);
		json_put_num(o, "left", api->troubles[i].left, err);
		json_push(all, o, err);
	}
	return all;
}

enum cs_err
api_session_show(struct api_call *c)
{
	json_t *person = json_object(), *about = json_array();
	struct cs_desk_settings s = { 0 };
	struct cs_desk_policy policy = { 0 };
	uint64_t today = 0;
	enum cs_err err;

	if ((err = cs_desk_settings(&s, c->d, c->actor.id)) == CS_OK &&
	    (err = cs_desk_exposure(&today, c->d, c->actor.id)) == CS_OK)
		err = cs_desk_policy(&policy, c->d);
	json_put_id(person, "id", c->actor.id, &err);
	json_put_str(person, "name", c->actor.name, &err);
	json_put_str(person, "pseudonym", c->actor.pseudonym, &err);
	json_put_str(person, "role", cs_desk_role_name(c->actor.role), &err);
	json_put_str(person, "language", s.language, &err);
	json_put_num(person, "daily_limit", s.daily_limit, &err);
	json_put_num(person, "break_every_min", s.break_every_min, &err);
	json_put_num(person, "exposure_today", today, &err);
	json_put(c->out, "person", person, &err);
	json_put_str(c->out, "csrf", c->session->csrf, &err);
	json_put_bool(c->out, "locked", c->session->locked, &err);
	json_put_num(
	    c->out, "idle_s", c->api->options.idle_ms / CS_SECOND_MS, &err);
	json_put_num(c->out, "expires_ms",
	    c->session->made_ms + c->api->options.life_ms, &err);
	json_put_str(c->out, "hub", c->d->hub.name, &err);
	json_put_num(c->out, "undo_s", policy.undo_seconds, &err);
	json_put_num(c->out, "server_ms", cs_clock_ms(), &err);
	json_put_bool(c->out, "hub_online", api_online(c->api), &err);
	look_for_troubles(c);
	json_put(c->out, "hub_troubles", troubles(c->api, &err), &err);
	if (err == CS_OK)
		err = cs_desk_proposals_about(about, c->d, c->actor.id);
	json_put(c->out, "about_me", about, &err);
	cs_desk_policy_clear(&policy);
	return err;
}

enum cs_err
api_session_get(struct api_call *c)
{
	return api_session_show(c);
}

enum cs_err
api_sign_out(struct api_call *c)
{
	cs_wipe(c->session, sizeof *c->session);
	snprintf(c->answer->set_cookie, sizeof c->answer->set_cookie,
	    COOKIE "; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
	return CS_OK;
}

enum cs_err
api_lock(struct api_call *c)
{
	c->session->locked = true;
	return api_session_show(c);
}

/* ---- attempts ----------------------------------------------------------- */

bool
api_has_to_wait(struct api_call *c, const char *name, const char *peer)
{
	uint64_t left =
	    desk_attempts_wait(&c->api->attempts, name, peer, cs_clock_ms());

	if (left == 0)
		return false;
	c->answer->retry_after_s = (unsigned)(left / CS_SECOND_MS + 1);
	api_refuse(c, 429, "limit", "too-many-attempts",
	    "Too many attempts to sign in. Wait, then try again.");
	return true;
}

void
api_tried(
    struct api_call *c, const char *name, const char *peer, enum cs_err err)
{
	if (err == CS_OK)
		desk_attempts_passed(&c->api->attempts, name, peer);
	else if (err == CS_ERR_DENIED)
		desk_attempts_failed(
		    &c->api->attempts, name, peer, cs_clock_ms());
}

enum cs_err
api_password_again(struct api_call *c, const char *password)
{
	/* Counted for this session alone, so that nobody else can keep it
	 * locked. */
	const char *session = c->session->token;
	enum cs_err err;

	if (api_has_to_wait(c, session, ""))
		return CS_ERR_LIMIT;
	err = cs_desk_password_check(c->d, c->actor.id, cs_view_str(password));
	api_tried(c, session, "", err);
	if (err == CS_ERR_DENIED)
		api_refuse(c, 403, "denied", "password-wrong",
		    "That is not the password.");
	return err;
}

enum cs_err
api_sign_in(struct api_call *c)
{
	const char *name = json_get_str(c->in, "name");
	enum cs_err err;

	if (api_has_to_wait(c, name, c->rq->peer))
		return CS_ERR_LIMIT;
	err = cs_desk_sign_in(&c->actor, c->d, name,
	    cs_view_str(json_get_str(c->in, "password")),
	    json_get_str(c->in, "code"));
	api_tried(c, name, c->rq->peer, err);
	if (err == CS_ERR_DENIED) {
		api_refuse(c, 401, "signed-out", "sign-in-wrong",
		    "Not with this name, password and code. A code works "
		    "once.");
		return err;
	}
	if (err)
		return err;
	api_session_begin(c);
	return api_session_show(c);
}

enum cs_err
api_unlock(struct api_call *c)
{
	enum cs_err err =
	    api_password_again(c, json_get_str(c->in, "password"));

	if (err)
		return err;
	c->session->locked = false;
	c->session->used_ms = cs_clock_ms();
	return api_session_show(c);
}

/* ---- the first sign-in -------------------------------------------------- */

/* The rows of the QR code, of "0" and "1". */
static enum cs_err
add_qr(json_t *out, const char *uri)
{
	QRcode *qr = QRcode_encodeString(uri, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	json_t *rows = json_array();
	enum cs_err err = CS_OK;
	char row[200];

	if (qr == NULL || qr->width >= (int)sizeof row)
		err = CS_ERR_NOMEM;
	for (int y = 0; err == CS_OK && y < qr->width; y++) {
		for (int x = 0; x < qr->width; x++)
			row[x] = qr->data[y * qr->width + x] & 1 ? '1' : '0';
		row[qr->width] = '\0';
		json_push(rows, json_string(row), &err);
	}
	QRcode_free(qr);
	json_put(out, "qr", rows, &err);
	return err;
}

enum cs_err
api_welcome(struct api_call *c)
{
	struct cs_desk_welcome w;
	enum cs_err err = cs_desk_welcome(
	    &w, c->d, json_get_str(c->in, "code"), json_get_str(c->in, "word"));

	if (err == CS_OK) {
		json_put_str(c->out, "name", w.name, &err);
		json_put_str(c->out, "role", cs_desk_role_name(w.role), &err);
		json_put_str(c->out, "secret", w.secret, &err);
		json_put_str(c->out, "uri", w.uri, &err);
		if (err == CS_OK)
			err = add_qr(c->out, w.uri);
	}
	cs_wipe(&w, sizeof w);
	return err;
}

enum cs_err
api_welcome_finish(struct api_call *c)
{
	const struct cs_desk_codes codes = {
		.code = json_get_str(c->in, "code"),
		.word = json_get_str(c->in, "word"),
		.totp = json_get_str(c->in, "totp"),
	};
	enum cs_err err = cs_desk_welcome_finish(&c->actor, c->d, &codes,
	    cs_view_str(json_get_str(c->in, "password")));

	if (err)
		return err;
	api_session_begin(c);
	return api_session_show(c);
}
