/* SPDX-License-Identifier: MIT */
/* Who may make links, ask by them, see who asks, and answer. */
#include "hub/groups/ask.h"

#include "crypto/init.h"
#include "crypto/signer.h"
#include "hub/accounts/key_package.h"
#include "hub/groups/contact.h"
#include "room/context.h"
#include "support/hub_world.h"

/* Alma owns the club, in which boris is; dora and mallory are not. */
struct world {
	struct hub_world w;
	struct hw_person alma, boris, dora, mallory;
	struct hw_device phone, boriss, doras, mallorys;
	uint8_t flags;
};

static const char club[] = "a club of theirs";
static const uint8_t door[32] = { 1 }, other_door[32] = { 2 }, none[32];

static enum cs_err
anybody(void *arg, const struct cs_mls_auth_request *rq)
{
	(void)arg;
	(void)rq;
	return CS_OK;
}

/* A real one, for its policy is asked for. */
static void
make_club(struct world *t)
{
	const struct cs_room_operator op = { cs_view_str(t->w.hub->name),
		t->w.hub->root_public, t->w.hub->external_public };
	struct cs_room_policy policy = { .written = true, .flags = t->flags };
	struct cs_mls_options opt = cs_mls_options_default();
	struct cs_mls_identity id = {
		.credential = cs_buf_view(&t->phone.credential),
		.not_before_s = t->w.hub->now_ms / 1000 - 60,
		.not_after_s = t->w.hub->now_ms / 1000 + 86400,
	};
	struct cs_buf context = { 0 }, info = { 0 };
	struct cs_wire_group_new m;
	struct cs_mls_extension exts[2];
	struct cs_mls_group *g;
	struct cs_view list;

	opt.auth.check = anybody;
	opt.now_s = t->w.hub->now_ms / 1000;
	memcpy(policy.owner, t->alma.account, CS_ID_LEN);
	assert_ok(cs_signer_from_ed25519(&id.signer, &t->phone.key));
	assert_ok(
	    cs_room_context_write(&context, &op, cs_view(NULL, 0), &policy));
	list = cs_buf_view(&context);
	assert_true(cs_mls_extension_next(&list, &exts[0]));
	assert_true(cs_mls_extension_next(&list, &exts[1]));
	assert_ok(cs_mls_group_new(&g, CS_ROOM_SUITE, cs_view_str(club), &id,
	    (struct cs_mls_extensions){ exts, 2 }, &opt));
	assert_ok(cs_mls_group_info(g, &info, CS_MLS_WITH_TREE));
	m.group_info = cs_buf_view(&info);
	assert_int_equal(hw_ask(&t->w, &t->phone.conn, hub_group_new,
			     &cs_wire_group_new_shape, &m, NULL, NULL),
	    0);
	cs_mls_group_free(g);
	cs_signer_free(id.signer);
	cs_buf_free(&context);
	cs_buf_free(&info);
}

static void
join(struct world *t, const struct hw_device *d)
{
	assert_ok(cs_db_exec(t->w.hub->db,
	    "INSERT INTO member(grp,device,account,leaf,from_seq,cursor)"
	    " VALUES(?,?,?,1,0,0)",
	    cs_blob(cs_view_str(club)), cs_blob(CS_VIEW_OF(d->id)),
	    cs_blob(CS_VIEW_OF(d->conn.account))));
}

static void
world_init(struct world *t, uint8_t flags)
{
	t->flags = flags;
	hw_init(&t->w);
	strcpy(t->w.hub->name, "hub.example");
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	hw_person(&t->w, &t->boris, &t->boriss, "boris");
	hw_person(&t->w, &t->dora, &t->doras, "dora");
	hw_person(&t->w, &t->mallory, &t->mallorys, "mallory");
	make_club(t);
	join(t, &t->boriss);
	assert_ok(cs_db_exec(t->w.hub->db, "UPDATE grp SET seq=10"));
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_device_clear(&t->boriss);
	hw_device_clear(&t->doras);
	hw_device_clear(&t->mallorys);
	hw_clear(&t->w);
}

static uint16_t
set_link(struct world *t, struct hw_device *d, const uint8_t id[static 32],
    uint64_t seq)
{
	struct cs_wire_group_link m = { .group_id = cs_view_str(club),
		.group_seq = seq };

	memcpy(m.rendezvous, id, 32);
	return hw_ask(&t->w, &d->conn, hub_group_link_set,
	    &cs_wire_group_link_shape, &m, NULL, NULL);
}

