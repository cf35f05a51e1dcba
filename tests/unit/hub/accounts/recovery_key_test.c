/* SPDX-License-Identifier: MIT */
/* Recovery keys that take one another's place. */
#include "hub/accounts/recovery_key.h"

#include "crypto/init.h"
#include "franking/revocation.h"
#include "hub/accounts/device.h"
#include "hub/accounts/renew_words.h"
#include "support/hub_world.h"
#include "support/test.h"

struct world {
	struct hub_world w;
	struct hw_person alma, boris;
	struct hw_device phone, other;
};

static void
world_init(struct world *t)
{
	hw_init(&t->w);
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	hw_person(&t->w, &t->boris, &t->other, "boris");
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_device_clear(&t->other);
	hw_clear(&t->w);
}

/* A recovery key of Alma's that comes after another one. */
struct next {
	uint8_t id[CS_ID_LEN];
	struct cs_sign_key key;
	struct cs_buf credential;
};

static void
certify(struct world *t, struct cs_buf *out, const struct next *before,
    const uint8_t id[static 16], const struct cs_sign_key *key)
{
	struct cs_device_cert cert = {
		.handle = cs_view_str("alma"),
		.not_before = t->w.hub->now_ms / 1000 - 60,
		.not_after = t->w.hub->now_ms / 1000 + 86400,
	};

	memcpy(cert.account, t->alma.account, 16);
	memcpy(cert.device, id, 16);
	memcpy(cert.public, key->public, 32);
	if (before != NULL)
		test_credential_next(
		    out, cs_buf_view(&before->credential), &cert, &before->key);
	else
		test_credential(
		    out, &t->w.operator, & cert, &t->alma.account_key);
}

static void
next_init(struct world *t, struct next *n, const struct next *before)
{
	memset(n, 0, sizeof *n);
	cs_random(n->id, sizeof n->id);
	memset(n->id, 0, 8);
	assert_ok(cs_sign_key_new(&n->key));
	certify(t, &n->credential, before, n->id, &n->key);
}

/* The statement that ${next} takes the place of ${before}, or of the account
 * key; the phone stays. */
static struct cs_buf
statement(struct world *t, const struct next *next, const struct next *before)
{
	struct cs_revocation r = { .at_ms = t->w.hub->now_ms };
	struct cs_buf out = { 0 };

	memcpy(r.account, t->alma.account, 16);
	if (before != NULL)
		memcpy(r.device, before->id, 16);
	assert_ok(cs_revocation_keep(&r, next->id, next->key.public));
	assert_ok(cs_revocation_keep(&r, t->phone.id, t->phone.key.public));
	assert_ok(cs_revocation_make(&out, &r, cs_buf_view(&next->credential),
	    before != NULL ? &before->key : &t->alma.account_key));
	return out;
}

static uint16_t
renew(struct world *t, struct hw_device *by, const struct cs_buf *statement)
{
	const struct cs_wire_recovery_renew m = { cs_buf_view(statement),
		cs_view_str("notes") };

	return hw_ask(&t->w, &by->conn, hub_recovery_renew,
	    &cs_wire_recovery_renew_shape, &m, NULL, NULL);
}

enum found { NOBODY, NOW, REPLACED };

static enum found
find(struct world *t, const struct cs_sign_key *key)
{
	struct hub_recovery_key k;
	enum cs_err err = hub_recovery_key_find(&k, t->w.hub, key->public);
	enum found found = NOBODY;

	if (err == CS_OK) {
		assert_memory_equal(k.account, t->alma.account, CS_ID_LEN);
		found = k.replaced ? REPLACED : NOW;
	} else {
		assert_err(err, CS_ERR_NOT_FOUND);
	}
	hub_recovery_key_clear(&k);
	return found;
}

static void
test_replaced(void **state)
{
	struct hub_recovery_key now;
	struct next first, second;
	struct cs_buf a, b;
	struct world t;

	(void)state;
	world_init(&t);
	next_init(&t, &first, NULL);
	next_init(&t, &second, &first);
	a = statement(&t, &first, NULL);
	b = statement(&t, &second, &first);
	assert_int_equal(find(&t, &t.alma.account_key), NOW);
	assert_int_equal(find(&t, &first.key), NOBODY);
	assert_ok(hub_recovery_key_of(&now, t.w.hub, t.alma.account));
	assert_int_equal(now.devices.len, 0);
	hub_recovery_key_clear(&now);
	/* In their order only; again, since the answer may be lost. */
	assert_int_equal(renew(&t, &t.phone, &b), CS_WIRE_E_CERTIFICATE);
	assert_int_equal(renew(&t, &t.phone, &a), 0);
	assert_int_equal(renew(&t, &t.phone, &a), 0);
	assert_int_equal(find(&t, &t.alma.account_key), REPLACED);
	assert_int_equal(find(&t, &first.key), NOW);
	assert_int_equal(renew(&t, &t.phone, &b), 0);
	assert_int_equal(find(&t, &t.alma.account_key), REPLACED);
	assert_int_equal(find(&t, &first.key), REPLACED);
	assert_int_equal(find(&t, &second.key), NOW);
	assert_ok(hub_recovery_key_of(&now, t.w.hub, t.alma.account));
	assert_memory_equal(now.id, second.id, CS_ID_LEN);
	assert_view_equal(cs_buf_view(&now.notes), cs_view_str("notes"));
	hub_recovery_key_clear(&now);
	/* Of an account that has left nothing is found. */
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE account SET gone=1"));
	assert_int_equal(find(&t, &second.key), NOBODY);
	assert_int_equal(find(&t, &t.alma.account_key), NOBODY);
	cs_buf_free(&a);
	cs_buf_free(&b);
	cs_buf_free(&first.credential);
	cs_buf_free(&second.credential);
	world_clear(&t);
}

