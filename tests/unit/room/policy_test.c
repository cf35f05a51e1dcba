/* SPDX-License-Identifier: MIT */
/* The policy of a room as bytes, and what it says.  How it changes with those
 * who come and go is in handshake_test.c. */
#include "room/policy.h"

#include "base/writer.h"
#include "support/test.h"

static const uint8_t anna[CS_ID_LEN] = { 1 }, boris[CS_ID_LEN] = { 2 },
		     clara[CS_ID_LEN] = { 3 };

/* Anna owns it, boris is an admin. */
static struct cs_room_policy
room(void)
{
	struct cs_room_policy p = { .written = true, .n_admins = 1 };

	memcpy(p.owner, anna, CS_ID_LEN);
	memcpy(p.admins[0], boris, CS_ID_LEN);
	return p;
}

static void
test_bytes(void **state)
{
	static const uint8_t known[] = { 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 16, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		8 };
	struct cs_room_policy p = room(), got;
	struct cs_buf bytes = { 0 };
	uint8_t twin[sizeof known + 1];

	(void)state;
	p.flags = CS_ROOM_ADMINS_WRITE;
	assert_ok(cs_room_policy_write(&bytes, &p));
	assert_view_equal(cs_buf_view(&bytes), CS_VIEW_OF(known));
	assert_ok(cs_room_policy_parse(&got, CS_VIEW_OF(known)));
	assert_true(cs_room_policy_equal(&p, &got));
	for (size_t n = 0; n < sizeof known; n++)
		assert_err(cs_room_policy_parse(&got, cs_view(known, n)),
		    CS_ERR_FORMAT);
	memcpy(twin, known, sizeof known);
	twin[sizeof known] = 0;
	assert_err(cs_room_policy_parse(&got, CS_VIEW_OF(twin)), CS_ERR_FORMAT);
	cs_buf_free(&bytes);
}

/* A later program may write whatever it likes behind its version: none of it
 * is read. */
static void
test_newer(void **state)
{
	static const uint8_t newer[] = { 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0xff, 'n', 'e', 'w' };
	struct cs_room_policy p = room(), got;
	struct cs_buf bytes = { 0 };

	(void)state;
	assert_ok(cs_room_policy_write(&bytes, &p));
	bytes.data[0] = 2;
	assert_err(
	    cs_room_policy_parse(&got, cs_buf_view(&bytes)), CS_ERR_VERSION);
	for (size_t n = 1; n <= sizeof newer; n++)
		assert_err(cs_room_policy_parse(&got, cs_view(newer, n)),
		    CS_ERR_VERSION);
	assert_err(
	    cs_room_policy_parse(&got, cs_view(newer, 0)), CS_ERR_FORMAT);
	/* In this version, what is new is wrong. */
	bytes.data[0] = 1;
	bytes.data[bytes.len - 1] |= 0x10;
	assert_err(
	    cs_room_policy_parse(&got, cs_buf_view(&bytes)), CS_ERR_FORMAT);
	cs_buf_free(&bytes);
}

/* One byte of it says something else. */
static void
test_twins(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} twins[] = {
		{ 0, 0 },   /* no version */
		{ 1, 0 },   /* an owner of zeroes */
		{ 1, 2 },   /* the owner is an admin, too */
		{ 17, 15 }, /* no whole account */
		{ 18, 0 },  /* an admin of zeroes */
		{ 34, 16 }, /* a flag that nobody knows */
	};
	struct cs_room_policy p = room(), got;
	struct cs_buf bytes = { 0 };

	(void)state;
	assert_ok(cs_room_policy_write(&bytes, &p));
	for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
		uint8_t was = bytes.data[twins[i].at];

		bytes.data[twins[i].at] = twins[i].value;
		assert_err(cs_room_policy_parse(&got, cs_buf_view(&bytes)),
		    CS_ERR_FORMAT);
		bytes.data[twins[i].at] = was;
	}
	assert_ok(cs_room_policy_parse(&got, cs_buf_view(&bytes)));
	cs_buf_free(&bytes);
}

static void
write_admins(struct cs_buf *out, size_t n, bool twice)
{
	struct cs_writer w = cs_writer(out);
	size_t open;

	cs_buf_reset(out);
	cs_write_u8(&w, 1);
	cs_write_bytes(&w, CS_VIEW_OF(anna));
	open = cs_write_open(&w);
	for (size_t i = 0; i < n; i++) {
		uint8_t id[CS_ID_LEN] = { 7,
			(uint8_t)(twice && i ? i - 1 : i) };

		cs_write_bytes(&w, CS_VIEW_OF(id));
	}
	cs_write_close(&w, open);
	cs_write_u8(&w, 0);
	assert_ok(cs_writer_end(&w));
}

static void
test_admins(void **state)
{
	struct cs_room_policy got;
	struct cs_buf bytes = { 0 };

	(void)state;
	write_admins(&bytes, CS_ROOM_ADMINS_MAX, false);
	assert_ok(cs_room_policy_parse(&got, cs_buf_view(&bytes)));
	assert_int_equal(got.n_admins, CS_ROOM_ADMINS_MAX);
	assert_err(
	    cs_room_policy_give(&got, clara, CS_ROOM_ADMIN), CS_ERR_LIMIT);
	write_admins(&bytes, CS_ROOM_ADMINS_MAX + 1, false);
	assert_err(
	    cs_room_policy_parse(&got, cs_buf_view(&bytes)), CS_ERR_LIMIT);
	write_admins(&bytes, 3, true);
	assert_err(
	    cs_room_policy_parse(&got, cs_buf_view(&bytes)), CS_ERR_FORMAT);
	/* Nor is such a one written. */
	got = room();
	memcpy(got.admins[got.n_admins++], boris, CS_ID_LEN);
	assert_err(cs_room_policy_write(&bytes, &got), CS_ERR_MISUSE);
	cs_buf_free(&bytes);
}

