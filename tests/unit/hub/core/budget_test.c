/* SPDX-License-Identifier: MIT */
/* Each budget lets honest people be, and is met by those who take too much. */
#include "hub/core/budget.h"

#include "crypto/init.h"
#include "hub/accounts/device.h"
#include "hub/accounts/export.h"
#include "hub/accounts/key_package.h"
#include "hub/accounts/link.h"
#include "hub/accounts/recover.h"
#include "hub/blobs/blob.h"
#include "hub/core/batch.h"
#include "hub/core/spent.h"
#include "hub/groups/contact.h"
#include "hub/groups/member.h"
#include "hub/requests.h"
#include "support/hub_world.h"

struct world {
	struct hub_world w;
	struct hw_person alma, boris;
	struct hw_device phone, laptop, other;
};

static void
world_init(struct world *t)
{
	hw_init(&t->w);
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	hw_device(&t->w, &t->laptop, &t->alma);
	hw_person(&t->w, &t->boris, &t->other, "boris");
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_device_clear(&t->laptop);
	hw_device_clear(&t->other);
	hw_clear(&t->w);
}

static uint64_t
seconds_of(const struct hub_request *rq)
{
	struct cs_wire_retry retry;

	assert_ok(cs_wire_parse(
	    &retry, &cs_wire_retry_shape, cs_buf_view(&rq->error_data)));
	return retry.seconds;
}

/* Spend as ${d}; 0 or the code, and in ${*wait} what the refusal says. */
static uint16_t
spend(
    struct hw_device *d, enum hub_budget_id id, uint64_t amount, uint64_t *wait)
{
	struct hub_request rq = { .hub = d->conn.hub, .conn = &d->conn };
	uint16_t code = hub_refusal_of(&rq, hub_spend(&rq, id, amount));

	*wait = code == CS_WIRE_E_LIMIT ? seconds_of(&rq) : 0;
	cs_buf_free(&rq.error_data);
	return code;
}

/* What is on disk of alma's. */
static uint64_t
standing(struct world *t, enum hub_budget_id id)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, t->w.hub->db,
	    "SELECT COALESCE(MAX(n),0) FROM spent WHERE scope=? AND budget=?",
	    cs_blob(CS_VIEW_OF(t->alma.account)),
	    cs_text(cs_view_str(hub_budgets[id].name))));
	return n;
}

/* ---- the table ---------------------------------------------------------- */

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < HUB_BUDGETS; i++) {
		const struct hub_budget *b = &hub_budgets[i];

		assert_non_null(b->name);
		assert_non_null(b->resource);
		assert_true(strlen(b->reason) > 10);
		assert_true(b->amount != 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(b->name, hub_budgets[j].name);
	}
}

/* ---- windows ------------------------------------------------------------ */

static void
check_window(struct world *t, enum hub_budget_id id)
{
	const struct hub_budget *b = &hub_budgets[id];
	uint64_t wait;

	assert_int_equal(spend(&t->phone, id, b->amount - 1, &wait), 0);
	assert_int_equal(spend(&t->phone, id, 2, &wait), CS_WIRE_E_LIMIT);
	assert_int_equal(wait, b->window_ms / CS_SECOND_MS);
	assert_int_equal(spend(&t->phone, id, 1, &wait), 0);
	t->w.hub->now_ms += b->window_ms / 2;
	assert_int_equal(spend(&t->phone, id, 0, &wait), CS_WIRE_E_LIMIT);
	assert_int_equal(wait, b->window_ms / 2 / CS_SECOND_MS);
	/* It is not somebody else's. */
	assert_int_equal(spend(&t->other, id, 1, &wait), 0);
	/* Another device of the account has its own, or has not. */
	assert_int_equal(spend(&t->laptop, id, 1, &wait),
	    b->per == HUB_PER_DEVICE ? 0 : CS_WIRE_E_LIMIT);
	t->w.hub->now_ms += b->window_ms / 2 - 1;
	assert_int_equal(spend(&t->phone, id, 1, &wait), CS_WIRE_E_LIMIT);
	assert_int_equal(wait, 1);
	t->w.hub->now_ms++;
	assert_int_equal(spend(&t->phone, id, b->amount, &wait), 0);
	assert_int_equal(spend(&t->phone, id, 1, &wait), CS_WIRE_E_LIMIT);
	t->w.hub->now_ms += b->window_ms;
}

