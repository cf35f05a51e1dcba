/* SPDX-License-Identifier: MIT */
/* Challenges, and under which names there are passkeys.  Requests go to the
 * API as the server hands them on. */
#include "base/text.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "crypto/totp.h"
#include "desk/console/api.h"
#include "desk/console/api_passkey.h"
#include "desk/console/call.h"
#include "desk/core/actor.h"
#include "desk/core/json.h"
#include "desk/people/attempts.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"
#include "net/web.h"
#include "store/clock.h"
#include "unit/desk/passkey_home.h"

#define HOST "desk.example:7744"
#define MINUTE_MS 60000u

/* The API, and one browser. */
struct console {
	struct world w;
	struct cs_desk_api *api;
	const char *host;
	char cookie[128], csrf[64];
};

static void
console_init(struct console *c)
{
	const struct cs_desk_api_options options = { .name = SITE,
		.tls = true,
		.idle_ms = 10 * MINUTE_MS,
		.life_ms = 60 * MINUTE_MS };

	memset(c, 0, sizeof *c);
	world_init(&c->w);
	assert_ok(cs_desk_api_new(&c->api, c->w.d, &options));
	cs_desk_api_listens(c->api, "127.0.0.1", 7744);
	c->host = HOST;
}

static void
console_clear(struct console *c)
{
	cs_desk_api_free(c->api);
	world_clear(&c->w);
}

/* Make a request; returns the status.  ${body} is taken, ${*out} is the
 * answer. */
static int
ask(json_t **out, struct console *c, const char *method, const char *path,
    json_t *body)
{
	struct cs_web_answer answer = { 0 };
	struct cs_web_request rq = { .method = method };
	struct cs_buf text = { 0 };
	char whole[128];

	snprintf(whole, sizeof whole, "/api/v1%s", path);
	rq.path = whole;
	snprintf(rq.host, sizeof rq.host, "%s", c->host);
	snprintf(rq.cookie, sizeof rq.cookie, "%s", c->cookie);
	snprintf(rq.csrf, sizeof rq.csrf, "%s", c->csrf);
	if (body != NULL)
		assert_ok(json_text(&text, body));
	rq.body = cs_buf_view(&text);
	cs_desk_api_handle(c->api, &rq, &answer);
	*out = json_loadb(
	    (const char *)answer.body.data, answer.body.len, 0, NULL);
	if (answer.set_cookie[0] != '\0')
		snprintf(c->cookie, sizeof c->cookie, "%.*s",
		    (int)strcspn(answer.set_cookie, ";"), answer.set_cookie);
	if (json_get_str(*out, "csrf")[0] != '\0')
		snprintf(
		    c->csrf, sizeof c->csrf, "%s", json_get_str(*out, "csrf"));
	json_decref(body);
	cs_buf_free(&text);
	cs_buf_free(&answer.body);
	return answer.status;
}

/* The same if only the status matters. */
static int
status_of(struct console *c, const char *method, const char *path, json_t *body)
{
	json_t *out;
	int status = ask(&out, c, method, path, body);

	json_decref(out);
	return status;
}

/* Somebody signs in for the first time. */
static void
first_sign_in(struct console *c, const char *name)
{
	char welcome[CS_DESK_WELCOME_SIZE], code[8];
	uint8_t secret[CS_TOTP_SECRET_LEN];
	uint32_t number;
	uint64_t id;
	json_t *out;

	c->cookie[0] = c->csrf[0] = '\0';
	assert_ok(cs_desk_person_add(
	    c->w.d, &cs_desk_operator, name, CS_DESK_REVIEWER, &id, welcome));
	assert_int_equal(ask(&out, c, "POST", "/welcome",
			     json_pack("{s:s}", "code", welcome)),
	    200);
	secret_of(secret, json_get_str(out, "secret"));
	json_decref(out);
	assert_ok(
	    cs_totp_code(&number, secret, cs_clock_ms() / CS_TOTP_PERIOD_MS));
	snprintf(code, sizeof code, "%06u", (unsigned)number);
	assert_int_equal(status_of(c, "POST", "/welcome/finish",
			     json_pack("{s:s,s:s,s:s}", "code", welcome,
				 "password", PASSWORD, "totp", code)),
	    200);
}

/* ---- what a browser does ------------------------------------------------ */

static void
set_b64(json_t *o, const char *key, struct cs_view v)
{
	char text[CS_BASE64URL_SIZE(4096)];
	enum cs_err err = CS_OK;

	cs_base64url(text, v);
	json_put_str(o, key, text, &err);
	assert_ok(err);
}

static void
unb64(uint8_t out[static 32], const json_t *o, const char *key)
{
	assert_ok(cs_unbase64url(out, 32, json_get_str(o, key), 43));
}

