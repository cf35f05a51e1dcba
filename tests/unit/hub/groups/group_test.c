/* SPDX-License-Identifier: MIT */
/* What a device may ask about groups, contacts and key packages. */

#include "crypto/init.h"
#include "hub/accounts/device.h"
#include "hub/accounts/key_package.h"
#include "hub/groups/contact.h"
#include "hub/groups/group.h"
#include "support/hub_world.h"

struct world {
	struct hub_world w;
	struct hw_person alma, boris;
	struct hw_device phone, laptop, boris_phone;
};

static void
world_init(struct world *t)
{
	struct cs_wire_device_add m = { { NULL, 0 }, { NULL, 0 } };

	hw_init(&t->w);
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	hw_person(&t->w, &t->boris, &t->boris_phone, "boris");
	hw_device(&t->w, &t->laptop, &t->alma);
	m.devices = cs_buf_view(&t->laptop.cert);
	assert_int_equal(hw_ask(&t->w, &t->phone.conn, hub_device_add,
			     &cs_wire_device_add_shape, &m, NULL, NULL),
	    0);
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_device_clear(&t->laptop);
	hw_device_clear(&t->boris_phone);
	hw_clear(&t->w);
}

static uint16_t
info(struct world *t, struct hw_device *d, const char *id)
{
	const struct cs_wire_group_info_get m = { cs_view_str(id) };

	return hw_ask(&t->w, &d->conn, hub_group_info,
	    &cs_wire_group_info_get_shape, &m, NULL, NULL);
}

/* Which groups there are is for accounts that are in them. */
static void
test_info(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created)"
	    " VALUES('family',0,x'',0,0,0)"));
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO member(grp,device,account,leaf,from_seq,cursor)"
	    " VALUES(CAST('family' AS BLOB),?,?,0,0,0)",
	    cs_blob(CS_VIEW_OF(t.phone.id)),
	    cs_blob(CS_VIEW_OF(t.alma.account))));
	assert_int_equal(
	    info(&t, &t.boris_phone, "family"), CS_WIRE_E_NO_GROUP);
	assert_int_equal(
	    info(&t, &t.boris_phone, "nothing"), CS_WIRE_E_NO_GROUP);
	assert_int_equal(info(&t, &t.phone, "nothing"), CS_WIRE_E_NO_GROUP);
	/* The laptop's account is in it: so far it is let through, to a state
	 * that is none. */
	assert_int_not_equal(info(&t, &t.laptop, "family"), CS_WIRE_E_NO_GROUP);
	/* Who has gone is not in it. */
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE member SET until_seq=0"));
	assert_int_equal(info(&t, &t.laptop, "family"), CS_WIRE_E_NO_GROUP);
	world_clear(&t);
}

static uint16_t
set_note(struct world *t, struct hw_device *d, const uint8_t account[static 16],
    uint8_t contact_state, const char *note)
{
	struct cs_wire_contact_set m = {
		.state = contact_state,
		.note = cs_view_str(note),
	};

	memcpy(m.account, account, 16);
	return hw_ask(&t->w, &d->conn, hub_contact_set,
	    &cs_wire_contact_set_shape, &m, NULL, NULL);
}

static uint32_t
notes(struct world *t, struct hw_device *d, const char *expected)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_contacts_answer answer;
	struct cs_wire_contact_note item;
	struct cs_view rest;

	assert_int_equal(
	    hw_ask(&t->w, &d->conn, hub_contacts, &cs_wire_empty_shape, &empty,
		&cs_wire_contacts_answer_shape, &answer),
	    0);
	rest = answer.contacts.raw;
	while (cs_wire_next(&item, &cs_wire_contact_note_shape, &rest))
		assert_view_equal(item.note, cs_view_str(expected));
	return answer.contacts.n;
}

/* For the devices of the account, the last one each. */
static void
test_notes(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(notes(&t, &t.phone, ""), 0);
	assert_int_equal(set_note(&t, &t.phone, t.boris.account,
			     CS_WIRE_CONTACT_ACCEPTED, "sealed"),
	    0);
	assert_int_equal(notes(&t, &t.phone, "sealed"), 1);
	assert_int_equal(notes(&t, &t.laptop, "sealed"), 1);
	assert_int_equal(notes(&t, &t.boris_phone, ""), 0);
	assert_int_equal(set_note(&t, &t.laptop, t.boris.account,
			     CS_WIRE_CONTACT_BLOCKED, "again"),
	    0);
	assert_int_equal(notes(&t, &t.phone, "again"), 1);
	assert_int_equal(set_note(&t, &t.phone, t.boris.account,
			     CS_WIRE_CONTACT_ASKED, "no"),
	    CS_WIRE_E_MALFORMED);
	assert_int_equal(notes(&t, &t.phone, "again"), 1);
	world_clear(&t);
}

static void
give_package(struct world *t, const struct hw_device *d, const char *bytes)
{
	assert_ok(cs_db_exec(t->w.hub->db,
	    "INSERT INTO key_package(device,last_resort,not_after,bytes)"
	    " VALUES(?,0,?,?)",
	    cs_blob(CS_VIEW_OF(d->id)), cs_int(t->w.hub->now_ms),
	    cs_blob(cs_view_str(bytes))));
}

/* How many come, and the last one. */
static uint32_t
packages(struct world *t, struct hw_device *d, const char *handle,
    const uint8_t *device, const char *expected)
{
	struct cs_wire_key_packages_get m = { .handle = cs_view_str(handle) };
	struct cs_wire_key_packages_answer answer;
	struct cs_wire_bytes item = { { NULL, 0 } };
	struct cs_view rest;
	uint16_t code;

	if (device != NULL)
		memcpy(m.device, device, 16);
	code = hw_ask(&t->w, &d->conn, hub_key_packages_get,
	    &cs_wire_key_packages_get_shape, &m,
	    &cs_wire_key_packages_answer_shape, &answer);
	if (code != 0) {
		assert_int_equal(code, CS_WIRE_E_NO_KEY_PACKAGE);
		return 0;
	}
	for (rest = answer.key_packages.raw;
	     cs_wire_next(&item, &cs_wire_bytes_shape, &rest);)
		;
	assert_view_equal(item.v, cs_view_str(expected));
	return answer.key_packages.n;
}

/* One of each device of somebody; of the own account, of the others; of one
 * device, nothing of the rest. */
static void
test_packages(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	for (int i = 0; i < 4; i++) {
		give_package(&t, &t.phone, "phone");
		give_package(&t, &t.laptop, "laptop");
	}
	assert_int_equal(packages(&t, &t.phone, "alma", NULL, "laptop"), 1);
	assert_int_equal(packages(&t, &t.laptop, "alma", NULL, "phone"), 1);
	assert_int_equal(
	    packages(&t, &t.phone, "alma", t.laptop.id, "laptop"), 1);
	assert_int_equal(
	    packages(&t, &t.phone, "alma", t.boris_phone.id, ""), 0);
	assert_int_equal(
	    packages(&t, &t.boris_phone, "alma", t.phone.id, "phone"), 1);
	assert_int_equal(
	    packages(&t, &t.laptop, "alma", t.phone.id, "phone"), 1);
	/* Three of the phone's four went, and two of the laptop's. */
	assert_int_equal(packages(&t, &t.laptop, "alma", NULL, "phone"), 1);
	assert_int_equal(packages(&t, &t.laptop, "alma", NULL, ""), 0);
	assert_int_equal(packages(&t, &t.phone, "alma", NULL, "laptop"), 1);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_packages),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
