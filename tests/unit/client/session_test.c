/* SPDX-License-Identifier: MIT */
/* A connect asks the hub for nothing twice.  The functions of net/session.h
 * below play the hub. */
#include "client/account/revocations.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "client/home/revoked.h"
#include "crypto/init.h"
#include "support/client_world.h"
#include "support/test.h"

#include <stdlib.h>

#define ENTRIES 3 /* in the log of each group */
#define KINDS 64
#define ASKED_MAX 64

struct world {
	struct temp_dir dir;
	struct cw_person alma, second; /* and her other device */
	struct cs_client *c;
};

static struct {
	struct world *w;
	struct cs_sign_key root;
	uint32_t welcomes;
	uint64_t revocations; /* the number of the last one */
	struct cs_buf revocation;
	unsigned n[KINDS], logins;
	struct cs_buf asked[ASKED_MAX]; /* kind and body */
	size_t n_asked;
	struct cs_buf list; /* what the last answer points into */
} hub;

enum cs_err __wrap_cs_session_open(
    struct cs_session *s, const struct cs_net_client_config *config);
enum cs_err __wrap_cs_session_login(struct cs_session *s, uint8_t role,
    const uint8_t device[static CS_ID_LEN], const struct cs_sign_key *key,
    struct cs_wire_login_answer *answer);
enum cs_err __wrap_cs_session_call(struct cs_session *s, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);
void __wrap_cs_session_close(struct cs_session *s);

enum cs_err
__wrap_cs_session_open(
    struct cs_session *s, const struct cs_net_client_config *config)
{
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	struct cs_sign_key key;

	(void)config;
	memset(s, 0, sizeof *s);
	strcpy(s->info.name, "hub.example");
	s->info.tls_from_s = now - CS_HOUR_S;
	s->info.tls_until_s = now + CS_DAY_S;
	assert_ok(cs_sign_key_new(&key));
	assert_ok(cs_stamp_key_cert_make(&s->info.stamp_cert, key.public,
	    now - CS_HOUR_S, now + CS_DAY_S, &hub.root));
	assert_ok(cs_role_key_cert_make(&s->info.external_cert,
	    CS_ROLE_EXTERNAL_SENDER, key.public, now - CS_HOUR_S,
	    now + CS_DAY_S, &hub.root));
	return CS_OK;
}

void
__wrap_cs_session_close(struct cs_session *s)
{
	cs_buf_free(&s->info.stamp_cert);
	cs_buf_free(&s->info.external_cert);
}

enum cs_err
__wrap_cs_session_login(struct cs_session *s, uint8_t role,
    const uint8_t device[static CS_ID_LEN], const struct cs_sign_key *key,
    struct cs_wire_login_answer *answer)
{
	(void)s;
	(void)role;
	(void)device;
	(void)key;
	hub.logins++;
	*answer = (struct cs_wire_login_answer){
		.key_packages = CLIENT_KEY_PACKAGES,
		.last_resort = 1,
		.devices = 2,
		.revocations = hub.revocations,
	};
	return CS_OK;
}

static struct cs_wire_list
list(uint32_t n)
{
	return (struct cs_wire_list){ .n = n, .raw = cs_buf_view(&hub.list) };
}

static void
answer_sync(struct cs_wire_sync_answer *answer)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	uint32_t n = 0;

	assert_ok(client_group_list(&ids, hub.w->c));
	r = cs_reader(cs_buf_view(&ids));
	while (cs_reader_more(&r)) {
		const struct cs_wire_group_state state = {
			.group_id = cs_read_vec(&r),
			.head = ENTRIES,
		};

		assert_ok(cs_wire_list_add(
		    &hub.list, &n, &cs_wire_group_state_shape, &state));
	}
	*answer = (struct cs_wire_sync_answer){ list(n), hub.welcomes };
	cs_buf_free(&ids);
}

/* Entries of which none verifies: the cursor moves on. */
static void
answer_fetch(
    struct cs_wire_fetch_answer *answer, const struct cs_wire_fetch *ask)
{
	uint32_t n = 0;

	for (uint64_t seq = ask->after + 1; seq <= ENTRIES; seq++) {
		const struct cs_wire_entry entry = {
			.group_seq = seq,
			.message = cs_view_str("?"),
		};

		assert_ok(cs_wire_list_add(
		    &hub.list, &n, &cs_wire_entry_shape, &entry));
	}
	answer->entries = list(n);
}

