/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "franking/revocation.h"
#include "hub/accounts/device.h"
#include "hub/accounts/login.h"
#include "hub/core/connection.h"
#include "support/hub_world.h"

struct world {
	struct hub_world w;
	struct hw_person alma, boris;
	struct hw_device phone, boris_phone;
};

static void
world_init(struct world *t)
{
	hw_init(&t->w);
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	hw_person(&t->w, &t->boris, &t->boris_phone, "boris");
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_device_clear(&t->boris_phone);
	hw_clear(&t->w);
}

static uint16_t
add(struct world *t, struct hub_conn *conn, struct cs_view cert)
{
	const struct cs_wire_device_add m = { cert, cs_view_str("a name") };

	return hw_ask(&t->w, conn, hub_device_add, &cs_wire_device_add_shape,
	    &m, NULL, NULL);
}

/* ${conn} hands in a revocation that ${by} signed. */
static uint16_t
hand_in(struct world *t, struct hub_conn *conn,
    const struct cs_revocation *revocation, const struct hw_device *by)
{
	struct cs_wire_device_remove m = { .revocations = { .n = 0 } };
	struct cs_buf bytes = { 0 }, list = { 0 };
	struct cs_wire_revocation item;
	uint16_t code;

	assert_ok(cs_revocation_make(
	    &bytes, revocation, cs_buf_view(&by->credential), &by->key));
	item.revocation = cs_buf_view(&bytes);
	assert_ok(cs_wire_list_add(
	    &list, &m.revocations.n, &cs_wire_revocation_shape, &item));
	m.revocations.raw = cs_buf_view(&list);
	code = hw_ask(&t->w, conn, hub_device_remove,
	    &cs_wire_device_remove_shape, &m, NULL, NULL);
	cs_buf_free(&bytes);
	cs_buf_free(&list);
	return code;
}

static uint16_t
remove_device(
    struct world *t, struct hub_conn *conn, const uint8_t id[static 16])
{
	const struct hw_device *by =
	    conn == &t->phone.conn ? &t->phone : &t->boris_phone;
	struct cs_revocation revocation = { .at_ms = t->w.hub->now_ms };

	memcpy(revocation.account, conn->account, 16);
	memcpy(revocation.device, id, 16);
	return hand_in(t, conn, &revocation, by);
}

static uint32_t
count(struct world *t, struct hub_conn *conn)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_devices_answer answer;

	assert_int_equal(hw_ask(&t->w, conn, hub_devices, &cs_wire_empty_shape,
			     &empty, &cs_wire_devices_answer_shape, &answer),
	    0);
	return answer.devices.n;
}

static void
test_add(void **state)
{
	struct hw_device laptop;
	struct world t;

	(void)state;
	world_init(&t);
	hw_device(&t.w, &laptop, &t.alma);
	assert_int_equal(count(&t, &t.phone.conn), 1);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)), 0);
	/* Again, because the answer did not arrive. */
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)), 0);
	assert_int_equal(count(&t, &t.phone.conn), 2);
	assert_int_equal(count(&t, &laptop.conn), 2);
	assert_int_equal(count(&t, &t.boris_phone.conn), 1);
	hw_device_clear(&laptop);
	world_clear(&t);
}

