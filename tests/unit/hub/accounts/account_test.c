/* SPDX-License-Identifier: MIT */
/* Joining: who is registered, and as whom. */
#include "crypto/hash.h"
#include "crypto/init.h"
#include "hub/accounts/account.h"
#include "support/hub_world.h"
#include "support/test.h"

struct newcomer {
	struct hub_conn conn;
	uint8_t account[16], device[16];
	struct cs_sign_key account_key, device_key;
	const char *handle;
};

static void
newcomer_init(struct newcomer *n, struct hub_world *w, const char *handle)
{
	memset(n, 0, sizeof *n);
	n->conn.hub = w->hub;
	n->handle = handle;
	cs_random(n->account, sizeof n->account);
	cs_random(n->device, sizeof n->device);
	assert_ok(cs_sign_key_new(&n->account_key));
	assert_ok(cs_sign_key_new(&n->device_key));
}

/* An invite "code" for ${uses}. */
static void
invite(struct hub_world *w, uint64_t uses)
{
	uint8_t hash[CS_HASH_LEN];

	assert_ok(cs_sha256(hash, cs_view_str("code")));
	assert_ok(cs_db_exec(w->hub->db,
	    "INSERT INTO invite(hash,uses,expires) VALUES(?,?,?)",
	    cs_blob(CS_VIEW_OF(hash)), cs_int(uses),
	    cs_int(w->hub->now_ms + 1000)));
}

/* Ask as ${n}; ${credential} gets what its leaves will show. */
static uint16_t
join(struct hub_world *w, struct newcomer *n, const char *code,
    struct cs_buf *credential)
{
	uint64_t now = w->hub->now_ms / 1000;
	struct cs_device_cert cert = { .handle = cs_view_str(n->handle),
		.not_before = now - 60,
		.not_after = now + 3600 };
	struct cs_credential parts = { .n = 1 };
	struct cs_wire_join m = { .invite = cs_view_str(code) };
	struct cs_wire_account answer;
	struct cs_buf device_cert = { 0 };
	uint16_t refused;

	memcpy(cert.account, n->account, 16);
	memcpy(cert.device, n->device, 16);
	memcpy(cert.public, n->device_key.public, 32);
	assert_ok(cs_device_cert_make(&device_cert, &cert, &n->account_key));
	memcpy(m.account_key, n->account_key.public, 32);
	m.device_cert = cs_buf_view(&device_cert);
	n->conn.join_tries = 0;
	refused = hw_ask(w, &n->conn, hub_join, &cs_wire_join_shape, &m,
	    &cs_wire_account_shape, &answer);
	if (refused == 0 && credential != NULL) {
		parts.registrar_cert = answer.registrar_cert;
		parts.account_cert = answer.account_cert;
		parts.devices[0] = cs_buf_view(&device_cert);
		cs_buf_reset(credential);
		assert_ok(cs_credential_write(credential, &parts));
	}
	cs_buf_free(&device_cert);
	return refused;
}

static uint64_t
accounts(struct hub_world *w)
{
	uint64_t n;

	assert_ok(
	    cs_db_get_int(&n, w->hub->db, "SELECT COUNT(*) FROM account"));
	return n;
}

static void
test_join(void **state)
{
	struct cs_buf credential = { 0 }, again = { 0 };
	struct cs_identity identity;
	struct newcomer n, other;
	struct hub_world w;
	uint64_t known;

	(void)state;
	hw_init(&w);
	invite(&w, 1);
	newcomer_init(&n, &w, "alma");
	assert_int_equal(
	    join(&w, &n, "no code", NULL), CS_WIRE_E_INVITE_UNKNOWN);
	assert_int_equal(join(&w, &n, "code", &credential), 0);
	/* What came back proves who it is, to anybody who knows the root. */
	assert_ok(cs_identity_verify(&identity, cs_buf_view(&credential),
	    CS_VIEW_OF(w.operator.root.public), w.hub->now_ms / 1000));
	assert_view_equal(identity.account.handle, cs_view_str("alma"));
	assert_memory_equal(identity.account.account, n.account, 16);
	assert_memory_equal(
	    identity.account.account_key, n.account_key.public, 32);
	assert_int_equal(identity.account.from_ms, w.hub->now_ms);
	assert_ok(cs_db_get_int(&known, w.hub->db,
	    "SELECT COUNT(*) FROM device WHERE cert=?",
	    cs_blob(cs_buf_view(&credential))));
	assert_int_equal(known, 1);
	/* The answer was lost: the same again, and no use of the invite. */
	w.hub->now_ms += 5;
	assert_int_equal(join(&w, &n, "code", &again), 0);
	assert_view_equal(cs_buf_view(&again), cs_buf_view(&credential));
	assert_int_equal(accounts(&w), 1);
	newcomer_init(&other, &w, "boris");
	assert_int_equal(join(&w, &other, "code", NULL), CS_WIRE_E_INVITE_USED);
	cs_buf_free(&credential);
	cs_buf_free(&again);
	hw_clear(&w);
}

/* Nobody is registered under what belongs to somebody else, or means nobody. */
static void
test_refused(void **state)
{
	struct newcomer n, other;
	struct hub_world w;

	(void)state;
	hw_init(&w);
	invite(&w, 9);
	newcomer_init(&n, &w, "alma");
	assert_int_equal(join(&w, &n, "code", NULL), 0);
	newcomer_init(&other, &w, "alma");
	assert_int_equal(
	    join(&w, &other, "code", NULL), CS_WIRE_E_HANDLE_TAKEN);
	newcomer_init(&other, &w, "boris");
	memcpy(other.account, n.account, 16);
	assert_int_equal(join(&w, &other, "code", NULL), CS_WIRE_E_CERTIFICATE);
	newcomer_init(&other, &w, "cleo");
	memcpy(other.device, n.device, 16);
	assert_int_equal(join(&w, &other, "code", NULL), CS_WIRE_E_CERTIFICATE);
	newcomer_init(&other, &w, "dina");
	other.account_key = n.account_key;
	assert_int_equal(join(&w, &other, "code", NULL), CS_WIRE_E_CERTIFICATE);
	newcomer_init(&other, &w, "emil");
	memset(other.account, 0, 16);
	assert_int_equal(join(&w, &other, "code", NULL), CS_WIRE_E_CERTIFICATE);
	newcomer_init(&other, &w, "fara");
	memset(other.device, 0, 16);
	assert_int_equal(join(&w, &other, "code", NULL), CS_WIRE_E_CERTIFICATE);
	/* A registrar whose time is over registers nobody; the hub says that it
	 * cannot, and not that the newcomer did something wrong. */
	w.hub->now_ms += (uint64_t)11 * 365 * CS_DAY_MS;
	newcomer_init(&other, &w, "gina");
	assert_ok(cs_db_exec(w.hub->db, "UPDATE invite SET expires=expires*9"));
	assert_int_equal(join(&w, &other, "code", NULL), CS_WIRE_E_UNAVAILABLE);
	hw_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_refused),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