/* By the key that ends, of this account, in favour of a recovery key. */
static void
test_refused(void **state)
{
	struct next first, thief;
	struct cs_buf a, bad = { 0 };
	struct cs_revocation r;
	struct world t;

	(void)state;
	world_init(&t);
	next_init(&t, &first, NULL);
	next_init(&t, &thief, NULL);
	a = statement(&t, &first, NULL);
	assert_int_equal(renew(&t, &t.other, &a), CS_WIRE_E_CERTIFICATE);
	for (size_t i = 0; i < a.len; i += a.len / 20) {
		a.data[i] ^= 1;
		assert_int_equal(
		    renew(&t, &t.phone, &a), CS_WIRE_E_CERTIFICATE);
		a.data[i] ^= 1;
	}
	/* A device in the place of a recovery key. */
	r = (struct cs_revocation){ .at_ms = t.w.hub->now_ms };
	memcpy(r.account, t.alma.account, 16);
	assert_ok(cs_revocation_make(
	    &bad, &r, cs_buf_view(&t.phone.credential), &t.alma.account_key));
	assert_int_equal(renew(&t, &t.phone, &bad), CS_WIRE_E_CERTIFICATE);
	/* By a device, which ends no recovery key. */
	cs_buf_reset(&bad);
	assert_ok(cs_revocation_make(
	    &bad, &r, cs_buf_view(&first.credential), &t.phone.key));
	assert_int_equal(renew(&t, &t.phone, &bad), CS_WIRE_E_CERTIFICATE);
	assert_int_equal(find(&t, &t.alma.account_key), NOW);
	assert_int_equal(renew(&t, &t.phone, &a), 0);
	/* The old words once more, for somebody else. */
	cs_buf_free(&bad);
	bad = statement(&t, &thief, NULL);
	assert_int_equal(renew(&t, &t.phone, &bad), CS_WIRE_E_CERTIFICATE);
	assert_int_equal(find(&t, &first.key), NOW);
	assert_int_equal(find(&t, &thief.key), NOBODY);
	cs_buf_free(&a);
	cs_buf_free(&bad);
	cs_buf_free(&first.credential);
	cs_buf_free(&thief.credential);
	world_clear(&t);
}

/* A device by ${before}, or the account key, is added by the phone. */
static uint16_t
add(struct world *t, const struct next *before)
{
	struct cs_credential credential;
	struct cs_buf bytes = { 0 }, devices = { 0 };
	struct cs_sign_key key;
	uint8_t id[CS_ID_LEN];
	struct cs_wire_device_add m;
	uint16_t code;

	cs_random(id, sizeof id);
	assert_ok(cs_sign_key_new(&key));
	certify(t, &bytes, before, id, &key);
	assert_ok(cs_credential_parse(&credential, cs_buf_view(&bytes)));
	assert_ok(cs_credential_write_devices(&devices, &credential));
	m = (struct cs_wire_device_add){ cs_buf_view(&devices),
		cs_view_str("") };
	code = hw_ask(&t->w, &t->phone.conn, hub_device_add,
	    &cs_wire_device_add_shape, &m, NULL, NULL);
	cs_buf_free(&bytes);
	cs_buf_free(&devices);
	return code;
}

/* Devices come in by the key of now, which ends them, too. */
static void
test_adds(void **state)
{
	struct cs_wire_device_remove m = { .revocations = { .n = 0 } };
	struct cs_revocation r;
	struct cs_wire_revocation item;
	struct next first;
	struct cs_buf a, bytes = { 0 }, list = { 0 };
	struct world t;

	(void)state;
	world_init(&t);
	next_init(&t, &first, NULL);
	a = statement(&t, &first, NULL);
	assert_int_equal(add(&t, NULL), 0);
	assert_int_equal(add(&t, &first), CS_WIRE_E_CERTIFICATE);
	/* What the account key let in, and was not named, ends here. */
	assert_int_equal(renew(&t, &t.phone, &a), 0);
	assert_int_equal(add(&t, NULL), CS_WIRE_E_CERTIFICATE);
	assert_int_equal(add(&t, &first), 0);
	/* The account key ends nobody any more. */
	for (int i = 0; i < 2; i++) {
		r = (struct cs_revocation){ .at_ms = t.w.hub->now_ms };
		memcpy(r.account, t.alma.account, 16);
		memcpy(r.device, t.phone.id, 16);
		cs_buf_reset(&bytes);
		cs_buf_reset(&list);
		m.revocations.n = 0;
		assert_ok(cs_revocation_make(&bytes, &r,
		    cs_buf_view(
			i == 0 ? &t.phone.credential : &first.credential),
		    i == 0 ? &t.alma.account_key : &first.key));
		item.revocation = cs_buf_view(&bytes);
		assert_ok(cs_wire_list_add(
		    &list, &m.revocations.n, &cs_wire_revocation_shape, &item));
		m.revocations.raw = cs_buf_view(&list);
		assert_int_equal(
		    hw_ask(&t.w, &t.phone.conn, hub_device_remove,
			&cs_wire_device_remove_shape, &m, NULL, NULL),
		    i == 0 ? CS_WIRE_E_CERTIFICATE : 0);
	}
	cs_buf_free(&a);
	cs_buf_free(&bytes);
	cs_buf_free(&list);
	cs_buf_free(&first.credential);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_adds),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