/* All that a device or an account spends. */
static void
test_windows(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	for (enum hub_budget_id id = 0; id < HUB_BUDGETS; id++)
		if (hub_budgets[id].window_ms != 0 &&
		    hub_budgets[id].code != 0 &&
		    (hub_budgets[id].per == HUB_PER_DEVICE ||
			hub_budgets[id].per == HUB_PER_ACCOUNT))
			check_window(&t, id);
	world_clear(&t);
}

/* A clock that was set back locks nobody out, and so much that it overflows is
 * too much. */
static void
test_edges(void **state)
{
	const uint64_t most = hub_budgets[HUB_B_MESSAGES].amount;
	struct world t;
	uint64_t wait;

	(void)state;
	world_init(&t);
	assert_int_equal(spend(&t.phone, HUB_B_MESSAGES, most, &wait), 0);
	t.w.hub->now_ms -= CS_DAY_MS;
	assert_int_equal(spend(&t.phone, HUB_B_MESSAGES, 1, &wait), 0);
	assert_int_equal(spend(&t.phone, HUB_B_MESSAGES, UINT64_MAX, &wait),
	    CS_WIRE_E_LIMIT);
	assert_int_equal(spend(&t.phone, HUB_B_BYTES_DAY, UINT64_MAX, &wait),
	    CS_WIRE_E_LIMIT);
	/* What was refused was not spent. */
	assert_int_equal(spend(&t.phone, HUB_B_MESSAGES, most - 1, &wait), 0);
	world_clear(&t);
}

/* Ones of a day outlive the hub; what is undone was not spent. */
static void
test_kept(void **state)
{
	const uint64_t most = hub_budgets[HUB_B_LETTERS_DAY].amount;
	struct world t;
	uint64_t wait, rows;
	int64_t n;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_begin(t.w.hub->db));
	assert_int_equal(spend(&t.phone, HUB_B_LETTERS_DAY, most, &wait), 0);
	cs_db_rollback(t.w.hub->db);
	assert_int_equal(spend(&t.phone, HUB_B_LETTERS_DAY, most, &wait), 0);
	hub_budgets_free(t.w.hub);
	assert_int_equal(
	    spend(&t.phone, HUB_B_LETTERS_DAY, 1, &wait), CS_WIRE_E_LIMIT);
	assert_ok(hub_budgets_sweep(&n, t.w.hub));
	assert_int_equal(
	    spend(&t.phone, HUB_B_LETTERS_DAY, 1, &wait), CS_WIRE_E_LIMIT);
	t.w.hub->now_ms += CS_DAY_MS + 1;
	assert_ok(hub_budgets_sweep(&n, t.w.hub));
	assert_int_equal(n, 1);
	assert_ok(
	    cs_db_get_int(&rows, t.w.hub->db, "SELECT COUNT(*) FROM spent"));
	assert_int_equal(rows, 0);
	world_clear(&t);
}

/* What each request takes of is on disk a little later, and when the hub ends;
 * meanwhile it counts. */
static void
test_written_later(void **state)
{
	const uint64_t most = hub_budgets[HUB_B_MESSAGES_DAY].amount;
	struct world t;
	uint64_t wait;

	(void)state;
	world_init(&t);
	assert_int_equal(
	    spend(&t.phone, HUB_B_MESSAGES_DAY, most - 1, &wait), 0);
	assert_int_equal(spend(&t.laptop, HUB_B_MESSAGES_DAY, 1, &wait), 0);
	assert_int_equal(
	    spend(&t.phone, HUB_B_MESSAGES_DAY, 1, &wait), CS_WIRE_E_LIMIT);
	assert_ok(hub_spent_write(t.w.hub, false));
	assert_false(cs_db_in_transaction(t.w.hub->db));
	assert_int_equal(standing(&t, HUB_B_MESSAGES_DAY), 0);
	t.w.hub->now_ms += HUB_SPENT_WRITE_MS;
	assert_ok(hub_spent_write(t.w.hub, false));
	assert_ok(cs_db_commit(t.w.hub->db));
	assert_int_equal(standing(&t, HUB_B_MESSAGES_DAY), most);
	/* Another run of the hub finds it. */
	hub_budgets_free(t.w.hub);
	assert_int_equal(
	    spend(&t.phone, HUB_B_MESSAGES_DAY, 1, &wait), CS_WIRE_E_LIMIT);
	world_clear(&t);
}

