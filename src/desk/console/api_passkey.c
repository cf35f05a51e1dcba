/* SPDX-License-Identifier: MIT */
/* Passkeys over HTTP: each time first what is to be signed, then the answer. */
#include "desk/console/api_passkey.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/suite.h"
#include "desk/console/api_session.h"
#include "desk/console/call.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/core/problem.h"
#include "desk/people/passkey.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"
#include "desk/show/people.h"
#include "net/web.h"
#include "store/clock.h"

/* ---- challenges --------------------------------------------------------- */

/* Is it the challenge that was given, and in time?  That uses it up. */
static bool
challenge_take(struct api_challenge *ch, const uint8_t *answered)
{
	bool good = ch->made_ms != 0 &&
	    cs_clock_ms() - ch->made_ms <= API_CHALLENGE_MS &&
	    cs_equal_ct(ch->bytes, answered, sizeof ch->bytes);

	cs_wipe(ch, sizeof *ch);
	return good;
}

#define STAMP_LEN 16 /* of the challenge: time and random number */

static enum cs_err
challenge_mac(uint8_t out[static CS_SHA256_LEN], const struct cs_desk_api *api,
    const uint8_t *stamp)
{
	const struct cs_view parts[] = {
		cs_view_str("countersign/desk/passkey/v1"),
		cs_view(stamp, STAMP_LEN),
	};

	return cs_hmac_parts(
	    out, CS_SHA256, CS_VIEW_OF(api->challenge_key), parts, 2);
}

enum cs_err
api_challenge_make(uint8_t out[static DESK_PASSKEY_CHALLENGE_LEN],
    const struct cs_desk_api *api, uint64_t now_ms)
{
	uint8_t mac[CS_SHA256_LEN];
	enum cs_err err;

	cs_put_u64(out, now_ms);
	cs_random(out + 8, STAMP_LEN - 8);
	if ((err = challenge_mac(mac, api, out)) == CS_OK)
		memcpy(out + STAMP_LEN, mac,
		    DESK_PASSKEY_CHALLENGE_LEN - STAMP_LEN);
	return err;
}

/* Is it ours, in time, and not used for a sign-in yet? */
static bool
sign_in_challenge_good(const struct cs_desk_api *api, const uint8_t *answered)
{
	uint64_t made_ms = 0, now_ms = cs_clock_ms();
	uint8_t mac[CS_SHA256_LEN];

	for (size_t i = 0; i < 8; i++)
		made_ms = made_ms << 8 | answered[i];
	if (challenge_mac(mac, api, answered) != CS_OK ||
	    !cs_equal_ct(mac, answered + STAMP_LEN,
		DESK_PASSKEY_CHALLENGE_LEN - STAMP_LEN) ||
	    now_ms < made_ms || now_ms - made_ms > API_CHALLENGE_MS)
		return false;
	for (size_t i = 0; i < API_CHALLENGES_USED_MAX; i++)
		if (cs_equal_ct(api->used[i].bytes, answered,
			DESK_PASSKEY_CHALLENGE_LEN))
			return false;
	return true;
}

static void
sign_in_challenge_use(struct cs_desk_api *api, const uint8_t *answered)
{
	struct api_challenge *oldest = &api->used[0];

	for (size_t i = 1; i < API_CHALLENGES_USED_MAX; i++)
		if (api->used[i].made_ms < oldest->made_ms)
			oldest = &api->used[i];
	memcpy(oldest->bytes, answered, sizeof oldest->bytes);
	oldest->made_ms = cs_clock_ms();
}

/* ---- where it is -------------------------------------------------------- */

/* The names that a browser has for where it got this page. */
struct site {
	char rp_id[CS_WEB_HEADER_MAX], origin[CS_WEB_HEADER_MAX + 16];
};

/* The Host header is one of ours: that was checked first. */
static enum cs_err
site_of(struct site *s, const struct api_call *c)
{
	const char *host = c->rq->host;

	snprintf(
	    s->rp_id, sizeof s->rp_id, "%.*s", (int)strcspn(host, ":"), host);
	snprintf(s->origin, sizeof s->origin, "%s://%s",
	    c->api->options.tls ? "https" : "http", host);
	/* WebAuthn, section 5.1.2: a site is a domain, and no address. */
	return strspn(s->rp_id, "0123456789.") != strlen(s->rp_id)
	    ? CS_OK
	    : desk_problem(c->d, CS_ERR_MISUSE, "passkey-host",
		  "Passkeys work where the console has a name, such as "
		  "localhost, and not at %.64s.",
		  s->rp_id);
}

/* Put this challenge into the answer. */
static enum cs_err
show_challenge(
    struct api_call *c, const uint8_t bytes[static DESK_PASSKEY_CHALLENGE_LEN])
{
	char text[CS_BASE64URL_SIZE(DESK_PASSKEY_CHALLENGE_LEN)];
	enum cs_err err = CS_OK;
	struct site site;

