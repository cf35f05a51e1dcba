/* SPDX-License-Identifier: MIT */
/* What the desk's actions do, and which are none. */

#include "crypto/init.h"
#include "franking/stamp.h"
#include "franking/tlog_entry.h"
#include "hub/accounts/login.h"
#include "hub/accounts/standing.h"
#include "hub/blobs/blob.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/core/schema.h"
#include "hub/desk/action.h"
#include "hub/desk/notice.h"
#include "hub/groups/group.h"
#include "hub/groups/member.h"
#include "hub/groups/restore.h"
#include "hub/requests.h"
#include "support/desk_world.h"

struct world {
	struct hub_world w;
	struct hw_person alma, boris;
	struct hw_device phone, boris_phone;
	struct dw_desk desk;
};

static void
world_init(struct world *t)
{
	hw_init(&t->w);
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	hw_person(&t->w, &t->boris, &t->boris_phone, "boris");
	dw_init(&t->desk, &t->w);
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_device_clear(&t->boris_phone);
	hw_clear(&t->w);
}

/* 0 or the code of what a device is told at its next request. */
static uint16_t
standing(struct world *t, struct hw_device *d)
{
	struct hub_request rq = { .hub = t->w.hub, .conn = &d->conn };
	uint16_t code = hub_refusal_of(&rq, hub_account_check(&rq));

	cs_buf_free(&rq.error_data);
	return code;
}

static uint64_t
number(struct world *t, const char *sql)
{
	uint64_t n;

	assert_ok(cs_db_get_int_args(&n, t->w.hub->db, sql, NULL, 0));
	return n;
}

/* ---- who may, and how often --------------------------------------------- */

static void
test_signature(void **state)
{
	struct cs_buf statement = dw_statement();
	struct cs_wire_desk_action m;
	struct cs_wire_action a;
	struct cs_buf action = { 0 }, tbs = { 0 };
	struct cs_sign_key other;
	struct world t;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	a.statement = cs_buf_view(&statement);
	/* Another desk's. */
	assert_ok(cs_sign_key_new(&other));
	assert_int_equal(
	    dw_send_as(&t.w, &t.desk, &other, &a, NULL), CS_WIRE_E_ACTION);
	/* Any byte of the action or of the signature, and any cut. */
	assert_ok(cs_wire_write(&action, &cs_wire_action_shape, &a));
	assert_ok(cs_wire_action_tbs(&tbs, cs_buf_view(&action)));
	assert_ok(cs_sign(m.signature, &t.desk.key, cs_buf_view(&tbs)));
	for (size_t i = 0; i < action.len + 64; i++) {
		uint8_t *byte = i < action.len ? &action.data[i]
					       : &m.signature[i - action.len];
		uint16_t code;

		*byte ^= 1;
		m.action = cs_buf_view(&action);
		code = hw_ask(&t.w, &t.desk.conn, hub_desk_action,
		    &cs_wire_desk_action_shape, &m, NULL, NULL);
		/* A length that lies is no action at all. */
		assert_true(code == CS_WIRE_E_ACTION ||
		    code == CS_WIRE_E_MALFORMED || code == CS_WIRE_E_TOO_LARGE);
		*byte ^= 1;
	}
	/* What was signed under the label of before. */
	memcpy(tbs.data, "countersign/action/v1", 21);
	assert_ok(cs_sign(m.signature, &t.desk.key, cs_buf_view(&tbs)));
	m.action = cs_buf_view(&action);
	assert_int_equal(hw_ask(&t.w, &t.desk.conn, hub_desk_action,
			     &cs_wire_desk_action_shape, &m, NULL, NULL),
	    CS_WIRE_E_ACTION);
	assert_int_equal(number(&t, "SELECT COUNT(*) FROM action"), 0);
	assert_int_equal(standing(&t, &t.phone), 0);
	assert_int_equal(dw_send(&t.w, &t.desk, &a), 0);
	assert_int_equal(standing(&t, &t.phone), CS_WIRE_E_DISABLED);
	assert_int_equal(standing(&t, &t.boris_phone), 0);
	cs_buf_free(&action);
	cs_buf_free(&tbs);
	cs_buf_free(&statement);
	world_clear(&t);
}