static void
answer_devices(struct cs_wire_devices_answer *answer)
{
	const struct cw_person *devices[] = { &hub.w->alma, &hub.w->second };
	uint32_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		struct cs_credential credential;
		struct cs_wire_device item = { 0 };
		struct cs_buf chain = { 0 };

		assert_ok(cs_credential_parse(
		    &credential, cs_buf_view(&devices[i]->credential)));
		assert_ok(cs_credential_write_devices(&chain, &credential));
		item.devices = cs_buf_view(&chain);
		assert_ok(cs_wire_list_add(
		    &hub.list, &n, &cs_wire_device_shape, &item));
		cs_buf_free(&chain);
	}
	answer->devices = list(n);
}

static void
answer_welcomes(struct cs_wire_welcomes_answer *answer)
{
	const struct cs_wire_welcome item = {
		.id = 1,
		.group_id = cs_view_str("new"),
		.welcome = cs_view_str("?"),
	};
	uint32_t n = 0;

	assert_ok(
	    cs_wire_list_add(&hub.list, &n, &cs_wire_welcome_shape, &item));
	answer->welcomes = list(n);
}

static void
answer_revocations(struct cs_wire_revocations_answer *answer,
    const struct cs_wire_revocations *ask)
{
	const struct cs_wire_revocation item = {
		.revocation = cs_buf_view(&hub.revocation),
	};
	uint32_t n = 0;

	if (ask->after < hub.revocations)
		assert_ok(cs_wire_list_add(
		    &hub.list, &n, &cs_wire_revocation_shape, &item));
	*answer =
	    (struct cs_wire_revocations_answer){ hub.revocations, list(n) };
}

enum cs_err
__wrap_cs_session_call(struct cs_session *s, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer)
{
	struct cs_buf *asked = &hub.asked[hub.n_asked++];

	(void)answer_shape;
	assert_true(hub.n_asked <= ASKED_MAX && kind < KINDS);
	hub.n[kind]++;
	assert_ok(cs_buf_add(asked, cs_view(&kind, 1)));
	assert_ok(cs_wire_write(asked, request_shape, request));
	cs_buf_reset(&hub.list);
	switch (kind) {
	case CS_WIRE_SYNC:
		answer_sync(answer);
		return CS_OK;
	case CS_WIRE_FETCH:
		answer_fetch(answer, request);
		return CS_OK;
	case CS_WIRE_DEVICES:
		answer_devices(answer);
		return CS_OK;
	case CS_WIRE_WELCOMES:
		answer_welcomes(answer);
		return CS_OK;
	case CS_WIRE_CONTACTS:
		((struct cs_wire_contacts_answer *)answer)->contacts = list(0);
		return CS_OK;
	case CS_WIRE_NOTICES:
		((struct cs_wire_notices_answer *)answer)->notices = list(0);
		return CS_OK;
	case CS_WIRE_REVOCATIONS:
		answer_revocations(answer, request);
		return CS_OK;
	case CS_WIRE_ACK:
	case CS_WIRE_WELCOME_ACK:
	case CS_WIRE_GROUP_NOTE_SET:
		return CS_OK;
	default:
		s->code = CS_WIRE_E_NO_KEY_PACKAGE;
		return CS_ERR_DENIED;
	}
}

static void
make_group(struct world *w, const char *id)
{
	struct client_group g = { .registered = true };
	struct cs_mls_options opt;
	struct cs_mls_identity identity;

	g.id_len = strlen(id);
	memcpy(g.id, id, g.id_len);
	strcpy(g.name, id);
	g.committed_ms = cs_clock_ms();
	assert_ok(cs_group_ref(g.ref, client_group_id(&g)));
	assert_non_null(g.check = client_leaf_check_new(w->c));
	opt = client_mls_options(g.check);
	assert_ok(client_identity(&identity, w->c));
	assert_ok(cs_mls_group_new(&g.mls, CS_SUITE_X25519_AES128,
	    client_group_id(&g), &identity,
	    (struct cs_mls_extensions){ NULL, 0 }, &opt));
	assert_ok(client_group_store(w->c, &g));
	client_group_clear(&g);
}