/* The body that adds ${a}, for the challenge in ${asked}. */
static json_t *
made(struct authenticator *a, const json_t *asked)
{
	struct cs_buf client = { 0 }, object = { 0 };
	uint8_t bytes[32];
	json_t *body = json_pack("{s:s,s:s}", "name", "phone", "challenge",
	    json_get_str(asked, "challenge"));

	unb64(bytes, asked, "challenge");
	if (json_get_str(asked, "handle")[0] != '\0')
		unb64(a->handle, asked, "handle");
	client_data(&client, "webauthn.create", bytes, ORIGIN, "");
	attestation(&object, a);
	set_b64(body, "client_data", cs_buf_view(&client));
	set_b64(body, "attestation", cs_buf_view(&object));
	cs_buf_free(&client);
	cs_buf_free(&object);
	return body;
}

/* The body that signs in with ${a}. */
static json_t *
used(const struct authenticator *a, const json_t *asked)
{
	struct cs_buf client = { 0 }, data = { 0 }, signature = { 0 };
	json_t *body =
	    json_pack("{s:s}", "challenge", json_get_str(asked, "challenge"));
	uint8_t bytes[32];

	unb64(bytes, asked, "challenge");
	client_data(&client, "webauthn.get", bytes, ORIGIN, "");
	authenticator_data(&data, a, false);
	sign(&signature, a->key, cs_buf_view(&data), cs_buf_view(&client));
	set_b64(body, "id", CS_VIEW_OF(a->id));
	set_b64(body, "handle", CS_VIEW_OF(a->handle));
	set_b64(body, "client_data", cs_buf_view(&client));
	set_b64(body, "data", cs_buf_view(&data));
	set_b64(body, "signature", cs_buf_view(&signature));
	cs_buf_free(&client);
	cs_buf_free(&data);
	cs_buf_free(&signature);
	return body;
}

static json_t *
asked_at(struct console *c, const char *path)
{
	json_t *out;

	assert_int_equal(ask(&out, c, "POST", path,
			     json_pack("{s:s}", "password", PASSWORD)),
	    200);
	return out;
}

static void
add(struct console *c, struct authenticator *a)
{
	json_t *asked = asked_at(c, "/passkeys/challenge");

	assert_int_equal(
	    status_of(c, "POST", "/passkeys", made(a, asked)), 200);
	json_decref(asked);
}

#define ASK "/session/passkey/challenge"
#define SIGN_IN "/session/passkey"
#define UNLOCK_ASK "/session/unlock/passkey/challenge"
#define UNLOCK "/session/unlock/passkey"

/* ---- tests -------------------------------------------------------------- */

static void
test_once(void **state)
{
	struct authenticator a;
	struct console c;
	json_t *asked, *out;

	(void)state;
	console_init(&c);
	authenticator_init(&a, CS_ECDSA_P256);
	first_sign_in(&c, "anna");
	add(&c, &a);
	c.cookie[0] = c.csrf[0] = '\0';
	asked = asked_at(&c, ASK);
	assert_string_equal(json_get_str(asked, "rp_id"), SITE);
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, asked)), 200);
	assert_int_equal(status_of(&c, "GET", "/passkeys", NULL), 200);
	/* The same answer again, as if from a log. */
	c.cookie[0] = c.csrf[0] = '\0';
	assert_int_equal(ask(&out, &c, "POST", SIGN_IN, used(&a, asked)), 401);
	assert_string_equal(
	    json_get_str(json_object_get(out, "error"), "code"), "expired");
	json_decref(out);
	json_decref(asked);
	/* A challenge that failed signs nobody in. */
	asked = asked_at(&c, ASK);
	a.flags = DESK_PASSKEY_UP;
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, asked)), 401);
	a.flags |= DESK_PASSKEY_UV;
	assert_int_equal(c.cookie[0], '\0');
	json_decref(asked);
	/* A challenge that the desk never gave. */
	asked = json_pack("{s:s}", "challenge",
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, asked)), 401);
	json_decref(asked);
	authenticator_clear(&a);
	console_clear(&c);
}

/* What comes of an answer to a challenge given at that time. */
static int
sign_in_asked(struct console *c, struct authenticator *a, uint64_t at_ms)
{
	uint8_t bytes[DESK_PASSKEY_CHALLENGE_LEN];
	json_t *asked = asked_at(c, ASK);
	char text[64];
	int status;

	assert_ok(api_challenge_make(bytes, c->api, at_ms));
	cs_base64url(text, CS_VIEW_OF(bytes));
	assert_int_equal(
	    json_object_set_new(asked, "challenge", json_string(text)), 0);
	status = status_of(c, "POST", SIGN_IN, used(a, asked));
	json_decref(asked);
	return status;
}