/* What the desk did is in the log, as it signed it, and once. */
static void
test_logged(void **state)
{
	uint8_t salt[CS_TLOG_SALT_LEN], expected[CS_TLOG_COMMIT_LEN];
	struct cs_buf statement = dw_statement(), bytes = { 0 };
	struct cs_wire_action a;
	struct cs_rows row;
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_exec(t.w.hub->db, "DELETE FROM tlog_queue"));
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	a.statement = cs_buf_view(&statement);
	assert_int_equal(dw_send(&t.w, &t.desk, &a), 0);
	assert_int_equal(dw_send(&t.w, &t.desk, &a), 0);
	assert_int_equal(number(&t, "SELECT COUNT(*) FROM tlog_queue"), 1);
	assert_ok(cs_wire_write(&bytes, &cs_wire_action_shape, &a));
	assert_ok(cs_db_row(&row, t.w.hub->db, "SELECT salt FROM action"));
	cs_col_copy(&row, 0, salt, sizeof salt);
	assert_ok(cs_rows_end(&row, CS_OK));
	assert_ok(cs_tlog_commit(
	    expected, CS_TLOG_ACTION, salt, cs_buf_view(&bytes)));
	assert_ok(cs_db_row(&row, t.w.hub->db, "SELECT entry FROM tlog_queue"));
	assert_view_equal(cs_col_blob(&row, 0), CS_VIEW_OF(expected));
	assert_ok(cs_rows_end(&row, CS_OK));
	cs_buf_free(&bytes);
	cs_buf_free(&statement);
	world_clear(&t);
}

static struct cs_wire_notice
notice_of(struct world *t, struct hw_device *d)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_notices_answer answer;
	struct cs_wire_notice n;

	assert_int_equal(
	    hw_ask(&t->w, &d->conn, hub_notices, &cs_wire_empty_shape, &empty,
		&cs_wire_notices_answer_shape, &answer),
	    0);
	assert_true(
	    cs_wire_next(&n, &cs_wire_notice_shape, &answer.notices.raw));
	return n;
}

/* Whom it is about learns which entry it is, once it is one. */
static void
test_told_where(void **state)
{
	uint8_t expected[CS_TLOG_COMMIT_LEN];
	struct cs_buf statement = dw_statement();
	struct cs_wire_action a, other;
	struct cs_channel *end;
	struct cs_wire_notice n;
	struct cs_rows row;
	struct world t;

	(void)state;
	world_init(&t);
	end = hw_log_begin(&t.w);
	a = dw_action(CS_WIRE_ACTION_WARN, t.boris.account);
	a.statement = cs_buf_view(&statement);
	assert_int_equal(dw_send(&t.w, &t.desk, &a), 0);
	other = dw_action(CS_WIRE_ACTION_WARN, t.alma.account);
	other.statement = cs_buf_view(&statement);
	other.id[0] ^= 1;
	assert_int_equal(dw_send(&t.w, &t.desk, &other), 0);
	n = notice_of(&t, &t.phone);
	assert_int_equal(n.log_salt.len, 0);
	assert_int_equal(n.log_entry, 0);

	t.w.hub->now_ms += HUB_TURN_MS;
	assert_ok(hub_tlog_turn(t.w.hub));
	assert_true(hub_batch_end(t.w.hub));
	n = notice_of(&t, &t.phone);
	assert_int_equal(n.log_salt.len, CS_TLOG_SALT_LEN);
	assert_ok(cs_tlog_commit(
	    expected, CS_TLOG_ACTION, n.log_salt.data, n.action));
	assert_ok(cs_db_row(&row, t.w.hub->db,
	    "SELECT entry FROM tlog WHERE n=?", cs_int(n.log_entry)));
	assert_view_equal(cs_col_blob(&row, 0), CS_VIEW_OF(expected));
	assert_ok(cs_rows_end(&row, CS_OK));
	assert_int_equal(
	    notice_of(&t, &t.boris_phone).log_entry, n.log_entry - 1);
	hw_log_end(&t.w, end);
	cs_buf_free(&statement);
	world_clear(&t);
}