/* More accounts than the table has places: none is counted too little. */
static void
test_many_accounts(void **state)
{
	const uint64_t most = hub_budgets[HUB_B_MESSAGES_DAY].amount;
	struct world t;
	uint64_t wait;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_begin(t.w.hub->db));
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 30000; i++) {
			memcpy(t.other.conn.account, &i, sizeof i);
			assert_int_equal(spend(&t.other, HUB_B_MESSAGES_DAY,
					     most / 2, &wait),
			    0);
		}
	for (uint32_t i = 0; i < 30000; i += 1000) {
		memcpy(t.other.conn.account, &i, sizeof i);
		assert_int_equal(spend(&t.other, HUB_B_MESSAGES_DAY, 1, &wait),
		    CS_WIRE_E_LIMIT);
	}
	assert_ok(cs_db_commit(t.w.hub->db));
	world_clear(&t);
}

/* An operator may give more of all but what is for everybody's sake. */
static void
test_times(void **state)
{
	const uint64_t most = hub_budgets[HUB_B_MESSAGES].amount;
	struct world t;
	uint64_t wait;

	(void)state;
	world_init(&t);
	t.w.hub->budget_times = 3;
	assert_int_equal(spend(&t.phone, HUB_B_MESSAGES, 3 * most, &wait), 0);
	assert_int_equal(
	    spend(&t.phone, HUB_B_MESSAGES, 1, &wait), CS_WIRE_E_LIMIT);
	assert_int_equal(hub_budget_amount(t.w.hub, HUB_B_WAITING_ALL),
	    hub_budgets[HUB_B_WAITING_ALL].amount);
	world_clear(&t);
}

/* However many addresses somebody has, members are counted all the same. */
static void
test_many_addresses(void **state)
{
	const uint64_t most = hub_budgets[HUB_B_MESSAGES].amount;
	struct world t;
	struct hw_device *d = &t.other;
	uint64_t wait;

	(void)state;
	world_init(&t);
	assert_int_equal(spend(&t.phone, HUB_B_MESSAGES, most, &wait), 0);
	for (uint32_t i = 0; i < 100000; i++) {
		memcpy(d->conn.address, &i, sizeof i);
		assert_int_equal(
		    spend(d, HUB_B_STRANGER_REQUESTS, 1, &wait), 0);
	}
	assert_int_equal(
	    spend(&t.phone, HUB_B_MESSAGES, 1, &wait), CS_WIRE_E_LIMIT);
	world_clear(&t);
}

/* ---- what stands -------------------------------------------------------- */

static void
exec(struct world *t, const char *sql)
{
	assert_ok(cs_db_exec(
	    t->w.hub->db, sql, cs_blob(CS_VIEW_OF(t->alma.account))));
}

