/* SPDX-License-Identifier: MIT */
/* What a device that comes back is told of the account's conversations. */
#include "crypto/init.h"
#include "hub/accounts/account.h"
#include "hub/accounts/recover.h"
#include "hub/groups/member.h"
#include "support/hub_world.h"
#include "support/test.h"

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

static void
enter(struct world *t, const struct hw_device *d, const char *group)
{
	struct hub_member member = { .group = cs_view_str(group) };

	memcpy(member.device, d->id, CS_ID_LEN);
	memcpy(member.account, d->conn.account, CS_ID_LEN);
	assert_ok(hub_member_insert(t->w.hub, &member));
}

static uint16_t
set(struct world *t, struct hw_device *d, const char *group, const char *note)
{
	const struct cs_wire_group_note m = { cs_view_str(group),
		cs_view_str(note) };

	return hw_ask(&t->w, &d->conn, hub_group_note_set,
	    &cs_wire_group_note_shape, &m, NULL, NULL);
}

/* The notes of ${d}'s account, one behind the other. */
static void
assert_notes(struct world *t, struct hw_device *d, uint32_t n, const char *want)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_groups_answer answer;
	struct cs_wire_group_note item;
	struct cs_view rest;
	char got[64] = "";

	assert_int_equal(
	    hw_ask(&t->w, &d->conn, hub_account_groups, &cs_wire_empty_shape,
		&empty, &cs_wire_groups_answer_shape, &answer),
	    0);
	assert_int_equal(answer.groups.n, n);
	rest = answer.groups.raw;
	while (cs_wire_next(&item, &cs_wire_group_note_shape, &rest)) {
		size_t at = strlen(got);

		memcpy(got + at, item.note.data, item.note.len);
		got[at + item.note.len] = '\0';
	}
	assert_string_equal(got, want);
}

static void
test_notes(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	assert_notes(&t, &t.phone, 0, "");
	enter(&t, &t.phone, "one");
	enter(&t, &t.phone, "two");
	enter(&t, &t.boris_phone, "one");
	enter(&t, &t.boris_phone, "three");
	assert_int_equal(set(&t, &t.phone, "one", "A"), 0);
	/* Of a conversation that one is not in, there is no note. */
	assert_int_equal(set(&t, &t.phone, "three", "B"), CS_WIRE_E_NO_GROUP);
	assert_int_equal(set(&t, &t.phone, "four", "B"), CS_WIRE_E_NO_GROUP);
	assert_notes(&t, &t.phone, 2, "A");
	assert_int_equal(set(&t, &t.phone, "one", "C"), 0);
	assert_notes(&t, &t.phone, 2, "C");
	/* The other member has a note of their own. */
	assert_notes(&t, &t.boris_phone, 2, "");
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notes),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