static uint16_t
ask(struct world *t, struct hw_device *d, const uint8_t id[static 32],
    const char *letter)
{
	struct cs_wire_group_ask m = { .sealed = cs_view_str(letter),
		.note = cs_view_str("note") };

	memcpy(m.rendezvous, id, 32);
	return hw_ask(&t->w, &d->conn, hub_group_ask, &cs_wire_group_ask_shape,
	    &m, NULL, NULL);
}

/* How many ask, as ${d} sees it; ${*code} is 0 or why not. */
static uint32_t
asks(struct world *t, struct hw_device *d, uint16_t *code)
{
	const struct cs_wire_group_asks_get m = { cs_view_str(club) };
	struct cs_wire_group_asks_answer answer = { 0 };

	*code = hw_ask(&t->w, &d->conn, hub_group_asks,
	    &cs_wire_group_asks_get_shape, &m, &cs_wire_group_asks_answer_shape,
	    &answer);
	return *code == 0 ? answer.asks.n : 0;
}

static uint16_t
drop(struct world *t, struct hw_device *d, const struct hw_person *who)
{
	struct cs_wire_group_ask_drop m = { .group_id = cs_view_str(club) };

	memcpy(m.account, who->account, CS_ID_LEN);
	return hw_ask(&t->w, &d->conn, hub_group_ask_drop,
	    &cs_wire_group_ask_drop_shape, &m, NULL, NULL);
}

/* The state of the one thing that ${d} asked; 0: nothing. */
static uint8_t
state_of(struct world *t, struct hw_device *d)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_own_asks_answer answer;
	struct cs_wire_own_ask item = { 0 };
	struct cs_view rest;

	assert_int_equal(
	    hw_ask(&t->w, &d->conn, hub_own_asks, &cs_wire_empty_shape, &empty,
		&cs_wire_own_asks_answer_shape, &answer),
	    0);
	assert_true(answer.asks.n <= 1);
	rest = answer.asks.raw;
	if (cs_wire_next(&item, &cs_wire_own_ask_shape, &rest))
		assert_view_equal(item.note, cs_view_str("note"));
	return item.state;
}

static void
test_link(void **state)
{
	struct world t;
	uint16_t code;

	(void)state;
	world_init(&t, 0);
	assert_int_equal(ask(&t, &t.doras, door, "x"), CS_WIRE_E_GROUP_LINK);
	assert_int_equal(
	    set_link(&t, &t.mallorys, door, 5), CS_WIRE_E_NO_GROUP);
	assert_int_equal(
	    set_link(&t, &t.boriss, door, 11), CS_WIRE_E_MALFORMED);
	assert_int_equal(set_link(&t, &t.boriss, door, 5), 0);
	assert_int_equal(
	    ask(&t, &t.doras, other_door, "x"), CS_WIRE_E_GROUP_LINK);
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	assert_int_equal(asks(&t, &t.phone, &code), 1);
	/* The same, and an earlier one, change nothing. */
	assert_int_equal(set_link(&t, &t.phone, door, 5), 0);
	assert_int_equal(set_link(&t, &t.phone, other_door, 4), 0);
	assert_int_equal(asks(&t, &t.phone, &code), 1);
	assert_int_equal(state_of(&t, &t.doras), CS_WIRE_ASK_WAITS);
	/* A later one ends it, and whoever waited can ask by that. */
	assert_int_equal(set_link(&t, &t.phone, other_door, 6), 0);
	assert_int_equal(asks(&t, &t.phone, &code), 0);
	assert_int_equal(state_of(&t, &t.doras), CS_WIRE_ASK_OVER);
	assert_int_equal(ask(&t, &t.doras, door, "x"), CS_WIRE_E_GROUP_LINK);
	assert_int_equal(ask(&t, &t.doras, other_door, "x"), 0);
	assert_int_equal(set_link(&t, &t.phone, none, 7), 0);
	assert_int_equal(
	    ask(&t, &t.doras, other_door, "x"), CS_WIRE_E_GROUP_LINK);
	/* Whoever goes last ends it where it is. */
	assert_int_equal(set_link(&t, &t.phone, door, 8), 0);
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	assert_int_equal(set_link(&t, &t.phone, none, 8), 0);
	assert_int_equal(ask(&t, &t.doras, door, "x"), CS_WIRE_E_GROUP_LINK);
	/* What the desk has ended, or everybody has left. */
	assert_int_equal(set_link(&t, &t.phone, door, 9), 0);
	assert_ok(cs_db_exec(
	    t.w.hub->db, "UPDATE grp SET dissolved=9000000000000000"));
	assert_int_equal(ask(&t, &t.doras, door, "x"), CS_WIRE_E_GROUP_LINK);
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE grp SET dissolved=0"));
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE member SET until_seq=3"));
	assert_int_equal(ask(&t, &t.doras, door, "x"), CS_WIRE_E_GROUP_LINK);
	world_clear(&t);
}