/* Only the account that asks, by its own key, under its own name, in time. */
static void
test_add_others(void **state)
{
	struct hw_person other;
	struct hw_device d;
	struct world t;

	(void)state;
	world_init(&t);
	/* Certified by Boris, for Boris. */
	hw_device(&t.w, &d, &t.boris);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&d.cert)),
	    CS_WIRE_E_CERTIFICATE);
	assert_int_equal(add(&t, &t.boris_phone.conn, cs_buf_view(&d.cert)), 0);
	hw_device_clear(&d);
	/* Certified by Boris, for Alma. */
	other = t.alma;
	other.account_key = t.boris.account_key;
	hw_device(&t.w, &d, &other);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&d.cert)),
	    CS_WIRE_E_CERTIFICATE);
	hw_device_clear(&d);
	/* Another account under Alma's key; another name. */
	other = t.alma;
	other.account[0] ^= 1;
	hw_device(&t.w, &d, &other);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&d.cert)),
	    CS_WIRE_E_CERTIFICATE);
	hw_device_clear(&d);
	other = t.alma;
	other.handle = "almb";
	hw_device(&t.w, &d, &other);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&d.cert)),
	    CS_WIRE_E_CERTIFICATE);
	hw_device_clear(&d);
	/* Tampered, cut, out of its time. */
	hw_device(&t.w, &d, &t.alma);
	for (size_t i = 0; i < d.cert.len; i++) {
		d.cert.data[i] ^= 1;
		assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&d.cert)),
		    CS_WIRE_E_CERTIFICATE);
		d.cert.data[i] ^= 1;
		assert_int_equal(
		    add(&t, &t.phone.conn, cs_view(d.cert.data, i)),
		    CS_WIRE_E_CERTIFICATE);
	}
	t.w.hub->now_ms += (uint64_t)2 * 86400 * 1000;
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&d.cert)),
	    CS_WIRE_E_CERTIFICATE);
	assert_int_equal(count(&t, &t.phone.conn), 1);
	hw_device_clear(&d);
	world_clear(&t);
}

/* An id that is there is not taken by another certificate. */
static void
test_add_taken(void **state)
{
	struct hw_device d;
	struct world t;

	(void)state;
	world_init(&t);
	hw_device(&t.w, &d, &t.alma);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&d.cert)), 0);
	assert_int_equal(remove_device(&t, &t.phone.conn, d.id), 0);
	/* Removed is removed. */
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&d.cert)),
	    CS_WIRE_E_CERTIFICATE);
	assert_int_equal(count(&t, &t.phone.conn), 1);
	hw_device_clear(&d);
	world_clear(&t);
}

static void
test_add_limit(void **state)
{
	struct hw_device d[CS_WIRE_DEVICES_MAX];
	struct world t;

	(void)state;
	world_init(&t);
	for (uint32_t i = 1; i <= CS_WIRE_DEVICES_MAX; i++) {
		struct hw_device *one = &d[i - 1];

		hw_device(&t.w, one, &t.alma);
		assert_int_equal(
		    add(&t, &t.phone.conn, cs_buf_view(&one->cert)),
		    i < CS_WIRE_DEVICES_MAX ? 0 : CS_WIRE_E_LIMIT);
	}
	assert_int_equal(count(&t, &t.phone.conn), CS_WIRE_DEVICES_MAX);
	/* One goes, one may come. */
	assert_int_equal(remove_device(&t, &t.phone.conn, d[0].id), 0);
	assert_int_equal(add(&t, &t.phone.conn,
			     cs_buf_view(&d[CS_WIRE_DEVICES_MAX - 1].cert)),
	    0);
	for (size_t i = 0; i < CS_WIRE_DEVICES_MAX; i++)
		hw_device_clear(&d[i]);
	world_clear(&t);
}

static void
test_remove(void **state)
{
	struct hw_device laptop;
	struct world t;
	uint64_t n;

	(void)state;
	world_init(&t);
	hw_device(&t.w, &laptop, &t.alma);
	assert_int_equal(remove_device(&t, &t.phone.conn, t.phone.id),
	    CS_WIRE_E_LAST_DEVICE);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)), 0);
	/* Nobody's, and somebody else's: alike. */
	assert_int_equal(remove_device(&t, &t.phone.conn, (uint8_t[16]){ 1 }),
	    CS_WIRE_E_NO_MEMBER);
	assert_int_equal(remove_device(&t, &t.phone.conn, t.boris_phone.id),
	    CS_WIRE_E_NO_MEMBER);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO key_package(device,last_resort,not_after,bytes)"
	    " VALUES(?,0,0,x'')",
	    cs_blob(CS_VIEW_OF(laptop.id))));
	hub_conn_index(&laptop.conn);
	assert_int_equal(remove_device(&t, &t.phone.conn, laptop.id), 0);
	assert_int_equal(remove_device(&t, &t.phone.conn, laptop.id), 0);
	assert_true(laptop.conn.end_after_round);
	assert_ok(
	    cs_db_get_int(&n, t.w.hub->db, "SELECT COUNT(*) FROM key_package"));
	assert_int_equal(n, 0);
	assert_int_equal(count(&t, &t.phone.conn), 1);
	assert_int_equal(remove_device(&t, &t.phone.conn, t.phone.id),
	    CS_WIRE_E_LAST_DEVICE);
	hw_device_clear(&laptop);
	world_clear(&t);
}