/* Sent again, because the answer did not arrive: the first answer. */
static void
test_again(void **state)
{
	struct cs_buf statement = dw_statement();
	struct cs_wire_action_result first, second;
	struct cs_wire_action a, other;
	struct world t;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	a.statement = cs_buf_view(&statement);
	assert_int_equal(dw_send_as(&t.w, &t.desk, &t.desk.key, &a, &first), 0);
	assert_int_equal(first.applied_ms, t.w.hub->now_ms);
	t.w.hub->now_ms += 5000;
	assert_int_equal(
	    dw_send_as(&t.w, &t.desk, &t.desk.key, &a, &second), 0);
	assert_int_equal(second.applied_ms, first.applied_ms);
	assert_int_equal(second.groups, first.groups);
	assert_int_equal(number(&t, "SELECT COUNT(*) FROM action"), 1);
	/* Under a name that is taken. */
	other = a;
	other.reason++;
	assert_int_equal(dw_send(&t.w, &t.desk, &other), CS_WIRE_E_ACTION);
	/* Nor does it come back to life when it was reversed. */
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), 0);
	assert_int_equal(standing(&t, &t.phone), 0);
	assert_int_equal(dw_send(&t.w, &t.desk, &a), 0);
	assert_int_equal(standing(&t, &t.phone), 0);
	cs_buf_free(&statement);
	world_clear(&t);
}

/* ---- what is no action -------------------------------------------------- */

static void
test_fields(void **state)
{
	struct cs_buf statement = dw_statement();
	struct cs_wire_action good, a;
	struct world t;

	(void)state;
	world_init(&t);
	good = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	good.statement = cs_buf_view(&statement);
	for (unsigned twin = 0; twin < 11; twin++) {
		uint16_t want = CS_WIRE_E_ACTION;

		a = good;
		switch (twin) {
		case 0:
			a.kind = 0;
			break;
		case 1:
			a.kind = CS_WIRE_ACTION_DISSOLVE + 1;
			break;
		case 2:
			memset(a.id, 0, 16);
			break;
		case 3:
			memset(a.account, 0, 16);
			break;
		case 4:
			a.account[0] ^= 1;
			want = CS_WIRE_E_NO_MEMBER;
			break;
		case 5:
			a.target[0] = 1;
			break;
		case 6:
			a.reverses[0] = 1;
			break;
		case 7:
			a.until_ms = UINT64_MAX;
			break;
		case 8: /* who is disabled is owed a statement */
			a.statement = cs_view(NULL, 0);
			break;
		case 9: /* that says something */
			a.statement.len--;
			break;
		default: /* a warning has no end */
			a.kind = CS_WIRE_ACTION_WARN;
			a.until_ms = t.w.hub->now_ms + 1000;
			break;
		}
		assert_int_equal(dw_send(&t.w, &t.desk, &a), want);
	}
	assert_int_equal(number(&t, "SELECT COUNT(*) FROM action"), 0);
	assert_int_equal(dw_send(&t.w, &t.desk, &good), 0);
	cs_buf_free(&statement);
	world_clear(&t);
}

/* ---- disabling and reversing -------------------------------------------- */

