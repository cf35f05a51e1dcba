/* SPDX-License-Identifier: MIT */
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/signer.h"
#include "crypto/suite.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/text.h"
#include "desk/people/passkey.h"
#include "desk/people/passkey_check.h"
#include "desk/people/people.h"
#include "desk/people/sign_in.h"
#include "desk/show/people.h"
#include "store/db.h"
#include "unit/desk/passkey_home.h"
#include "wire/messages.h"

/* ---- making and removing ------------------------------------------------ */

static enum cs_err
add(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct authenticator *a, const char *name)
{
	struct cs_buf client = { 0 }, object = { 0 };
	enum cs_err err = cs_desk_passkey_prepare(a->handle, d, actor);

	client_data(&client, "webauthn.create", challenge, ORIGIN, "");
	attestation(&object, a);
	if (err == CS_OK)
		err = cs_desk_passkey_add(d, actor, name, &site,
		    cs_buf_view(&client), cs_buf_view(&object));
	cs_buf_free(&client);
	cs_buf_free(&object);
	return err;
}

static json_t *
list(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	json_t *items = json_array();

	assert_ok(cs_desk_passkeys(items, d, actor));
	return items;
}

static size_t
count(struct cs_desk *d, const struct cs_desk_actor *actor)
{
	json_t *items = list(d, actor);
	size_t n = json_array_size(items);

	json_decref(items);
	return n;
}

/* The number of the ${i}th of ${actor}. */
static uint64_t
number(struct cs_desk *d, const struct cs_desk_actor *actor, size_t i)
{
	json_t *items = list(d, actor);
	uint64_t id =
	    desk_id_parse(json_get_str(json_array_get(items, i), "id"));

	json_decref(items);
	return id;
}

static void
test_add(void **state)
{
	struct cs_desk_actor anna, ben;
	uint8_t handle[CS_DESK_HANDLE_LEN], again[CS_DESK_HANDLE_LEN];
	struct authenticator a;
	char name[CS_DESK_PASSKEY_NAME_MAX + 2] = "";
	json_t *items;
	struct world w;

	(void)state;
	world_init(&w);
	anna = person_new(w.d, "anna");
	ben = person_new(w.d, "ben");
	assert_ok(cs_desk_passkey_prepare(handle, w.d, &anna));
	assert_ok(cs_desk_passkey_prepare(again, w.d, &anna));
	assert_memory_equal(handle, again, sizeof handle);
	assert_ok(cs_desk_passkey_prepare(again, w.d, &ben));
	assert_memory_not_equal(handle, again, sizeof handle);

	authenticator_init(&a, CS_ECDSA_P256);
	assert_err(add(w.d, &anna, &a, ""), CS_ERR_FORMAT);
	memset(name, 'x', CS_DESK_PASSKEY_NAME_MAX + 1);
	assert_err(add(w.d, &anna, &a, name), CS_ERR_FORMAT);
	a.flags = DESK_PASSKEY_UP;
	assert_err(add(w.d, &anna, &a, "phone"), CS_ERR_FORMAT);
	assert_int_equal(count(w.d, &anna), 0);
	a.flags |= DESK_PASSKEY_UV;
	assert_ok(add(w.d, &anna, &a, "phone"));
	assert_string_equal(last_event(w.d), "passkey-added");
	/* The same passkey is not added twice, for anybody. */
	assert_err(add(w.d, &anna, &a, "phone"), CS_ERR_EXISTS);
	assert_err(add(w.d, &ben, &a, "phone"), CS_ERR_EXISTS);
	items = list(w.d, &anna);
	assert_int_equal(json_array_size(items), 1);
	assert_string_equal(
	    json_get_str(json_array_get(items, 0), "name"), "phone");
	assert_int_equal(json_get_num(json_array_get(items, 0), "used_ms"), 0);
	json_decref(items);
	/* No more than the limit. */
	for (size_t i = 1; i < CS_DESK_PASSKEYS_MAX; i++) {
		a.id[0]++;
		assert_ok(add(w.d, &anna, &a, "another"));
	}
	a.id[0]++;
	assert_err(add(w.d, &anna, &a, "one too many"), CS_ERR_MISUSE);
	assert_ok(add(w.d, &ben, &a, "of ben"));
	/* Nobody removes somebody else's. */
	assert_err(cs_desk_passkey_remove(w.d, &anna, number(w.d, &ben, 0)),
	    CS_ERR_NOT_FOUND);
	assert_err(cs_desk_passkey_remove(w.d, &anna, 1000), CS_ERR_NOT_FOUND);
	assert_ok(cs_desk_passkey_remove(w.d, &anna, number(w.d, &anna, 3)));
	assert_string_equal(last_event(w.d), "passkey-removed");
	assert_int_equal(count(w.d, &anna), CS_DESK_PASSKEYS_MAX - 1);
	assert_int_equal(count(w.d, &ben), 1);
	authenticator_clear(&a);
	world_clear(&w);
}