static void
world_init(struct world *w)
{
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	struct test_operator operator;

	memset(w, 0, sizeof *w);
	memset(&hub, 0, sizeof hub);
	hub.w = w;
	test_operator_init(&operator, now);
	hub.root = operator.root;
	test_operator_clear(&operator);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	w->second = w->alma;
	memset(&w->second.credential, 0, sizeof w->second.credential);
	cs_random(w->second.device, sizeof w->second.device);
	cw_certify(&w->second, "alma", now - CS_HOUR_S, now + CS_DAY_S);
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	/* The weekly look at certificates is not due. */
	assert_ok(cs_vault_config_set_num(
	    w->c->db, &w->c->key, "renewal-next", cs_clock_ms() + CS_DAY_MS));
	make_group(w, "one");
	make_group(w, "two");
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	for (size_t i = 0; i < hub.n_asked; i++)
		cs_buf_free(&hub.asked[i]);
	cs_buf_free(&hub.list);
	cs_buf_free(&hub.revocation);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->second.credential);
	temp_dir_clear(&w->dir);
}

/* Only a key package may be asked for again: each is good for one conversation.
 */
static void
assert_nothing_twice(void)
{
	for (size_t i = 0; i < hub.n_asked; i++)
		for (size_t k = 0; k < i; k++)
			if (hub.asked[i].data[0] != CS_WIRE_KEY_PACKAGES_GET)
				assert_false(
				    cs_view_equal(cs_buf_view(&hub.asked[i]),
					cs_buf_view(&hub.asked[k])));
}

static void
test_connect(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_client_connect(w.c));
	assert_int_equal(hub.logins, 1);
	assert_int_equal(hub.n[CS_WIRE_CONTACTS], 1);
	assert_int_equal(hub.n[CS_WIRE_SYNC], 1);
	assert_int_equal(hub.n[CS_WIRE_WELCOMES], 0);
	assert_int_equal(hub.n[CS_WIRE_FETCH], 2);
	assert_int_equal(hub.n[CS_WIRE_ACK], 2);
	assert_int_equal(hub.n[CS_WIRE_NOTICES], 1);
	assert_int_equal(hub.n[CS_WIRE_DEVICES], 1);
	assert_int_equal(hub.n[CS_WIRE_KEY_PACKAGES_GET], 2);
	/* Each conversation has its sealed note at the hub. */
	assert_int_equal(hub.n[CS_WIRE_GROUP_NOTE_SET], 2);
	assert_int_equal(hub.n[CS_WIRE_REVOCATIONS], 0);
	assert_int_equal(hub.n_asked, 12);
	assert_nothing_twice();
	/* A sync asks only what is new. */
	assert_ok(cs_client_sync(w.c));
	assert_int_equal(hub.n[CS_WIRE_SYNC], 2);
	assert_int_equal(hub.n_asked, 13);
	world_clear(&w);
}

static void
test_welcomes(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	hub.welcomes = 1;
	assert_ok(cs_client_connect(w.c));
	assert_int_equal(hub.n[CS_WIRE_WELCOMES], 1);
	assert_int_equal(hub.n[CS_WIRE_WELCOME_ACK], 1);
	/* Which of them the user asked for. */
	assert_int_equal(hub.n[CS_WIRE_OWN_ASKS], 1);
	assert_int_equal(hub.n_asked, 15);
	assert_nothing_twice();
	world_clear(&w);
}

/* Fetched once when the hub has new ones, and again once this device is in
 * another conversation; a note is left once. */
static void
test_revocations(void **state)
{
	struct cs_revocation r = { .at_ms = cs_clock_ms() };
	struct cs_identity second;
	struct world w;

	(void)state;
	world_init(&w);
	memcpy(r.account, w.alma.account, 16);
	memcpy(r.device, w.second.device, 16);
	assert_ok(cs_revocation_make(&hub.revocation, &r,
	    cs_buf_view(&w.alma.credential), &w.alma.device_key));
	assert_ok(cs_identity_peek(&second, cs_buf_view(&w.second.credential)));
	assert_ok(client_revoked_check(w.c, &second));
	hub.revocations = 3;
	assert_ok(cs_client_connect(w.c));
	assert_err(client_revoked_check(w.c, &second), CS_ERR_CREDENTIAL);
	/* The second answer said that there are no more. */
	assert_int_equal(hub.n[CS_WIRE_REVOCATIONS], 2);
	assert_int_equal(hub.n[CS_WIRE_GROUP_NOTE_SET], 2);
	assert_ok(cs_client_connect(w.c));
	assert_int_equal(hub.n[CS_WIRE_REVOCATIONS], 2);
	assert_int_equal(hub.n[CS_WIRE_GROUP_NOTE_SET], 2);
	assert_ok(client_revocations_again(w.c));
	assert_ok(cs_client_sync(w.c));
	assert_int_equal(hub.n[CS_WIRE_REVOCATIONS], 4);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_welcomes),
		cmocka_unit_test(test_revocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