/* The counters follow the rows, whoever adds or drops them. */
static void
test_standing(void **state)
{
	struct world t;
	uint64_t wait;
	int64_t n;

	(void)state;
	world_init(&t);
	exec(&t,
	    "INSERT INTO blob(id,account,size,sha256,created)"
	    " VALUES(x'01',?,1000,x'',0)");
	exec(&t,
	    "INSERT INTO blob(id,account,size,sha256,created)"
	    " VALUES(x'02',?,500,x'',0)");
	assert_int_equal(standing(&t, HUB_B_FILES), 2);
	assert_int_equal(standing(&t, HUB_B_FILE_BYTES), 1500);
	exec(&t, "DELETE FROM blob WHERE account=? AND size=500");
	assert_int_equal(standing(&t, HUB_B_FILES), 1);
	assert_int_equal(standing(&t, HUB_B_FILE_BYTES), 1000);
	exec(&t,
	    "INSERT INTO member(grp,device,account,leaf,from_seq,cursor)"
	    " VALUES(x'01',x'02',?,0,0,0)");
	assert_int_equal(standing(&t, HUB_B_GROUPS), 1);
	exec(&t, "DELETE FROM member WHERE account=?");
	assert_int_equal(standing(&t, HUB_B_GROUPS), 0);
	exec(&t,
	    "INSERT INTO report(id,account,named,received,updated,sealed)"
	    " VALUES(x'01',?,0,0,0,x'010203')");
	exec(&t,
	    "INSERT INTO report(id,account,named,received,updated,sealed)"
	    " VALUES(x'02',?,0,0,0,x'01')");
	assert_int_equal(standing(&t, HUB_B_REPORTS_UNREAD), 2);
	assert_int_equal(standing(&t, HUB_B_REPORT_BYTES_UNREAD), 4);
	exec(&t, "UPDATE report SET sealed=NULL WHERE account=? AND id=x'01'");
	exec(&t, "UPDATE report SET state=2 WHERE account=?");
	assert_int_equal(standing(&t, HUB_B_REPORTS_UNREAD), 1);
	assert_int_equal(standing(&t, HUB_B_REPORT_BYTES_UNREAD), 1);
	exec(&t, "DELETE FROM report WHERE account=?");
	assert_int_equal(standing(&t, HUB_B_REPORTS_UNREAD), 0);
	assert_int_equal(standing(&t, HUB_B_REPORT_BYTES_UNREAD), 0);
	/* A standing budget is asked for and not written. */
	assert_int_equal(
	    spend(&t.phone, HUB_B_FILE_BYTES,
		hub_budgets[HUB_B_FILE_BYTES].amount - 1000, &wait),
	    0);
	assert_int_equal(spend(&t.phone, HUB_B_FILE_BYTES,
			     hub_budgets[HUB_B_FILE_BYTES].amount - 999, &wait),
	    CS_WIRE_E_LIMIT);
	assert_int_equal(wait, 0);
	/* Rows that say nothing go. */
	assert_ok(hub_budgets_sweep(&n, t.w.hub));
	assert_int_equal(standing(&t, HUB_B_FILES), 1);
	world_clear(&t);
}

/* ---- where they are met ------------------------------------------------- */

static uint16_t
set_contact(struct world *t, uint32_t i, uint8_t contact_state)
{
	struct cs_wire_contact_set m = { .state = contact_state };

	m.account[0] = 1;
	memcpy(m.account + 4, &i, sizeof i);
	return hw_ask(&t->w, &t->phone.conn, hub_contact_set,
	    &cs_wire_contact_set_shape, &m, NULL, NULL);
}

/* A full list takes nobody new, and everybody in it can be blocked. */
static void
test_contacts(void **state)
{
	const uint32_t most = (uint32_t)hub_budgets[HUB_B_CONTACTS].amount;
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_begin(t.w.hub->db));
	for (uint32_t i = 0; i < most; i++)
		assert_int_equal(
		    set_contact(&t, i, CS_WIRE_CONTACT_ACCEPTED), 0);
	t.w.hub->now_ms += CS_DAY_MS;
	assert_int_equal(
	    set_contact(&t, most, CS_WIRE_CONTACT_BLOCKED), CS_WIRE_E_LIMIT);
	assert_int_equal(set_contact(&t, 5, CS_WIRE_CONTACT_BLOCKED), 0);
	assert_ok(cs_db_commit(t.w.hub->db));
	world_clear(&t);
}

static void
test_exports(void **state)
{
	const struct cs_wire_empty m = { 0 };
	struct world t;

	(void)state;
	world_init(&t);
	for (uint64_t i = 0; i <= hub_budgets[HUB_B_EXPORTS_DAY].amount; i++)
		assert_int_equal(hw_ask(&t.w, &t.phone.conn, hub_account_export,
				     &cs_wire_empty_shape, &m, NULL, NULL),
		    i < hub_budgets[HUB_B_EXPORTS_DAY].amount
			? 0
			: CS_WIRE_E_LIMIT);
	world_clear(&t);
}

static void
test_links(void **state)
{
	struct cs_wire_link m = { { 0 } };
	struct world t;

	(void)state;
	world_init(&t);
	for (uint64_t i = 0; i <= hub_budgets[HUB_B_LINKS_DAY].amount; i++) {
		cs_random(m.rendezvous, sizeof m.rendezvous);
		assert_int_equal(hw_ask(&t.w, &t.phone.conn, hub_link_open,
				     &cs_wire_link_shape, &m, NULL, NULL),
		    i < hub_budgets[HUB_B_LINKS_DAY].amount ? 0
							    : CS_WIRE_E_LIMIT);
	}
	/* The one that is open can be asked for. */
	world_clear(&t);
}