/* What is kept from members is kept from them here, too. */
static void
test_who_may(void **state)
{
	struct world t;
	uint16_t code;

	(void)state;
	world_init(&t, CS_ROOM_ADMINS_ADD);
	assert_int_equal(set_link(&t, &t.boriss, door, 5), CS_WIRE_E_DENIED);
	assert_int_equal(set_link(&t, &t.phone, door, 5), 0);
	assert_int_equal(ask(&t, &t.boriss, door, "x"), CS_WIRE_E_EXISTS);
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	assert_int_equal(asks(&t, &t.phone, &code), 1);
	(void)asks(&t, &t.boriss, &code);
	assert_int_equal(code, CS_WIRE_E_DENIED);
	(void)asks(&t, &t.mallorys, &code);
	assert_int_equal(code, CS_WIRE_E_NO_GROUP);
	assert_int_equal(drop(&t, &t.boriss, &t.dora), CS_WIRE_E_DENIED);
	assert_int_equal(drop(&t, &t.mallorys, &t.dora), CS_WIRE_E_NO_GROUP);
	assert_int_equal(state_of(&t, &t.doras), CS_WIRE_ASK_WAITS);
	/* Who was a member is none. */
	assert_ok(cs_db_exec(t.w.hub->db,
	    "UPDATE member SET until_seq=3 WHERE device=?",
	    cs_blob(CS_VIEW_OF(t.phone.id))));
	(void)asks(&t, &t.phone, &code);
	assert_int_equal(code, CS_WIRE_E_NO_GROUP);
	world_clear(&t);
}

static void
test_answers(void **state)
{
	struct world t;
	uint16_t code;

	(void)state;
	world_init(&t, 0);
	assert_int_equal(set_link(&t, &t.phone, door, 5), 0);
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	assert_int_equal(ask(&t, &t.doras, door, "y"), 0);
	assert_int_equal(asks(&t, &t.phone, &code), 1);
	/* Taken back. */
	assert_int_equal(ask(&t, &t.doras, door, ""), 0);
	assert_int_equal(state_of(&t, &t.doras), 0);
	assert_int_equal(ask(&t, &t.doras, door, "z"), 0);
	/* Refused, and by two. */
	assert_int_equal(drop(&t, &t.boriss, &t.dora), 0);
	assert_int_equal(drop(&t, &t.phone, &t.dora), 0);
	assert_int_equal(state_of(&t, &t.doras), CS_WIRE_ASK_OVER);
	assert_int_equal(ask(&t, &t.doras, door, "z"), CS_WIRE_E_WAITING);
	assert_int_equal(asks(&t, &t.phone, &code), 0);
	/* Nor another link, nor taking it back, makes that undone. */
	assert_int_equal(set_link(&t, &t.phone, other_door, 6), 0);
	assert_int_equal(ask(&t, &t.doras, other_door, ""), 0);
	assert_int_equal(ask(&t, &t.doras, other_door, "z"), CS_WIRE_E_WAITING);
	/* Whose account is disabled waits unseen. */
	assert_int_equal(ask(&t, &t.mallorys, other_door, "m"), 0);
	assert_int_equal(asks(&t, &t.phone, &code), 1);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "UPDATE account SET disabled=1 WHERE handle='mallory'"));
	assert_int_equal(asks(&t, &t.phone, &code), 0);
	world_clear(&t);
}

static uint16_t
packages(struct world *t, struct hw_device *d, const char *handle)
{
	const struct cs_wire_key_packages_get m = { cs_view_str(handle),
		{ 0 } };

	return hw_ask(&t->w, &d->conn, hub_key_packages_get,
	    &cs_wire_key_packages_get_shape, &m, NULL, NULL);
}