/* ---- signing in --------------------------------------------------------- */

struct said {
	struct cs_buf client, data, signature;
	struct cs_desk_passkey_answer answer;
};

static void
said_init(struct said *s, const struct authenticator *a)
{
	memset(s, 0, sizeof *s);
	client_data(&s->client, "webauthn.get", challenge, ORIGIN, "");
	authenticator_data(&s->data, a, false);
	sign(&s->signature, a->key, cs_buf_view(&s->data),
	    cs_buf_view(&s->client));
	s->answer = (struct cs_desk_passkey_answer){
		.id = CS_VIEW_OF(a->id),
		.handle = CS_VIEW_OF(a->handle),
		.client_data = cs_buf_view(&s->client),
		.data = cs_buf_view(&s->data),
		.signature = cs_buf_view(&s->signature),
	};
}

static void
said_clear(struct said *s)
{
	cs_buf_free(&s->client);
	cs_buf_free(&s->data);
	cs_buf_free(&s->signature);
}

/* Use it at ${where}, as anybody, or to unlock the session of ${only}. */
static enum cs_err
sign_in_at(struct cs_desk *d, const struct authenticator *a,
    const struct cs_desk_actor *only, const struct desk_passkey_wanted *where)
{
	struct cs_desk_actor actor = { 0 };
	struct said s;
	enum cs_err err;

	said_init(&s, a);
	err = only != NULL
	    ? cs_desk_passkey_unlock(d, only, where, &s.answer)
	    : cs_desk_passkey_sign_in(&actor, d, where, &s.answer);
	said_clear(&s);
	assert_false(cs_db_in_transaction(d->db));
	if (err == CS_OK && only == NULL)
		assert_string_equal(actor.name, "anna");
	return err;
}

static enum cs_err
sign_in(struct cs_desk *d, const struct authenticator *a)
{
	return sign_in_at(d, a, NULL, &site);
}