static void
test_files(void **state)
{
	struct cs_wire_blob_put m = { .size = HUB_BLOB_MAX };
	struct world t;
	uint64_t n = hub_budgets[HUB_B_FILE_BYTES_DAY].amount / HUB_BLOB_MAX;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_begin(t.w.hub->db));
	for (uint64_t i = 0; i <= n; i++)
		assert_int_equal(hw_ask(&t.w, &t.phone.conn, hub_blob_put,
				     &cs_wire_blob_put_shape, &m, NULL, NULL),
		    i < n ? 0 : CS_WIRE_E_LIMIT);
	m.size = 1;
	t.w.hub->now_ms += CS_DAY_MS;
	for (uint64_t i = 0; i <= hub_budgets[HUB_B_FILES_DAY].amount; i++)
		assert_int_equal(hw_ask(&t.w, &t.phone.conn, hub_blob_put,
				     &cs_wire_blob_put_shape, &m, NULL, NULL),
		    i < hub_budgets[HUB_B_FILES_DAY].amount ? 0
							    : CS_WIRE_E_LIMIT);
	assert_ok(cs_db_commit(t.w.hub->db));
	world_clear(&t);
}

static void
test_key_packages(void **state)
{
	struct cs_wire_key_packages_get m = { .handle = cs_view_str("none") };
	const uint64_t most = hub_budgets[HUB_B_KEY_PACKAGES_GET_DAY].amount;
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_begin(t.w.hub->db));
	for (uint64_t i = 0; i <= most; i++)
		assert_int_equal(
		    hw_ask(&t.w, &t.phone.conn, hub_key_packages_get,
			&cs_wire_key_packages_get_shape, &m, NULL, NULL),
		    i < most ? CS_WIRE_E_NO_MEMBER : CS_WIRE_E_LIMIT);
	assert_ok(cs_db_commit(t.w.hub->db));
	world_clear(&t);
}

static void
test_group_notes(void **state)
{
	const struct cs_wire_group_note m = { cs_view_str("family"),
		cs_view_str("a note") };
	struct hub_member member = { .group = m.group_id };
	struct world t;
	uint64_t wait;

	(void)state;
	world_init(&t);
	memcpy(member.device, t.phone.id, CS_ID_LEN);
	memcpy(member.account, t.alma.account, CS_ID_LEN);
	assert_ok(hub_member_insert(t.w.hub, &member));
	assert_int_equal(
	    spend(&t.phone, HUB_B_GROUP_NOTES_DAY,
		hub_budgets[HUB_B_GROUP_NOTES_DAY].amount - 1, &wait),
	    0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(hw_ask(&t.w, &t.phone.conn, hub_group_note_set,
				     &cs_wire_group_note_shape, &m, NULL, NULL),
		    i == 0 ? 0 : CS_WIRE_E_LIMIT);
	world_clear(&t);
}

static uint16_t
add_device(struct world *t)
{
	struct cs_wire_device_add m = { .name = cs_view_str("a name") };
	struct hw_device d;
	uint16_t code;

	hw_device(&t->w, &d, &t->alma);
	m.devices = cs_buf_view(&d.cert);
	code = hw_ask(&t->w, &t->phone.conn, hub_device_add,
	    &cs_wire_device_add_shape, &m, NULL, NULL);
	hw_device_clear(&d);
	return code;
}

/* So many at once, and so many a day. */
static void
test_devices(void **state)
{
	const uint64_t most = hub_budgets[HUB_B_DEVICES].amount;
	const uint64_t a_day = hub_budgets[HUB_B_DEVICES_DAY].amount;
	struct world t;
	uint64_t wait;

	(void)state;
	world_init(&t);
	for (uint64_t i = 1; i < most; i++)
		assert_int_equal(add_device(&t), 0);
	assert_int_equal(add_device(&t), CS_WIRE_E_LIMIT);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "UPDATE device SET removed=1"
	    " WHERE account=? AND id<>?",
	    cs_blob(CS_VIEW_OF(t.alma.account)),
	    cs_blob(CS_VIEW_OF(t.phone.id))));
	assert_int_equal(add_device(&t), 0);
	assert_int_equal(
	    spend(&t.phone, HUB_B_DEVICES_DAY, a_day - most, &wait), 0);
	assert_int_equal(add_device(&t), CS_WIRE_E_LIMIT);
	world_clear(&t);
}