/* Two cases: taking one back leaves the other. */
static void
test_two_disables(void **state)
{
	struct cs_wire_action a, b, warn;
	struct world t;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	b = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	warn = dw_action(CS_WIRE_ACTION_WARN, t.alma.account);
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	assert_int_equal(dw_state(&t.w, &t.desk, &b), 0);
	assert_int_equal(dw_state(&t.w, &t.desk, &warn), 0);
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), 0);
	assert_int_equal(standing(&t, &t.phone), CS_WIRE_E_DISABLED);
	/* Twice is once. */
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), CS_WIRE_E_ACTION);
	assert_int_equal(standing(&t, &t.phone), CS_WIRE_E_DISABLED);
	assert_int_equal(dw_reverse(&t.w, &t.desk, &b), 0);
	assert_int_equal(standing(&t, &t.phone), 0);
	/* A warning disables nobody. */
	assert_int_equal(number(&t, "SELECT COUNT(*) FROM action"), 5);
	world_clear(&t);
}

static void
test_reverse_what(void **state)
{
	struct cs_wire_action a, r;
	struct world t;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	/* One that never was. */
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), CS_WIRE_E_ACTION);
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	/* Another account's. */
	r = dw_action(CS_WIRE_ACTION_REVERSE, t.boris.account);
	memcpy(r.reverses, a.id, 16);
	assert_int_equal(dw_send(&t.w, &t.desk, &r), CS_WIRE_E_ACTION);
	assert_int_equal(standing(&t, &t.phone), CS_WIRE_E_DISABLED);
	/* It need not say whose. */
	memset(r.account, 0, 16);
	assert_int_equal(dw_send(&t.w, &t.desk, &r), 0);
	assert_int_equal(standing(&t, &t.phone), 0);
	/* A reversal is not reversed: decide again. */
	assert_int_equal(dw_reverse(&t.w, &t.desk, &r), CS_WIRE_E_ACTION);
	world_clear(&t);
}

static void
test_for_a_time(void **state)
{
	struct cs_wire_action a, b, late;
	struct world t;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	a.until_ms = t.w.hub->now_ms + 1000;
	b = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	b.until_ms = t.w.hub->now_ms + 3000;
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	assert_int_equal(dw_state(&t.w, &t.desk, &b), 0);
	t.w.hub->now_ms += 1000;
	assert_int_equal(standing(&t, &t.phone), CS_WIRE_E_DISABLED);
	t.w.hub->now_ms += 1999;
	assert_int_equal(standing(&t, &t.phone), CS_WIRE_E_DISABLED);
	t.w.hub->now_ms += 1;
	assert_int_equal(standing(&t, &t.phone), 0);
	/* Delivered when it was over: written down, and that is all. */
	late = dw_action(CS_WIRE_ACTION_DISABLE, t.boris.account);
	late.until_ms = t.w.hub->now_ms;
	assert_int_equal(dw_state(&t.w, &t.desk, &late), 0);
	assert_int_equal(standing(&t, &t.boris_phone), 0);
	/* Without anybody asking, too. */
	b = dw_action(CS_WIRE_ACTION_DISABLE, t.boris.account);
	b.until_ms = t.w.hub->now_ms + 1000;
	assert_int_equal(dw_state(&t.w, &t.desk, &b), 0);
	assert_ok(hub_accounts_settle(t.w.hub));
	assert_int_equal(
	    number(&t, "SELECT COUNT(*) FROM account WHERE disabled<>0"), 1);
	t.w.hub->now_ms += 1000;
	assert_ok(hub_accounts_settle(t.w.hub));
	assert_int_equal(
	    number(&t, "SELECT COUNT(*) FROM account WHERE disabled<>0"), 0);
	world_clear(&t);
}

/* ---- files and conversations -------------------------------------------- */

static uint16_t
get_blob(struct world *t, struct hub_conn *conn, const uint8_t id[static 16])
{
	struct cs_wire_blob_get m;

	memcpy(m.blob, id, 16);
	return hw_ask(
	    &t->w, conn, hub_blob_get, &cs_wire_blob_get_shape, &m, NULL, NULL);
}