/* What a removed device asks is refused, and it is told when. */
static void
test_removed(void **state)
{
	struct hub_request rq = { 0 };
	struct cs_wire_removed data;
	struct hw_device laptop;
	struct world t;

	(void)state;
	world_init(&t);
	hw_device(&t.w, &laptop, &t.alma);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)), 0);
	rq.hub = t.w.hub;
	rq.conn = &laptop.conn;
	assert_int_equal(hub_refusal_of(&rq, hub_account_check(&rq)), 0);
	assert_int_equal(remove_device(&t, &t.phone.conn, laptop.id), 0);
	assert_int_equal(
	    hub_refusal_of(&rq, hub_account_check(&rq)), CS_WIRE_E_REMOVED);
	assert_ok(cs_wire_parse(
	    &data, &cs_wire_removed_shape, cs_buf_view(&rq.error_data)));
	assert_int_equal(data.at_ms, t.w.hub->now_ms);
	cs_buf_free(&rq.error_data);
	rq.conn = &t.phone.conn;
	assert_int_equal(hub_refusal_of(&rq, hub_account_check(&rq)), 0);
	hw_device_clear(&laptop);
	world_clear(&t);
}

/* To the day. */
static void
test_seen(void **state)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_devices_answer answer;
	struct cs_wire_device item;
	struct cs_view rest;
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(hub_device_seen(t.w.hub, t.phone.id));
	t.w.hub->now_ms += 1000;
	assert_ok(hub_device_seen(t.w.hub, t.phone.id));
	assert_int_equal(
	    hw_ask(&t.w, &t.phone.conn, hub_devices, &cs_wire_empty_shape,
		&empty, &cs_wire_devices_answer_shape, &answer),
	    0);
	rest = answer.devices.raw;
	assert_true(cs_wire_next(&item, &cs_wire_device_shape, &rest));
	assert_view_equal(item.devices, cs_buf_view(&t.phone.cert));
	assert_int_equal(item.seen_ms % CS_DAY_MS, 0);
	assert_true(item.seen_ms <= t.w.hub->now_ms);
	assert_true(item.seen_ms + CS_DAY_MS > t.w.hub->now_ms);
	world_clear(&t);
}

/* New certificates for ${d}, which is of ${p}: by the account's key, or by
 * ${by}; they end ${s} seconds from now. */
static void
certify(struct world *t, struct hw_device *d, const struct hw_person *p,
    const struct hw_device *by, uint64_t s)
{
	uint64_t now = t->w.hub->now_ms / 1000;
	struct cs_device_cert cert = {
		.handle = cs_view_str(p->handle),
		.not_before = now - 60,
		.not_after = now + s,
	};
	struct cs_credential credential;

	memcpy(cert.account, p->account, 16);
	memcpy(cert.device, d->id, 16);
	memcpy(cert.public, d->key.public, 32);
	cs_buf_reset(&d->cert);
	cs_buf_reset(&d->credential);
	if (by == NULL)
		test_credential(
		    &d->credential, &t->w.operator, & cert, &p->account_key);
	else
		test_credential_next(&d->credential,
		    cs_buf_view(&by->credential), &cert, &by->key);
	assert_ok(
	    cs_credential_parse(&credential, cs_buf_view(&d->credential)));
	assert_ok(cs_credential_write_devices(&d->cert, &credential));
}

/* The hub's word for it is ${d}'s latest credential. */
static bool
has(struct world *t, const struct hw_device *d)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, t->w.hub->db,
	    "SELECT COUNT(*) FROM device WHERE id=? AND cert=?",
	    cs_blob(CS_VIEW_OF(d->id)), cs_blob(cs_buf_view(&d->credential))));
	return n == 1;
}

/* A device that is there gets certificates that last longer, by the recovery
 * key or by another device; with its key, in its account, and while it is not
 * removed. */