static void
test_questions(void **state)
{
	static const struct {
		enum cs_room_act act;
		uint8_t flag;
		bool admin;
	} acts[] = {
		{ CS_ROOM_ADD, CS_ROOM_ADMINS_ADD, true },
		{ CS_ROOM_RENAME, CS_ROOM_ADMINS_RENAME, true },
		{ CS_ROOM_SET_TIMER, CS_ROOM_ADMINS_SET_TIMERS, true },
		{ CS_ROOM_WRITE, CS_ROOM_ADMINS_WRITE, true },
		{ CS_ROOM_REMOVE, 0, true },
		{ CS_ROOM_SET_FLAGS, 0, true },
		{ CS_ROOM_GIVE_ROLES, 0, false },
	};
	struct cs_room_policy p = room();

	(void)state;
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		for (uint8_t f = 0; f <= CS_ROOM_FLAGS; f++) {
			p.flags = f;
			assert_true(cs_room_may(&p, anna, acts[i].act));
			assert_int_equal(
			    cs_room_may(&p, boris, acts[i].act), acts[i].admin);
			assert_int_equal(cs_room_may(&p, clara, acts[i].act),
			    acts[i].flag != 0 && !(f & acts[i].flag));
		}
	}
	assert_true(cs_room_may_remove(&p, anna, boris));
	assert_true(cs_room_may_remove(&p, anna, clara));
	assert_true(cs_room_may_remove(&p, boris, clara));
	assert_true(cs_room_may_remove(&p, clara, clara));
	assert_false(cs_room_may_remove(&p, boris, anna));
	assert_false(cs_room_may_remove(&p, clara, boris));
	assert_false(cs_room_may_remove(&p, clara, anna));
	assert_ok(cs_room_policy_give(&p, clara, CS_ROOM_ADMIN));
	assert_false(cs_room_may_remove(&p, clara, boris));
}

static void
test_giving(void **state)
{
	struct cs_room_policy p = room();

	(void)state;
	assert_ok(cs_room_policy_give(&p, clara, CS_ROOM_ADMIN));
	assert_ok(cs_room_policy_give(&p, clara, CS_ROOM_ADMIN));
	assert_int_equal(p.n_admins, 2);
	/* There is always one owner. */
	assert_err(
	    cs_room_policy_give(&p, anna, CS_ROOM_MEMBER), CS_ERR_MISUSE);
	assert_err(cs_room_policy_give(&p, anna, CS_ROOM_ADMIN), CS_ERR_MISUSE);
	assert_ok(cs_room_policy_give(&p, boris, CS_ROOM_OWNER));
	assert_int_equal(cs_room_role_of(&p, boris), CS_ROOM_OWNER);
	assert_int_equal(cs_room_role_of(&p, anna), CS_ROOM_ADMIN);
	assert_memory_equal(p.admins[0], clara, CS_ID_LEN);
	assert_ok(cs_room_policy_give(&p, anna, CS_ROOM_MEMBER));
	assert_int_equal(cs_room_role_of(&p, anna), CS_ROOM_MEMBER);
	assert_int_equal(p.n_admins, 1);
}

/* In the list of a context: after the components before it, and once. */
static void
test_put(void **state)
{
	static const uint8_t without[] = { 0, 5, 1, 9, 0, 6, 10, 9, 0x12, 0x34,
		1, 0xaa, 0xf0, 0, 2, 0xbb, 0xcc };
	struct cs_room_policy p = room(), got;
	struct cs_buf once = { 0 }, again = { 0 };
	struct cs_view list, component;
	struct cs_mls_extension e;

	(void)state;
	assert_err(
	    cs_room_policy_find(&got, CS_VIEW_OF(without)), CS_ERR_NOT_FOUND);
	assert_ok(cs_room_policy_put(&once, CS_VIEW_OF(without), &p));
	assert_ok(cs_room_policy_find(&got, cs_buf_view(&once)));
	assert_true(cs_room_policy_equal(&got, &p));
	list = cs_buf_view(&once);
	assert_true(cs_mls_extension_next(&list, &e));
	assert_view_equal(e.data, cs_view(&without[3], 1));
	assert_true(cs_mls_extension_next(&list, &e));
	assert_ok(cs_mls_app_data_find(&component, e.data, 0xf000));
	assert_int_equal(component.len, 2);
	assert_ok(cs_room_policy_put(&again, cs_buf_view(&once), &p));
	assert_view_equal(cs_buf_view(&again), cs_buf_view(&once));
	cs_buf_reset(&again);
	assert_err(cs_room_policy_put(&again, cs_view(without, 4), &p),
	    CS_ERR_NOT_FOUND);
	cs_buf_free(&once);
	cs_buf_free(&again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_newer),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_admins),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_giving),
		cmocka_unit_test(test_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