static void
test_quarantine(void **state)
{
	const uint8_t id[16] = { 7 };
	struct cs_wire_action a, b;
	struct world t;

	(void)state;
	world_init(&t);
	hw_files(&t.w);
	a = dw_action(CS_WIRE_ACTION_QUARANTINE, t.alma.account);
	memcpy(a.target, id, 16);
	assert_int_equal(dw_send(&t.w, &t.desk, &a), CS_WIRE_E_NO_BLOB);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO blob(id,account,size,sha256,complete,created)"
	    " VALUES(?,?,1,?,1,0)",
	    cs_blob(CS_VIEW_OF(id)), cs_blob(CS_VIEW_OF(t.alma.account)),
	    cs_blob(CS_VIEW_OF(t.desk.key.public))));
	assert_int_equal(get_blob(&t, &t.boris_phone.conn, id), 0);
	/* A blob's id has 16 bytes. */
	a.target[16] = 1;
	assert_int_equal(dw_send(&t.w, &t.desk, &a), CS_WIRE_E_ACTION);
	a.target[16] = 0;
	assert_int_equal(dw_send(&t.w, &t.desk, &a), 0);
	assert_int_equal(
	    get_blob(&t, &t.boris_phone.conn, id), CS_WIRE_E_QUARANTINED);
	assert_int_equal(
	    get_blob(&t, &t.phone.conn, id), CS_WIRE_E_QUARANTINED);
	assert_int_equal(get_blob(&t, &t.desk.conn, id), 0);
	/* It stays for the desk, however old it is. */
	assert_ok(hub_blob_sweep(t.w.hub));
	assert_int_equal(get_blob(&t, &t.desk.conn, id), 0);
	/* Two hold it. */
	b = dw_action(CS_WIRE_ACTION_QUARANTINE, NULL);
	memcpy(b.target, id, 16);
	b.until_ms = t.w.hub->now_ms + 1000;
	assert_int_equal(dw_send(&t.w, &t.desk, &b), 0);
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), 0);
	assert_int_equal(
	    get_blob(&t, &t.phone.conn, id), CS_WIRE_E_QUARANTINED);
	t.w.hub->now_ms += 1000;
	assert_int_equal(get_blob(&t, &t.phone.conn, id), 0);
	assert_ok(hub_blob_sweep(t.w.hub));
	assert_int_equal(get_blob(&t, &t.desk.conn, id), CS_WIRE_E_NO_BLOB);
	world_clear(&t);
}

static uint64_t
dissolved(struct world *t)
{
	struct hub_group g;

	assert_ok(hub_group_load(&g, t->w.hub, cs_view_str("family")));
	return g.dissolved;
}

static void
test_dissolve(void **state)
{
	struct cs_wire_action_result result;
	struct cs_wire_action a;
	struct world t;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_DISSOLVE, NULL);
	assert_ok(cs_group_ref(a.target, cs_view_str("family")));
	assert_int_equal(dw_send(&t.w, &t.desk, &a), CS_WIRE_E_NO_GROUP);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created,ref)"
	    " VALUES(CAST('family' AS BLOB),0,zeroblob(32),0,0,0,?)",
	    cs_blob(CS_VIEW_OF(a.target))));
	assert_int_equal(dissolved(&t), 0);
	assert_int_equal(
	    dw_send_as(&t.w, &t.desk, &t.desk.key, &a, &result), 0);
	assert_int_equal(result.groups, 1);
	assert_true(dissolved(&t) > t.w.hub->now_ms);
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), 0);
	assert_int_equal(dissolved(&t), 0);
	world_clear(&t);
}

/* ---- the way back ------------------------------------------------------- */

static void
sit(struct world *t, const struct hw_device *d, uint64_t from, bool gone)
{
	assert_ok(cs_db_exec(t->w.hub->db,
	    "INSERT INTO member(grp,device,account,leaf,from_seq,until_seq,"
	    "cursor) VALUES(CAST('family' AS BLOB),?,?,0,?,?,0)",
	    cs_blob(CS_VIEW_OF(d->id)), cs_blob(CS_VIEW_OF(d->conn.account)),
	    cs_int(from), gone ? cs_int(from) : cs_null()));
}