static void
test_renew(void **state)
{
	struct hw_device laptop, other;
	struct world t;

	(void)state;
	world_init(&t);
	hw_device(&t.w, &laptop, &t.alma);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)), 0);
	/* Not shorter, nor as long. */
	certify(&t, &laptop, &t.alma, NULL, 86400 - 1);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)),
	    CS_WIRE_E_CERTIFICATE);
	certify(&t, &laptop, &t.alma, NULL, 2 * 86400);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)), 0);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)), 0);
	assert_true(has(&t, &laptop));
	assert_int_equal(count(&t, &t.phone.conn), 2);
	/* By another one, which lasts long enough itself: the phone does not,
	 * nor is the chain that of a device which does not ask. */
	certify(&t, &laptop, &t.alma, &t.phone, 9 * 86400);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)),
	    CS_WIRE_E_CERTIFICATE);
	certify(&t, &t.phone, &t.alma, NULL, 9 * 86400);
	assert_int_equal(add(&t, &laptop.conn, cs_buf_view(&t.phone.cert)), 0);
	assert_true(has(&t, &t.phone));
	certify(&t, &laptop, &t.alma, &t.phone, 8 * 86400);
	assert_int_equal(add(&t, &laptop.conn, cs_buf_view(&laptop.cert)),
	    CS_WIRE_E_CERTIFICATE);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)), 0);
	assert_true(has(&t, &laptop));
	/* Under another key; in another account. */
	other = laptop;
	memset(&other.cert, 0, sizeof other.cert);
	memset(&other.credential, 0, sizeof other.credential);
	assert_ok(cs_sign_key_new(&other.key));
	certify(&t, &other, &t.alma, NULL, 20 * 86400);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&other.cert)),
	    CS_WIRE_E_CERTIFICATE);
	other.key = laptop.key;
	certify(&t, &other, &t.boris, NULL, 20 * 86400);
	assert_int_equal(add(&t, &t.boris_phone.conn, cs_buf_view(&other.cert)),
	    CS_WIRE_E_CERTIFICATE);
	assert_true(has(&t, &laptop));
	/* Not once it is removed. */
	certify(&t, &laptop, &t.alma, NULL, 30 * 86400);
	assert_int_equal(remove_device(&t, &t.phone.conn, laptop.id), 0);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&laptop.cert)),
	    CS_WIRE_E_CERTIFICATE);
	hw_device_clear(&other);
	hw_device_clear(&laptop);
	world_clear(&t);
}

/* A device that came through another stays when that one ends only if it is
 * kept; and neither does a renewed one. */
static void
test_renew_revoked(void **state)
{
	struct cs_revocation revocation;
	struct hw_device tablet;
	struct world t;

	(void)state;
	world_init(&t);
	hw_device(&t.w, &tablet, &t.alma);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&tablet.cert)), 0);
	/* The phone's new certificate comes through the tablet. */
	certify(&t, &tablet, &t.alma, NULL, 9 * 86400);
	assert_int_equal(add(&t, &t.phone.conn, cs_buf_view(&tablet.cert)), 0);
	certify(&t, &t.phone, &t.alma, &tablet, 8 * 86400);
	assert_int_equal(add(&t, &tablet.conn, cs_buf_view(&t.phone.cert)), 0);
	assert_true(has(&t, &t.phone));
	/* With nobody kept, both would go: refused, since none would be left.
	 */
	revocation = (struct cs_revocation){ .at_ms = t.w.hub->now_ms };
	memcpy(revocation.account, t.alma.account, 16);
	memcpy(revocation.device, tablet.id, 16);
	assert_int_equal(hand_in(&t, &t.phone.conn, &revocation, &t.phone),
	    CS_WIRE_E_LAST_DEVICE);
	assert_ok(
	    cs_revocation_keep(&revocation, t.phone.id, t.phone.key.public));
	assert_int_equal(hand_in(&t, &t.phone.conn, &revocation, &t.phone), 0);
	assert_int_equal(count(&t, &t.phone.conn), 1);
	hw_device_clear(&tablet);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_add_others),
		cmocka_unit_test(test_add_taken),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_renew_revoked),
		cmocka_unit_test(test_add_limit),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_seen),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