/* Who asked is asked nothing more, and gives nobody else anything by it. */
static void
test_packages(void **state)
{
	struct world t;

	(void)state;
	world_init(&t, 0);
	for (int i = 0; i < 20; i++)
		assert_ok(cs_db_exec(t.w.hub->db,
		    "INSERT INTO key_package(device,last_resort,not_after,"
		    "bytes) VALUES(?,0,?,x'00')",
		    cs_blob(CS_VIEW_OF(t.doras.id)), cs_int(t.w.hub->now_ms)));
	/* Dora takes nothing from strangers. */
	assert_ok(cs_db_exec(t.w.hub->db,
	    "UPDATE account SET unknown_senders=1 WHERE handle='dora'"));
	assert_int_equal(packages(&t, &t.phone, "dora"), CS_WIRE_E_NO_MEMBER);
	assert_int_equal(set_link(&t, &t.phone, door, 5), 0);
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	assert_int_equal(packages(&t, &t.boriss, "dora"), 0);
	assert_int_equal(
	    packages(&t, &t.mallorys, "dora"), CS_WIRE_E_NO_MEMBER);
	/* As often as for a first message. */
	for (int i = 1; i < 5; i++)
		assert_int_equal(packages(&t, &t.phone, "dora"), 0);
	assert_int_equal(packages(&t, &t.phone, "dora"), CS_WIRE_E_NO_MEMBER);
	/* Whom dora blocked gets none. */
	assert_int_equal(ask(&t, &t.doras, door, "again"), 0);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO contact(owner,peer,state,since) VALUES(?,?,?,0)",
	    cs_blob(CS_VIEW_OF(t.dora.account)),
	    cs_blob(CS_VIEW_OF(t.boris.account)),
	    cs_int(CS_WIRE_CONTACT_BLOCKED)));
	assert_int_equal(packages(&t, &t.boriss, "dora"), CS_WIRE_E_NO_MEMBER);
	assert_int_equal(packages(&t, &t.phone, "dora"), 0);
	world_clear(&t);
}

/* It ends by itself; of an account there are not too many. */
static void
test_time_and_number(void **state)
{
	struct world t;
	uint16_t code;
	int64_t n;
	bool waits;

	(void)state;
	world_init(&t, 0);
	assert_int_equal(set_link(&t, &t.phone, door, 5), 0);
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	assert_ok(
	    hub_ask_waits(&waits, t.w.hub, cs_view_str(club), t.dora.account));
	assert_true(waits);
	t.w.hub->now_ms += HUB_ASK_MS;
	assert_ok(
	    hub_ask_waits(&waits, t.w.hub, cs_view_str(club), t.dora.account));
	assert_false(waits);
	assert_int_equal(asks(&t, &t.phone, &code), 0);
	assert_int_equal(state_of(&t, &t.doras), 0);
	assert_ok(hub_asks_sweep(&n, t.w.hub));
	assert_int_equal(n, 1);
	/* Let in; out, and asking again. */
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	assert_ok(hub_ask_taken(t.w.hub, cs_view_str(club), t.dora.account));
	assert_int_equal(state_of(&t, &t.doras), CS_WIRE_ASK_TAKEN);
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	assert_int_equal(state_of(&t, &t.doras), CS_WIRE_ASK_WAITS);
	assert_ok(hub_asks_forget(t.w.hub, CS_VIEW_OF(t.dora.account)));
	assert_int_equal(state_of(&t, &t.doras), 0);
	for (int i = 0; i < CS_WIRE_OWN_ASKS_MAX; i++)
		assert_ok(cs_db_exec(t.w.hub->db,
		    "INSERT INTO group_ask(grp,account,state,asked,sealed,note)"
		    " VALUES(?,?,1,?,x'00',x'00')",
		    cs_blob(cs_view(&i, sizeof i)),
		    cs_blob(CS_VIEW_OF(t.mallory.account)),
		    cs_int(t.w.hub->now_ms)));
	assert_int_equal(ask(&t, &t.mallorys, door, "x"), CS_WIRE_E_LIMIT);
	world_clear(&t);
}

/* Of a group, neither. */
static void
test_many(void **state)
{
	struct world t;

	(void)state;
	world_init(&t, 0);
	assert_int_equal(set_link(&t, &t.phone, door, 5), 0);
	for (int i = 0; i < CS_WIRE_GROUP_ASKS_MAX; i++)
		assert_ok(cs_db_exec(t.w.hub->db,
		    "INSERT INTO group_ask(grp,account,state,asked,sealed,note)"
		    " VALUES(?,?,1,0,x'00',x'00')",
		    cs_blob(cs_view_str(club)),
		    cs_blob(cs_view(&i, sizeof i))));
	assert_int_equal(ask(&t, &t.doras, door, "x"), CS_WIRE_E_LIMIT);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "UPDATE group_ask SET state=3 WHERE account=?",
	    cs_blob(cs_view(&(int){ 0 }, sizeof(int)))));
	assert_int_equal(ask(&t, &t.doras, door, "x"), 0);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_who_may),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_packages),
		cmocka_unit_test(test_time_and_number),
		cmocka_unit_test(test_many),
	};

	return cs_crypto_init() == CS_OK
	    ? cmocka_run_group_tests(tests, NULL, NULL)
	    : 1;
}