static void
test_sign_in(void **state)
{
	const struct desk_passkey_wanted other = { .rp_id = "other.example",
		.origin = ORIGIN,
		.challenge = challenge };
	struct cs_desk_actor anna, ben;
	struct authenticator a, b;
	uint64_t owner;
	json_t *items;
	struct world w;

	(void)state;
	world_init(&w);
	anna = person_new(w.d, "anna");
	ben = person_new(w.d, "ben");
	authenticator_init(&a, CS_ECDSA_P256);
	authenticator_init(&b, CS_ED25519);
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED); /* nobody's */
	assert_ok(add(w.d, &anna, &a, "phone"));
	assert_ok(add(w.d, &ben, &b, "key"));
	assert_ok(cs_desk_passkey_owner(&owner, w.d, CS_VIEW_OF(a.id)));
	assert_int_equal(owner, anna.id);
	assert_err(
	    cs_desk_passkey_owner(&owner, w.d, cs_view(a.id, sizeof a.id - 1)),
	    CS_ERR_DENIED);
	assert_err(cs_desk_passkey_owner(&owner, w.d, none), CS_ERR_DENIED);

	assert_ok(sign_in(w.d, &a));
	assert_string_equal(last_event(w.d), "signed-in");
	items = list(w.d, &anna);
	assert_true(json_get_num(json_array_get(items, 0), "used_ms") > 0);
	json_decref(items);
	/* Only somebody who is signed in can unlock. */
	assert_ok(sign_in_at(w.d, &a, &anna, &site));
	assert_string_equal(last_event(w.d), "unlocked");
	assert_err(sign_in_at(w.d, &b, &anna, &site), CS_ERR_DENIED);
	/* A passkey of another site. */
	a.rp_id = "other.example";
	assert_err(sign_in_at(w.d, &a, NULL, &other), CS_ERR_DENIED);
	a.rp_id = SITE;
	/* Somebody else's handle; none. */
	memcpy(a.handle, b.handle, sizeof a.handle);
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	memset(a.handle, 0, sizeof a.handle);
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	assert_ok(cs_desk_passkey_prepare(a.handle, w.d, &anna));
	assert_ok(sign_in(w.d, &a));
	/* Somebody else's id, with one's own key. */
	memcpy(a.id, b.id, sizeof a.id);
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	memset(a.id, CS_ECDSA_P256, sizeof a.id);
	assert_ok(sign_in(w.d, &a));
	/* Removed. */
	assert_ok(cs_desk_passkey_remove(w.d, &anna, number(w.d, &anna, 0)));
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	authenticator_clear(&a);
	authenticator_clear(&b);
	world_clear(&w);
}

/* If there are two copies, the one that is behind is refused, and that is
 * logged. */
static void
test_clone(void **state)
{
	struct cs_desk_actor anna;
	struct authenticator a;
	struct world w;

	(void)state;
	world_init(&w);
	anna = person_new(w.d, "anna");
	authenticator_init(&a, CS_ECDSA_P256);
	a.count = 5;
	assert_ok(add(w.d, &anna, &a, "phone"));
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	assert_string_equal(last_event(w.d), "passkey-clone-refused");
	a.count = 9;
	assert_ok(sign_in(w.d, &a));
	a.count = 8;
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	assert_string_equal(last_event(w.d), "passkey-clone-refused");
	a.count = 10;
	assert_ok(sign_in(w.d, &a));
	/* An answer with a bad signature does not count as a clone. */
	a.count = 2;
	cs_signer_free(a.key);
	assert_ok(cs_signer_new(&a.key, CS_ECDSA_P256));
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	assert_string_equal(last_event(w.d), "signed-in");
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	authenticator_clear(&a);
	world_clear(&w);
}

static void
test_let_go(void **state)
{
	char welcome[CS_DESK_WELCOME_SIZE];
	struct cs_desk_actor anna;
	struct authenticator a;
	json_t *people;
	struct world w;

	(void)state;
	world_init(&w);
	anna = person_new(w.d, "anna");
	authenticator_init(&a, CS_ECDSA_P256);
	assert_ok(add(w.d, &anna, &a, "phone"));
	people = json_array();
	assert_ok(cs_desk_people(people, w.d));
	assert_int_equal(
	    json_get_num(json_array_get(people, 0), "passkeys"), 1);
	json_decref(people);
	assert_ok(cs_desk_person_change(w.d, &cs_desk_operator, anna.id,
	    (enum cs_desk_role)0, CS_DESK_STANDING_OUT));
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	assert_err(add(w.d, &anna, &a, "phone"), CS_ERR_DENIED);
	assert_ok(cs_desk_person_change(w.d, &cs_desk_operator, anna.id,
	    (enum cs_desk_role)0, CS_DESK_STANDING_IN));
	assert_ok(sign_in(w.d, &a));
	assert_ok(
	    cs_desk_person_reset(w.d, &cs_desk_operator, anna.id, welcome));
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	assert_int_equal(count(w.d, &anna), 0);
	/* Nor one whose use was begun before. */
	assert_err(add(w.d, &anna, &a, "phone"), CS_ERR_DENIED);
	authenticator_clear(&a);
	world_clear(&w);
}