	if ((err = site_of(&site, c)))
		return err;
	cs_base64url(text, cs_view(bytes, DESK_PASSKEY_CHALLENGE_LEN));
	json_put_str(c->out, "challenge", text, &err);
	json_put_str(c->out, "rp_id", site.rp_id, &err);
	json_put_num(c->out, "timeout_ms", API_CHALLENGE_MS, &err);
	return err;
}

/* Make a challenge, put it into the answer and keep it at ${ch}. */
static enum cs_err
give_challenge(struct api_call *c, struct api_challenge *ch)
{
	cs_random(ch->bytes, sizeof ch->bytes);
	ch->made_ms = cs_clock_ms();
	return show_challenge(c, ch->bytes);
}

/* ---- what comes back ---------------------------------------------------- */

/* Read base64url of at most ${max} bytes. */
static enum cs_err
read_bytes(struct cs_buf *out, const json_t *in, const char *key, size_t max)
{
	const char *text = json_get_str(in, key);
	size_t len = strlen(text), n = len / 4 * 3 + len % 4 * 3 / 4;
	uint8_t *bytes;
	enum cs_err err;

	if (n > max)
		return CS_ERR_FORMAT;
	if ((err = cs_buf_extend(out, n, &bytes)))
		return err;
	return cs_unbase64url(bytes, n, text, len);
}

/* One answer of a browser, decoded. */
struct answer {
	struct site site;
	struct cs_buf challenge, id, handle, client_data, data, signature,
	    attestation;
};

static void
answer_clear(struct answer *a)
{
	cs_buf_free(&a->challenge);
	cs_buf_free(&a->id);
	cs_buf_free(&a->handle);
	cs_buf_free(&a->client_data);
	cs_buf_free(&a->data);
	cs_buf_free(&a->signature);
	cs_buf_free(&a->attestation);
}

/* Read what every answer of a browser has. */
static enum cs_err
answer_begin(struct answer *a, const struct api_call *c)
{
	enum cs_err err;

	memset(a, 0, sizeof *a);
	if ((err = site_of(&a->site, c)) ||
	    (err = read_bytes(&a->challenge, c->in, "challenge",
		 DESK_PASSKEY_CHALLENGE_LEN)) ||
	    (err = read_bytes(&a->client_data, c->in, "client_data",
		 DESK_PASSKEY_CLIENT_DATA_MAX)))
		return err;
	return a->challenge.len == DESK_PASSKEY_CHALLENGE_LEN ? CS_OK
							      : CS_ERR_FORMAT;
}

static enum cs_err
answer_read_used(struct answer *a, const struct api_call *c)
{
	enum cs_err err;

	if ((err = answer_begin(a, c)) ||
	    (err = read_bytes(&a->id, c->in, "id", DESK_PASSKEY_ID_MAX)) ||
	    (err = read_bytes(
		 &a->handle, c->in, "handle", CS_DESK_HANDLE_LEN)) ||
	    (err = read_bytes(&a->data, c->in, "data", DESK_PASSKEY_DATA_MAX)))
		return err;
	return read_bytes(
	    &a->signature, c->in, "signature", DESK_PASSKEY_SIGNATURE_MAX);
}

static struct desk_passkey_wanted
wanted(const struct answer *a)
{
	return (struct desk_passkey_wanted){
		.rp_id = a->site.rp_id,
		.origin = a->site.origin,
		.challenge = a->challenge.data,
	};
}

static struct cs_desk_passkey_answer
used(const struct answer *a)
{
	return (struct cs_desk_passkey_answer){
		.id = cs_buf_view(&a->id),
		.handle = cs_buf_view(&a->handle),
		.client_data = cs_buf_view(&a->client_data),
		.data = cs_buf_view(&a->data),
		.signature = cs_buf_view(&a->signature),
	};
}

#define TOO_LATE                                                               \
	"passkey-late", "That took too long, or was answered before. Try again."
#define NOT_WITH_IT "passkey-wrong", "Not with this passkey, or not any more."

/* ---- signing in --------------------------------------------------------- */

enum cs_err
api_passkey_ask(struct api_call *c)
{
	uint8_t challenge[DESK_PASSKEY_CHALLENGE_LEN];
	enum cs_err err = api_challenge_make(challenge, c->api, cs_clock_ms());

	return err ? err : show_challenge(c, challenge);
}

#define COUNTED_SIZE (sizeof "passkey of " + CS_DESK_NAME_MAX)

/* The name under which this person's attempts with passkeys are counted,
 * apart from those with passwords. */