/* Wrong guesses count for the address; right ones for nobody. */
static void
test_tries(void **state)
{
	struct hub_conn stranger = { 0 };
	struct hub_request rq = { .conn = &stranger };
	struct world t;

	(void)state;
	world_init(&t);
	stranger.hub = rq.hub = t.w.hub;
	stranger.address[15] = 1;
	for (uint64_t i = 0; i < 1000; i++) {
		stranger.join_tries = 0;
		assert_ok(hub_try(&rq));
	}
	for (uint64_t i = 0; i < hub_budgets[HUB_B_TRIES_ADDRESS].amount; i++) {
		stranger.join_tries = 0;
		assert_ok(hub_try(&rq));
		assert_err(hub_try_failed(&rq, CS_WIRE_E_INVITE_UNKNOWN),
		    CS_ERR_REFUSED);
		assert_int_equal(rq.refusal, CS_WIRE_E_INVITE_UNKNOWN);
	}
	assert_err(hub_try(&rq), CS_ERR_REFUSED);
	assert_int_equal(rq.refusal, CS_WIRE_E_LIMIT);
	assert_int_equal(seconds_of(&rq), CS_HOUR_S);
	stranger.address[15] = 2;
	assert_ok(hub_try(&rq));
	cs_buf_free(&rq.error_data);
	world_clear(&t);
}

/* ---- requests ----------------------------------------------------------- */

/* One frame as it comes from the network: 0 or the code of a refusal, and what
 * it says about when. */
static uint16_t
frame(struct world *t, struct hub_conn *conn, uint8_t kind, uint32_t *wait)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_buf bytes = { 0 };
	struct cs_wire_frame f;
	struct cs_wire_error error = { 0 };
	struct cs_wire_retry retry = { 0 };
	const struct hub_outgoing *o;

	t->w.hub->batch.len = 0;
	t->w.hub->n_out = 0;
	assert_ok(cs_wire_frame_head(&bytes, kind, 1));
	assert_ok(cs_wire_write(&bytes, &cs_wire_empty_shape, &empty));
	hub_events.frame(conn, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	o = &t->w.hub->out[0];
	assert_ok(cs_wire_frame_parse(
	    &f, cs_view(t->w.hub->batch.data + o->from, o->to - o->from)));
	if (f.kind != CS_WIRE_ERROR)
		return 0;
	assert_ok(cs_wire_parse(&error, &cs_wire_error_shape, f.body));
	if (error.code == CS_WIRE_E_LIMIT)
		assert_ok(
		    cs_wire_parse(&retry, &cs_wire_retry_shape, error.data));
	*wait = retry.seconds;
	return error.code;
}

/* A device that asks without end is told when to come back; its account's
 * other devices, others and the desk are not. */
static void
test_requests(void **state)
{
	struct hub_conn desk = { .role = HUB_DESK };
	const uint64_t most = hub_budgets[HUB_B_REQUESTS].amount;
	struct world t;
	uint64_t spent;
	uint32_t wait;

	(void)state;
	world_init(&t);
	/* Frames set the clock. */
	assert_int_equal(frame(&t, &t.phone.conn, CS_WIRE_PING, &wait), 0);
	assert_int_equal(spend(&t.phone, HUB_B_REQUESTS, most - 2, &spent), 0);
	assert_int_equal(frame(&t, &t.phone.conn, CS_WIRE_PING, &wait), 0);
	assert_int_equal(
	    frame(&t, &t.phone.conn, CS_WIRE_PING, &wait), CS_WIRE_E_LIMIT);
	assert_in_range(wait, 1, 60);
	assert_int_equal(frame(&t, &t.other.conn, CS_WIRE_PING, &wait), 0);
	desk.hub = t.w.hub;
	for (uint64_t i = 0; i <= most; i++)
		assert_int_equal(frame(&t, &desk, CS_WIRE_PING, &wait), 0);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_written_later),
		cmocka_unit_test(test_many_accounts),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_many_addresses),
		cmocka_unit_test(test_standing),
		cmocka_unit_test(test_contacts),
		cmocka_unit_test(test_exports),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_key_packages),
		cmocka_unit_test(test_group_notes),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_tries),
		cmocka_unit_test(test_requests),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