/* Choosing a new password meanwhile does not undo being let go, or being
 * reset. */
static void
test_password_too_late(void **state)
{
	const struct cs_view password = cs_view_str("correct horse battery");
	char welcome[CS_DESK_WELCOME_SIZE];
	struct cs_desk_actor anna, now;
	struct world w;

	(void)state;
	world_init(&w);
	anna = person_new(w.d, "anna");
	assert_ok(cs_desk_person_change(w.d, &cs_desk_operator, anna.id,
	    (enum cs_desk_role)0, CS_DESK_STANDING_OUT));
	assert_err(
	    cs_desk_password_change(w.d, &anna, password), CS_ERR_DENIED);
	assert_ok(cs_desk_person_change(w.d, &cs_desk_operator, anna.id,
	    (enum cs_desk_role)0, CS_DESK_STANDING_IN));
	assert_ok(
	    cs_desk_person_reset(w.d, &cs_desk_operator, anna.id, welcome));
	assert_err(
	    cs_desk_password_change(w.d, &anna, password), CS_ERR_DENIED);
	assert_err(
	    cs_desk_password_check(w.d, anna.id, password), CS_ERR_DENIED);
	now = person_welcome(w.d, welcome);
	assert_ok(cs_desk_password_change(w.d, &now, password));
	assert_ok(cs_desk_password_check(w.d, anna.id, password));
	world_clear(&w);
}

static void
set_hash(struct cs_desk *d, uint64_t id, struct cs_view credential)
{
	uint8_t hash[32];

	assert_ok(cs_sha256(hash, credential));
	assert_ok(cs_db_exec(d->db, "UPDATE passkey SET hash=? WHERE id=?",
	    cs_blob(CS_VIEW_OF(hash)), cs_int(id)));
}

/* Somebody who can write to the database but has no key of the desk. */
static void
test_moved_rows(void **state)
{
	char welcome[CS_DESK_WELCOME_SIZE];
	struct authenticator a, b;
	struct cs_desk_actor anna;
	uint64_t id, owner;
	json_t *items;
	struct world w;

	(void)state;
	world_init(&w);
	anna = person_new(w.d, "anna");
	authenticator_init(&a, CS_ECDSA_P256);
	authenticator_init(&b, CS_ED25519);
	assert_ok(add(w.d, &anna, &a, "phone"));
	id = number(w.d, &anna, 0);
	/* The row of one credential under another's name. */
	set_hash(w.d, id, CS_VIEW_OF(b.id));
	assert_err(cs_desk_passkey_owner(&owner, w.d, CS_VIEW_OF(b.id)),
	    CS_ERR_CORRUPT);
	set_hash(w.d, id, CS_VIEW_OF(a.id));
	/* The column that says whose it is is not trusted. */
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE passkey SET person=?", cs_int(anna.id + 1)));
	assert_ok(cs_desk_passkey_owner(&owner, w.d, CS_VIEW_OF(a.id)));
	assert_int_equal(owner, anna.id);
	assert_ok(sign_in(w.d, &a));
	anna.id++;
	items = json_array();
	assert_err(cs_desk_passkeys(items, w.d, &anna), CS_ERR_CORRUPT);
	json_decref(items);
	anna.id--;
	/* Nor does that save it from a reset. */
	assert_ok(
	    cs_desk_person_reset(w.d, &cs_desk_operator, anna.id, welcome));
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	anna = person_welcome(w.d, welcome);
	assert_err(sign_in(w.d, &a), CS_ERR_DENIED);
	authenticator_clear(&a);
	authenticator_clear(&b);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_sign_in),
		cmocka_unit_test(test_clone),
		cmocka_unit_test(test_let_go),
		cmocka_unit_test(test_password_too_late),
		cmocka_unit_test(test_moved_rows),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