static enum cs_err
counted_as(char out[static COUNTED_SIZE], struct api_call *c, struct cs_view id)
{
	struct cs_desk_actor actor;
	uint64_t person;
	enum cs_err err;

	if ((err = cs_desk_passkey_owner(&person, c->d, id)) == CS_OK &&
	    (err = cs_desk_person(&actor, c->d, person)) == CS_OK)
		snprintf(out, COUNTED_SIZE, "passkey of %s", actor.name);
	return err;
}

/* Sign in, or unlock the session if there is one, with ${a}. */
static enum cs_err
enter(struct api_call *c, const struct answer *a)
{
	const struct desk_passkey_wanted want = wanted(a);
	const struct cs_desk_passkey_answer answer = used(a);
	char name[COUNTED_SIZE];
	enum cs_err err;

	if ((err = counted_as(name, c, answer.id)))
		return err;
	if (api_has_to_wait(c, name, c->rq->peer))
		return CS_ERR_LIMIT;
	err = c->session != NULL
	    ? cs_desk_passkey_unlock(c->d, &c->actor, &want, &answer)
	    : cs_desk_passkey_sign_in(&c->actor, c->d, &want, &answer);
	api_tried(c, name, c->rq->peer, err);
	return err;
}

enum cs_err
api_passkey_sign_in(struct api_call *c)
{
	struct answer a;
	enum cs_err err = answer_read_used(&a, c);

	/* Somebody who is signed in already gets a new session. */
	c->session = NULL;
	if (err == CS_OK && !sign_in_challenge_good(c->api, a.challenge.data)) {
		api_refuse(c, 401, "expired", TOO_LATE);
		err = CS_ERR_DENIED;
	} else if (err == CS_OK && (err = enter(c, &a)) == CS_ERR_DENIED) {
		api_refuse(c, 401, "signed-out", NOT_WITH_IT);
	}
	if (err == CS_OK)
		sign_in_challenge_use(c->api, a.challenge.data);
	answer_clear(&a);
	if (err)
		return err;
	api_session_begin(c);
	return api_session_show(c);
}

enum cs_err
api_passkey_unlock_ask(struct api_call *c)
{
	return give_challenge(c, &c->session->unlocking);
}

enum cs_err
api_passkey_unlock(struct api_call *c)
{
	struct answer a;
	enum cs_err err = answer_read_used(&a, c);

	if (err == CS_OK &&
	    !challenge_take(&c->session->unlocking, a.challenge.data))
		err = desk_problem(c->d, CS_ERR_DENIED, TOO_LATE);
	else if (err == CS_OK && (err = enter(c, &a)) == CS_ERR_DENIED)
		err = desk_problem(c->d, err, NOT_WITH_IT);
	answer_clear(&a);
	if (err)
		return err;
	c->session->locked = false;
	c->session->used_ms = cs_clock_ms();
	return api_session_show(c);
}

/* ---- one's own ---------------------------------------------------------- */

enum cs_err
api_passkeys(struct api_call *c)
{
	json_t *items = json_array();
	enum cs_err err = cs_desk_passkeys(items, c->d, &c->actor);

	json_put(c->out, "items", items, &err);
	json_put_num(c->out, "max", CS_DESK_PASSKEYS_MAX, &err);
	return err;
}

enum cs_err
api_passkey_add_ask(struct api_call *c)
{
	char text[CS_BASE64URL_SIZE(CS_DESK_HANDLE_LEN)];
	uint8_t handle[CS_DESK_HANDLE_LEN];
	enum cs_err err;

	if ((err = api_password_again(c, json_get_str(c->in, "password"))) ||
	    (err = cs_desk_passkey_prepare(handle, c->d, &c->actor)))
		return err;
	cs_base64url(text, CS_VIEW_OF(handle));
	json_put_str(c->out, "handle", text, &err);
	json_put_str(c->out, "name", c->actor.name, &err);
	if (err == CS_OK && (err = give_challenge(c, &c->session->adding)))
		return err;
	return err ? err : api_passkeys(c);
}

enum cs_err
api_passkey_add(struct api_call *c)
{
	struct desk_passkey_wanted want;
	struct answer a;
	enum cs_err err = answer_begin(&a, c);

	if (err == CS_OK)
		err = read_bytes(&a.attestation, c->in, "attestation",
		    DESK_PASSKEY_ATTESTATION_MAX);
	if (err == CS_OK &&
	    !challenge_take(&c->session->adding, a.challenge.data))
		err = desk_problem(c->d, CS_ERR_DENIED, TOO_LATE);
	want = wanted(&a);
	if (err == CS_OK)
		err = cs_desk_passkey_add(c->d, &c->actor,
		    json_get_str(c->in, "name"), &want,
		    cs_buf_view(&a.client_data), cs_buf_view(&a.attestation));
	answer_clear(&a);
	return err ? err : api_passkeys(c);
}

enum cs_err
api_passkey_remove(struct api_call *c)
{
	return cs_desk_passkey_remove(c->d, &c->actor, api_id(c));
}