static bool
may_enter(struct world *t, const struct hw_person *p)
{
	bool may;

	assert_ok(hub_account_may_enter(
	    &may, t->w.hub, cs_view_str("family"), p->account));
	return may;
}

static void
test_restore(void **state)
{
	struct hub_group g = {
		.id = cs_view_str("family"), .seq = 9, .epoch = 4
	};
	struct cs_wire_action a;
	struct hw_person carol;
	struct hw_device carols;
	struct world t;

	(void)state;
	world_init(&t);
	hw_person(&t.w, &carol, &carols, "carol");
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created)"
	    " VALUES(CAST('family' AS BLOB),9,zeroblob(32),4,0,0)"));
	sit(&t, &t.boris_phone, 0, false);
	sit(&t, &t.phone, 0, true);
	/* Somebody removed her; nobody had disabled her. */
	assert_ok(hub_restore_note(t.w.hub, &g, t.alma.account));
	assert_false(may_enter(&t, &t.alma));
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	assert_ok(hub_restore_note(t.w.hub, &g, t.alma.account));
	/* As long as it holds she does not come back; after it she does, where
	 * she was, and nobody else. */
	assert_false(may_enter(&t, &t.alma));
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), 0);
	assert_true(may_enter(&t, &t.alma));
	assert_false(may_enter(&t, &carol));
	assert_true(may_enter(&t, &t.boris));
	/* Who came since has never seen her there. */
	sit(&t, &carols, 9, false);
	assert_false(may_enter(&t, &t.alma));
	assert_ok(cs_db_exec(t.w.hub->db, "DELETE FROM member WHERE device=?",
	    cs_blob(CS_VIEW_OF(carols.id))));
	assert_true(may_enter(&t, &t.alma));
	/* Once. */
	assert_ok(hub_restore_done(t.w.hub, g.id, t.alma.account));
	assert_false(may_enter(&t, &t.alma));
	hw_device_clear(&carols);
	world_clear(&t);
}

/* A Remove that waits when she is enabled may yet be taken in its epoch. */
static void
test_restore_pending(void **state)
{
	struct hub_group g = {
		.id = cs_view_str("family"), .seq = 10, .epoch = 4
	};
	struct world t;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created)"
	    " VALUES(CAST('family' AS BLOB),9,zeroblob(32),4,0,0)"));
	sit(&t, &t.phone, 0, false);
	assert_ok(hub_restore_pending(t.w.hub, t.alma.account));
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE member SET until_seq=10"));
	assert_false(may_enter(&t, &t.alma));
	/* Of another epoch, it was somebody's own doing. */
	g.epoch = 5;
	assert_ok(hub_restore_note(t.w.hub, &g, t.alma.account));
	assert_false(may_enter(&t, &t.alma));
	g.epoch = 4;
	assert_ok(hub_restore_note(t.w.hub, &g, t.alma.account));
	assert_true(may_enter(&t, &t.alma));
	/* An epoch that ended without it. */
	assert_ok(hub_restore_done(t.w.hub, g.id, t.alma.account));
	assert_ok(cs_db_exec(t.w.hub->db, "UPDATE member SET until_seq=NULL"));
	assert_ok(hub_restore_pending(t.w.hub, t.alma.account));
	assert_ok(hub_restore_end_epoch(t.w.hub, &g));
	assert_int_equal(number(&t, "SELECT COUNT(*) FROM restore"), 0);
	world_clear(&t);
}

/* ---- a held connection -------------------------------------------------- */

/* One frame as it comes from the network: its answer's kind, and the code of a
 * refusal. */