static void
test_in_time(void **state)
{
	struct authenticator a;
	struct console c;
	json_t *asked;
	uint64_t now;

	(void)state;
	console_init(&c);
	authenticator_init(&a, CS_ECDSA_P256);
	first_sign_in(&c, "anna");
	add(&c, &a);
	now = cs_clock_ms();
	assert_int_equal(sign_in_asked(&c, &a, now - 5 * MINUTE_MS - 1), 401);
	assert_int_equal(sign_in_asked(&c, &a, now + 5 * MINUTE_MS), 401);
	assert_int_equal(sign_in_asked(&c, &a, now - 4 * MINUTE_MS), 200);
	/* Let time pass for the desk: what it wrote down goes back. */
	asked = asked_at(&c, "/passkeys/challenge");
	c.api->sessions[1].adding.made_ms -= 5 * MINUTE_MS + 1000;
	a.id[0]++;
	assert_int_equal(
	    status_of(&c, "POST", "/passkeys", made(&a, asked)), 403);
	json_decref(asked);
	authenticator_clear(&a);
	console_clear(&c);
}

/* A challenge is good only for its purpose and its person. */
static void
test_for_one_purpose(void **state)
{
	struct authenticator a, b;
	struct console c;
	char cookie[128], csrf[64];
	json_t *asked, *unlock;

	(void)state;
	console_init(&c);
	authenticator_init(&a, CS_ECDSA_P256);
	authenticator_init(&b, CS_ED25519);
	first_sign_in(&c, "anna");
	add(&c, &a);
	memcpy(cookie, c.cookie, sizeof cookie);
	memcpy(csrf, c.csrf, sizeof csrf);
	first_sign_in(&c, "ben");
	add(&c, &b);
	/* To sign in, to add, to unlock. */
	asked = asked_at(&c, ASK);
	assert_int_equal(status_of(&c, "POST", UNLOCK, used(&b, asked)), 403);
	json_decref(asked);
	unlock = asked_at(&c, UNLOCK_ASK);
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&b, unlock)), 401);
	b.id[0]++;
	assert_int_equal(
	    status_of(&c, "POST", "/passkeys", made(&b, unlock)), 403);
	b.id[0]--;
	/* Only one's own passkey unlocks a session. */
	assert_int_equal(status_of(&c, "POST", "/session/lock", NULL), 200);
	assert_int_equal(status_of(&c, "GET", "/passkeys", NULL), 423);
	assert_int_equal(status_of(&c, "POST", UNLOCK, used(&a, unlock)), 403);
	json_decref(unlock);
	assert_int_equal(status_of(&c, "POST", "/passkeys/challenge",
			     json_pack("{s:s}", "password", PASSWORD)),
	    423);
	unlock = asked_at(&c, UNLOCK_ASK);
	assert_int_equal(status_of(&c, "POST", UNLOCK, used(&b, unlock)), 200);
	json_decref(unlock);
	assert_int_equal(status_of(&c, "GET", "/passkeys", NULL), 200);
	/* Anna cannot answer ben's challenge. */
	asked = asked_at(&c, "/passkeys/challenge");
	memcpy(c.cookie, cookie, sizeof cookie);
	memcpy(c.csrf, csrf, sizeof csrf);
	a.id[0]++;
	assert_int_equal(
	    status_of(&c, "POST", "/passkeys", made(&a, asked)), 403);
	json_decref(asked);
	/* A passkey is not added without the password. */
	assert_int_equal(status_of(&c, "POST", "/passkeys/challenge",
			     json_pack("{s:s}", "password", "guess")),
	    403);
	authenticator_clear(&a);
	authenticator_clear(&b);
	console_clear(&c);
}

/* A challenge stays good however often others ask; and once used, it stays
 * used however many others sign in. */
static void
test_many(void **state)
{
	struct authenticator a;
	struct console c;
	json_t *first, *bad;
	char text[64];

	(void)state;
	console_init(&c);
	authenticator_init(&a, CS_ECDSA_P256);
	first_sign_in(&c, "anna");
	add(&c, &a);
	first = asked_at(&c, ASK);
	for (size_t i = 0; i < 1000; i++)
		json_decref(asked_at(&c, ASK));
	/* No bit of it can be changed. */
	for (size_t i = 0; i < 43; i++) {
		bad = json_deep_copy(first);
		snprintf(
		    text, sizeof text, "%s", json_get_str(bad, "challenge"));
		text[i] = text[i] == 'A' ? 'Q' : 'A';
		assert_int_equal(
		    json_object_set_new(bad, "challenge", json_string(text)),
		    0);
		assert_int_equal(
		    status_of(&c, "POST", SIGN_IN, used(&a, bad)), 401);
		json_decref(bad);
	}
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, first)), 200);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(sign_in_asked(&c, &a, cs_clock_ms()), 200);
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, first)), 401);
	json_decref(first);
	authenticator_clear(&a);
	console_clear(&c);
}

