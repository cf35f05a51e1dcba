/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "hub/accounts/link.h"
#include "hub/core/budget.h"
#include "support/hub_world.h"

static const uint8_t place[32] = { 1, 2, 3 }, nowhere[32] = { 4, 5, 6 };

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

/* What has come, as a string in memory until the next call. */
static uint16_t
look(struct world *t, struct hw_device *d, const uint8_t id[static 32],
    const char **found)
{
	static char text[64];
	struct cs_wire_link m;
	struct cs_wire_link_ask answer;
	uint16_t code;

	memcpy(m.rendezvous, id, 32);
	code = hw_ask(&t->w, &d->conn, hub_link_open, &cs_wire_link_shape, &m,
	    &cs_wire_link_ask_shape, &answer);
	if (code == 0 && found != NULL) {
		assert_memory_equal(answer.rendezvous, id, 32);
		snprintf(text, sizeof text, "%.*s", (int)answer.sealed.len,
		    (const char *)answer.sealed.data);
		*found = text;
	}
	return code;
}

static uint16_t
answer(struct world *t, struct hw_device *d, const uint8_t id[static 32],
    const char *text)
{
	struct cs_wire_link_answer m = { .sealed = cs_view_str(text) };

	memcpy(m.rendezvous, id, 32);
	return hw_ask(&t->w, &d->conn, hub_link_answer,
	    &cs_wire_link_answer_shape, &m, NULL, NULL);
}

/* As a stranger on a connection of its own. */
static void
ask(struct world *t, const uint8_t id[static 32], const char *text)
{
	struct cs_wire_link_ask m = { .sealed = cs_view_str(text) };
	struct hub_conn stranger = { .hub = t->w.hub };
	struct cs_wire_empty empty;

	memcpy(m.rendezvous, id, 32);
	assert_int_equal(
	    hw_ask(&t->w, &stranger, hub_link_ask, &cs_wire_link_ask_shape, &m,
		&cs_wire_empty_shape, &empty),
	    0);
}

static void
assert_taken(struct world *t, const uint8_t id[static 32], const char *expected)
{
	struct hub_conn stranger = { .hub = t->w.hub };
	struct cs_wire_link m;
	struct cs_wire_link_answer got;

	memcpy(m.rendezvous, id, 32);
	assert_int_equal(
	    hw_ask(&t->w, &stranger, hub_link_take, &cs_wire_link_shape, &m,
		&cs_wire_link_answer_shape, &got),
	    0);
	assert_memory_equal(got.rendezvous, id, 32);
	assert_view_equal(got.sealed, cs_view_str(expected));
}

static void
test_letters(void **state)
{
	const char *found;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(look(&t, &t.phone, place, &found), 0);
	assert_string_equal(found, "");
	assert_taken(&t, place, "");
	/* No answer before there is a question. */
	assert_int_equal(answer(&t, &t.phone, place, "early"), CS_WIRE_E_LINK);
	ask(&t, place, "let me in");
	assert_int_equal(look(&t, &t.phone, place, &found), 0);
	assert_string_equal(found, "let me in");
	assert_int_equal(answer(&t, &t.phone, place, "welcome"), 0);
	assert_taken(&t, place, "welcome");
	assert_taken(&t, place, "welcome");
	world_clear(&t);
}

/* The first letter stays; a second one is not told that it came second. */
static void
test_once(void **state)
{
	const char *found;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(look(&t, &t.phone, place, NULL), 0);
	ask(&t, place, "first");
	ask(&t, place, "second");
	assert_int_equal(look(&t, &t.phone, place, &found), 0);
	assert_string_equal(found, "first");
	world_clear(&t);
}

/* Unknown ones answer like known ones, and nothing is kept for them. */
static void
test_unknown(void **state)
{
	const char *found;
	struct world t;
	uint64_t n;

	(void)state;
	world_init(&t);
	ask(&t, nowhere, "anybody?");
	assert_taken(&t, nowhere, "");
	assert_ok(cs_db_get_int(&n, t.w.hub->db, "SELECT COUNT(*) FROM link"));
	assert_int_equal(n, 0);
	/* Opened afterwards, it is empty. */
	assert_int_equal(look(&t, &t.phone, nowhere, &found), 0);
	assert_string_equal(found, "");
	world_clear(&t);
}

static void
test_somebody_elses(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(look(&t, &t.phone, place, NULL), 0);
	ask(&t, place, "let me in");
	assert_int_equal(
	    look(&t, &t.boris_phone, place, NULL), CS_WIRE_E_EXISTS);
	assert_int_equal(
	    answer(&t, &t.boris_phone, place, "mine"), CS_WIRE_E_LINK);
	assert_taken(&t, place, "");
	/* One at a time: a new one ends the one before. */
	assert_int_equal(look(&t, &t.phone, nowhere, NULL), 0);
	assert_int_equal(answer(&t, &t.phone, place, "late"), CS_WIRE_E_LINK);
	world_clear(&t);
}

static void
test_expired(void **state)
{
	const char *found;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(look(&t, &t.phone, place, NULL), 0);
	ask(&t, place, "let me in");
	assert_int_equal(answer(&t, &t.phone, place, "welcome"), 0);
	t.w.hub->now_ms += HUB_LINK_MS - 1;
	assert_taken(&t, place, "welcome");
	t.w.hub->now_ms += 1;
	assert_taken(&t, place, "");
	assert_int_equal(answer(&t, &t.phone, place, "late"), CS_WIRE_E_LINK);
	assert_int_equal(look(&t, &t.phone, place, &found), 0);
	assert_string_equal(found, "");
	world_clear(&t);
}

/* Guessing ends the connection. */
static void
test_tries(void **state)
{
	struct cs_wire_link m = { { 0 } };
	struct hub_conn stranger = { 0 };
	struct world t;

	(void)state;
	world_init(&t);
	stranger.hub = t.w.hub;
	for (int i = 0; i < (int)hub_budgets[HUB_B_TRIES_CONNECTION].amount;
	     i++)
		assert_int_equal(hw_ask(&t.w, &stranger, hub_link_take,
				     &cs_wire_link_shape, &m, NULL, NULL),
		    0);
	assert_false(stranger.end_after_round);
	assert_int_equal(hw_ask(&t.w, &stranger, hub_link_take,
			     &cs_wire_link_shape, &m, NULL, NULL),
	    CS_WIRE_E_LIMIT);
	assert_true(stranger.end_after_round);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_somebody_elses),
		cmocka_unit_test(test_expired),
		cmocka_unit_test(test_tries),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