static uint8_t
frame(struct world *t, struct hub_conn *conn, uint8_t kind, uint16_t *code)
{
	struct cs_buf bytes = { 0 };
	struct cs_wire_frame f;
	struct cs_wire_error error;
	const struct hub_outgoing *o;

	t->w.hub->batch.len = 0;
	t->w.hub->n_out = 0;
	*code = 0;
	assert_ok(cs_wire_frame_head(&bytes, kind, 1));
	hub_events.frame(conn, cs_buf_view(&bytes));
	assert_int_equal(t->w.hub->n_out, 1);
	o = &t->w.hub->out[0];
	assert_ok(cs_wire_frame_parse(
	    &f, cs_view(t->w.hub->batch.data + o->from, o->to - o->from)));
	if (f.kind == CS_WIRE_ERROR) {
		assert_ok(cs_wire_parse(&error, &cs_wire_error_shape, f.body));
		*code = error.code;
	}
	cs_buf_free(&bytes);
	return f.kind;
}

static void
test_held(void **state)
{
	/* With an empty body: none of the first two is refused for what it
	 * says, all of the others are for who asks. */
	static const uint8_t open[] = { CS_WIRE_PING, CS_WIRE_NOTICES,
		CS_WIRE_ACCOUNT_EXPORT };
	static const uint8_t closed[] = { CS_WIRE_SUBMIT, CS_WIRE_FETCH,
		CS_WIRE_SYNC, CS_WIRE_WELCOMES, CS_WIRE_KEY_PACKAGES_GET,
		CS_WIRE_GROUP_NEW, CS_WIRE_GROUP_INFO, CS_WIRE_BLOB_GET,
		CS_WIRE_BLOB_PUT, CS_WIRE_REPORT, CS_WIRE_DEVICE_ADD,
		CS_WIRE_CONTACTS };
	struct cs_wire_action a;
	struct world t;
	uint16_t code;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_begin(t.w.hub->db));
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	assert_int_equal(
	    frame(&t, &t.phone.conn, CS_WIRE_SYNC, &code), CS_WIRE_ANSWER);
	/* While she is connected: by the next request at the latest. */
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	for (size_t i = 0; i < sizeof closed; i++) {
		assert_int_equal(
		    frame(&t, &t.phone.conn, closed[i], &code), CS_WIRE_ERROR);
		assert_int_equal(code, CS_WIRE_E_DISABLED);
	}
	assert_int_equal(t.phone.conn.role, HUB_HELD);
	assert_false(t.phone.conn.end_after_round);
	for (size_t i = 0; i < sizeof open; i++)
		assert_int_equal(
		    frame(&t, &t.phone.conn, open[i], &code), CS_WIRE_ANSWER);
	/* The desk's requests are nobody else's. */
	assert_int_equal(frame(&t, &t.phone.conn, CS_WIRE_DESK_LETTERS, &code),
	    CS_WIRE_ERROR);
	assert_int_equal(code, CS_WIRE_E_DISABLED);
	assert_int_equal(
	    frame(&t, &t.boris_phone.conn, CS_WIRE_DESK_LETTERS, &code),
	    CS_WIRE_ERROR);
	assert_int_equal(code, CS_WIRE_E_DENIED);
	assert_int_equal(
	    frame(&t, &t.desk.conn, CS_WIRE_NOTICES, &code), CS_WIRE_ERROR);
	/* It is one of the account's still. */
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), 0);
	assert_int_equal(
	    frame(&t, &t.phone.conn, CS_WIRE_SYNC, &code), CS_WIRE_ANSWER);
	assert_int_equal(t.phone.conn.role, HUB_DEVICE);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_logged),
		cmocka_unit_test(test_told_where),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_two_disables),
		cmocka_unit_test(test_reverse_what),
		cmocka_unit_test(test_for_a_time),
		cmocka_unit_test(test_quarantine),
		cmocka_unit_test(test_dissolve),
		cmocka_unit_test(test_restore),
		cmocka_unit_test(test_restore_pending),
		cmocka_unit_test(test_held),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