static void
test_attempts(void **state)
{
	struct authenticator a, b;
	struct console c;
	json_t *asked;

	(void)state;
	console_init(&c);
	authenticator_init(&a, CS_ECDSA_P256);
	authenticator_init(&b, CS_ED25519);
	first_sign_in(&c, "anna");
	add(&c, &a);
	first_sign_in(&c, "ben");
	add(&c, &b);
	c.cookie[0] = c.csrf[0] = '\0';
	a.flags = DESK_PASSKEY_UP;
	for (int i = 0; i < DESK_ATTEMPTS_FREE; i++) {
		asked = asked_at(&c, ASK);
		assert_int_equal(
		    status_of(&c, "POST", SIGN_IN, used(&a, asked)), 401);
		json_decref(asked);
	}
	a.flags |= DESK_PASSKEY_UV;
	asked = asked_at(&c, ASK);
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, asked)), 429);
	json_decref(asked);
	/* Others sign in, and anna does once she has waited. */
	asked = asked_at(&c, ASK);
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&b, asked)), 200);
	json_decref(asked);
	for (size_t i = 0; i < DESK_ATTEMPTS; i++)
		c.api->attempts.counters[i].next_ms = 0;
	asked = asked_at(&c, ASK);
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, asked)), 200);
	json_decref(asked);
	authenticator_clear(&a);
	authenticator_clear(&b);
	console_clear(&c);
}

/* A console without a name has no passkeys; and each name has its own. */
static void
test_places(void **state)
{
	struct authenticator a;
	struct console c;
	json_t *asked;

	(void)state;
	console_init(&c);
	authenticator_init(&a, CS_ECDSA_P256);
	first_sign_in(&c, "anna");
	add(&c, &a);
	c.host = "127.0.0.1:7744";
	assert_int_equal(status_of(&c, "POST", ASK, NULL), 422);
	assert_int_equal(status_of(&c, "POST", "/passkeys/challenge",
			     json_pack("{s:s}", "password", PASSWORD)),
	    422);
	c.host = "evil.example:7744";
	assert_int_equal(status_of(&c, "POST", ASK, NULL), 421);
	/* Asked under one name, answered under another. */
	c.host = "localhost:7744";
	asked = asked_at(&c, ASK);
	assert_string_equal(json_get_str(asked, "rp_id"), "localhost");
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, asked)), 401);
	json_decref(asked);
	c.host = HOST;
	asked = asked_at(&c, ASK);
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, asked)), 200);
	json_decref(asked);
	authenticator_clear(&a);
	console_clear(&c);
}

/* The origin leaves out the usual port, as browsers do. */
static void
test_usual_port(void **state)
{
	struct console c;

	(void)state;
	console_init(&c);
	cs_desk_api_listens(c.api, "127.0.0.1", 443);
	assert_string_equal(c.api->address, "https://" SITE "/");
	assert_int_equal(status_of(&c, "POST", ASK, NULL), 421);
	c.host = SITE;
	assert_int_equal(status_of(&c, "POST", ASK, NULL), 200);
	c.host = "localhost";
	assert_int_equal(status_of(&c, "POST", ASK, NULL), 200);
	console_clear(&c);
}

/* Bodies that are no answer. */
static void
test_malformed(void **state)
{
	static const char *const keys[] = { "challenge", "id", "handle",
		"client_data", "data", "signature" };
	char long_text[4096];
	struct authenticator a;
	struct console c;
	json_t *asked;

	(void)state;
	console_init(&c);
	authenticator_init(&a, CS_ECDSA_P256);
	first_sign_in(&c, "anna");
	add(&c, &a);
	memset(long_text, 'A', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	asked = asked_at(&c, ASK);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *const bad[] = { "!", "A", "====", long_text };

		for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
			json_t *body = used(&a, asked);

			json_object_set_new(body, keys[i], json_string(bad[k]));
			assert_int_equal(
			    status_of(&c, "POST", SIGN_IN, body), 400);
		}
	}
	assert_int_equal(status_of(&c, "POST", SIGN_IN, NULL), 400);
	assert_int_equal(status_of(&c, "POST", "/passkeys", NULL), 400);
	assert_int_equal(status_of(&c, "DELETE", "/passkeys/x", NULL), 404);
	/* None of these has used up the challenge. */
	assert_int_equal(status_of(&c, "POST", SIGN_IN, used(&a, asked)), 200);
	json_decref(asked);
	authenticator_clear(&a);
	console_clear(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_in_time),
		cmocka_unit_test(test_for_one_purpose),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_usual_port),
		cmocka_unit_test(test_malformed),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
