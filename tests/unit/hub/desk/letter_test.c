/* SPDX-License-Identifier: MIT */
/* Reports and letters to the desk, notices from it, and what is left of an
 * account. */

#include <jansson.h>

#include "crypto/init.h"
#include "hub/accounts/export.h"
#include "hub/accounts/key_package.h"
#include "hub/accounts/leave.h"
#include "hub/accounts/login.h"
#include "hub/core/budget.h"
#include "hub/core/connection.h"
#include "hub/core/hub.h"
#include "hub/desk/letter.h"
#include "hub/desk/notice.h"
#include "hub/desk/report.h"
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

static uint16_t
send_letter(
    struct world *t, struct hw_device *d, const struct cs_wire_letter *m)
{
	return hw_ask(
	    &t->w, &d->conn, hub_letter, &cs_wire_letter_shape, m, NULL, NULL);
}

static struct cs_wire_letter
letter(uint8_t kind, const uint8_t subject[static 16])
{
	struct cs_wire_letter m = { .kind = kind,
		.sealed = cs_view_str("sealed") };

	cs_random(m.id, sizeof m.id);
	memcpy(m.subject, subject, 16);
	return m;
}

static uint16_t
set_letter(struct world *t, const uint8_t id[static 16], uint8_t state)
{
	struct cs_wire_desk_letter_set m = {
		.state = state,
		.answer = cs_view_str("an answer"),
		.reply = cs_view_str("a reply"),
	};

	memcpy(m.id, id, 16);
	return hw_ask(&t->w, &t->desk.conn, hub_desk_letter_set,
	    &cs_wire_desk_letter_set_shape, &m, NULL, NULL);
}

static uint32_t
waiting(struct world *t)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_letters_answer answer;

	assert_int_equal(
	    hw_ask(&t->w, &t->desk.conn, hub_desk_letters, &cs_wire_empty_shape,
		&empty, &cs_wire_desk_letters_answer_shape, &answer),
	    0);
	return answer.letters.n;
}

static uint32_t
notices(struct world *t, struct hw_device *d, struct cs_wire_notice *first)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_notices_answer answer;
	struct cs_view rest;

	assert_int_equal(
	    hw_ask(&t->w, &d->conn, hub_notices, &cs_wire_empty_shape, &empty,
		&cs_wire_notices_answer_shape, &answer),
	    0);
	rest = answer.notices.raw;
	memset(first, 0, sizeof *first);
	(void)!cs_wire_next(first, &cs_wire_notice_shape, &rest);
	return answer.notices.n;
}

static uint16_t
send_report(struct world *t, struct hw_device *d, const uint8_t id[static 16],
    size_t size)
{
	static uint8_t bytes[3 << 20];
	struct cs_wire_report m = { .sealed = cs_view(bytes, size) };

	memcpy(m.report, id, 16);
	return hw_ask(
	    &t->w, &d->conn, hub_report, &cs_wire_report_shape, &m, NULL, NULL);
}

static uint16_t
set_report(struct world *t, const struct cs_wire_report_status *m)
{
	return hw_ask(&t->w, &t->desk.conn, hub_desk_report_set,
	    &cs_wire_report_status_shape, m, NULL, NULL);
}

static struct cs_wire_report_status
status(struct world *t, struct hw_device *d)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_report_states_answer answer;
	struct cs_wire_report_status s;
	struct cs_view rest;

	assert_int_equal(
	    hw_ask(&t->w, &d->conn, hub_report_states, &cs_wire_empty_shape,
		&empty, &cs_wire_report_states_answer_shape, &answer),
	    0);
	rest = answer.reports.raw;
	assert_true(cs_wire_next(&s, &cs_wire_report_status_shape, &rest));
	return s;
}

/* ---- appeals ------------------------------------------------------------ */

static void
test_appeal(void **state)
{
	struct cs_wire_letter m, twin;
	struct cs_wire_notice n;
	struct cs_wire_action a, seen;
	struct world t;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_DISABLE, t.alma.account);
	m = letter(CS_WIRE_LETTER_APPEAL, a.id);
	/* Against nothing. */
	assert_int_equal(send_letter(&t, &t.phone, &m), CS_WIRE_E_DENIED);
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	/* By somebody whom it is not about. */
	assert_int_equal(send_letter(&t, &t.boris_phone, &m), CS_WIRE_E_DENIED);
	twin = m;
	twin.kind = 4;
	assert_int_equal(send_letter(&t, &t.phone, &twin), CS_WIRE_E_MALFORMED);
	twin = m;
	twin.sealed.len = 0;
	assert_int_equal(send_letter(&t, &t.phone, &twin), CS_WIRE_E_MALFORMED);
	assert_int_equal(notices(&t, &t.phone, &n), 1);
	assert_int_equal(n.appeal, CS_WIRE_APPEAL_NONE);
	assert_int_equal(send_letter(&t, &t.phone, &m), 0);
	/* The same again is the same; another one is one too many. */
	assert_int_equal(send_letter(&t, &t.phone, &m), 0);
	assert_int_equal(
	    send_letter(&t, &t.boris_phone, &m), CS_WIRE_E_REPEATED);
	twin = letter(CS_WIRE_LETTER_APPEAL, a.id);
	assert_int_equal(send_letter(&t, &t.phone, &twin), CS_WIRE_E_EXISTS);
	assert_int_equal(waiting(&t), 1);
	assert_int_equal(notices(&t, &t.phone, &n), 1);
	assert_int_equal(n.appeal, CS_WIRE_APPEAL_SENT);
	/* The desk could not read it: once more. */
	assert_int_equal(set_letter(&t, m.id, CS_WIRE_APPEAL_UNREADABLE), 0);
	assert_int_equal(waiting(&t), 0);
	t.w.hub->now_ms++;
	assert_int_equal(send_letter(&t, &t.phone, &twin), 0);
	assert_int_equal(set_letter(&t, twin.id, CS_WIRE_APPEAL_REVERSED), 0);
	assert_int_equal(set_letter(&t, twin.id, CS_WIRE_APPEAL_RECEIVED), 0);
	assert_int_equal(notices(&t, &t.phone, &n), 1);
	assert_int_equal(n.appeal, CS_WIRE_APPEAL_REVERSED);
	assert_view_equal(n.answer, cs_view_str("an answer"));
	assert_view_equal(n.reply, cs_view_str("a reply"));
	assert_ok(cs_wire_parse(&seen, &cs_wire_action_shape, n.action));
	assert_memory_equal(seen.id, a.id, 16);
	assert_int_equal(notices(&t, &t.boris_phone, &n), 0);
	/* What was taken back needs no appeal. */
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), 0);
	m = letter(CS_WIRE_LETTER_APPEAL, a.id);
	assert_int_equal(send_letter(&t, &t.phone, &m), CS_WIRE_E_EXISTS);
	a = dw_action(CS_WIRE_ACTION_WARN, t.alma.account);
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	assert_int_equal(dw_reverse(&t.w, &t.desk, &a), 0);
	m = letter(CS_WIRE_LETTER_APPEAL, a.id);
	assert_int_equal(send_letter(&t, &t.phone, &m), CS_WIRE_E_DENIED);
	world_clear(&t);
}

static void
test_letters_a_day(void **state)
{
	struct cs_wire_letter m;
	struct cs_wire_action a;
	struct world t;

	(void)state;
	world_init(&t);
	for (unsigned i = 0; i <= hub_budgets[HUB_B_LETTERS_DAY].amount; i++) {
		a = dw_action(CS_WIRE_ACTION_WARN, t.alma.account);
		assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
		m = letter(CS_WIRE_LETTER_APPEAL, a.id);
		assert_int_equal(send_letter(&t, &t.phone, &m),
		    i < hub_budgets[HUB_B_LETTERS_DAY].amount
			? 0
			: CS_WIRE_E_LIMIT);
	}
	t.w.hub->now_ms += CS_DAY_MS;
	assert_int_equal(send_letter(&t, &t.phone, &m), 0);
	world_clear(&t);
}

static void
test_letter_set(void **state)
{
	struct cs_wire_letter m;
	struct cs_wire_action a;
	struct world t;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_WARN, t.alma.account);
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	m = letter(CS_WIRE_LETTER_APPEAL, a.id);
	assert_int_equal(
	    set_letter(&t, m.id, CS_WIRE_APPEAL_RECEIVED), CS_WIRE_E_MALFORMED);
	assert_int_equal(send_letter(&t, &t.phone, &m), 0);
	assert_int_equal(
	    set_letter(&t, m.id, CS_WIRE_APPEAL_SENT), CS_WIRE_E_MALFORMED);
	assert_int_equal(set_letter(&t, m.id, CS_WIRE_APPEAL_UNREADABLE + 1),
	    CS_WIRE_E_MALFORMED);
	assert_int_equal(waiting(&t), 1);
	assert_int_equal(set_letter(&t, m.id, CS_WIRE_APPEAL_RECEIVED), 0);
	assert_int_equal(waiting(&t), 0);
	world_clear(&t);
}

/* ---- reports ------------------------------------------------------------ */

static void
test_second_look(void **state)
{
	const uint8_t id[16] = { 1 };
	struct cs_wire_report_status s = { .report = { 1 },
		.state = CS_WIRE_REPORT_RECEIVED };
	struct cs_wire_letter m = letter(CS_WIRE_LETTER_SECOND_LOOK, id), twin;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(send_letter(&t, &t.phone, &m), CS_WIRE_E_DENIED);
	assert_int_equal(send_report(&t, &t.phone, id, 10), 0);
	assert_int_equal(set_report(&t, &s), 0);
	/* Not before it is decided, and not by others. */
	assert_int_equal(send_letter(&t, &t.phone, &m), CS_WIRE_E_DENIED);
	s.state = CS_WIRE_REPORT_CLOSED;
	/* The desk does not answer what nobody asked. */
	s.second_look = CS_WIRE_SECOND_LOOK_ANSWERED;
	assert_int_equal(set_report(&t, &s), 0);
	assert_int_equal(
	    status(&t, &t.phone).second_look, CS_WIRE_SECOND_LOOK_NONE);
	assert_int_equal(send_letter(&t, &t.boris_phone, &m), CS_WIRE_E_DENIED);
	assert_int_equal(send_letter(&t, &t.phone, &m), 0);
	assert_int_equal(
	    status(&t, &t.phone).second_look, CS_WIRE_SECOND_LOOK_ASKED);
	twin = letter(CS_WIRE_LETTER_SECOND_LOOK, id);
	assert_int_equal(send_letter(&t, &t.phone, &twin), CS_WIRE_E_EXISTS);
	assert_int_equal(set_letter(&t, m.id, CS_WIRE_APPEAL_UNREADABLE), 0);
	assert_int_equal(send_letter(&t, &t.phone, &twin), 0);
	assert_int_equal(set_letter(&t, twin.id, CS_WIRE_APPEAL_UPHELD), 0);
	assert_int_equal(
	    status(&t, &t.phone).second_look, CS_WIRE_SECOND_LOOK_ANSWERED);
	assert_view_equal(
	    status(&t, &t.phone).answer, cs_view_str("an answer"));
	twin = letter(CS_WIRE_LETTER_SECOND_LOOK, id);
	assert_int_equal(send_letter(&t, &t.phone, &twin), CS_WIRE_E_EXISTS);
	s.second_look = 3;
	assert_int_equal(set_report(&t, &s), CS_WIRE_E_MALFORMED);
	world_clear(&t);
}

static void
test_question(void **state)
{
	const uint8_t id[16] = { 1 };
	struct cs_wire_report_status s = { .report = { 1 },
		.state = CS_WIRE_REPORT_RECEIVED };
	struct cs_wire_letter m = letter(CS_WIRE_LETTER_REPLY, id), twin;
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(send_report(&t, &t.phone, id, 10), 0);
	assert_int_equal(set_report(&t, &s), 0);
	assert_int_equal(send_letter(&t, &t.phone, &m), CS_WIRE_E_DENIED);
	s.question = cs_view_str("a question");
	assert_int_equal(set_report(&t, &s), 0);
	assert_view_equal(status(&t, &t.phone).question, s.question);
	assert_int_equal(send_letter(&t, &t.boris_phone, &m), CS_WIRE_E_DENIED);
	assert_int_equal(send_letter(&t, &t.phone, &m), 0);
	assert_int_equal(send_letter(&t, &t.phone, &m), 0);
	assert_int_equal(status(&t, &t.phone).question.len, 0);
	twin = letter(CS_WIRE_LETTER_REPLY, id);
	assert_int_equal(send_letter(&t, &t.phone, &twin), CS_WIRE_E_DENIED);
	assert_int_equal(set_report(&t, &s), 0);
	assert_int_equal(send_letter(&t, &t.phone, &twin), 0);
	world_clear(&t);
}

/* What the desk has not read is kept, and bounded. */
static void
test_reports_unread(void **state)
{
	struct cs_wire_report_status s = { .state = CS_WIRE_REPORT_RECEIVED };
	uint8_t id[16] = { 0 };
	struct world t;

	(void)state;
	world_init(&t);
	for (uint8_t i = 0; i <= hub_budgets[HUB_B_REPORTS_UNREAD].amount;
	     i++) {
		id[0] = i + 1;
		assert_int_equal(send_report(&t, &t.phone, id, 10),
		    i < hub_budgets[HUB_B_REPORTS_UNREAD].amount
			? 0
			: CS_WIRE_E_DESK_BUSY);
	}
	/* One that is there is sent again without harm; nobody else's. */
	id[0] = 1;
	assert_int_equal(send_report(&t, &t.phone, id, 10), 0);
	assert_int_equal(
	    send_report(&t, &t.boris_phone, id, 10), CS_WIRE_E_REPEATED);
	id[0] = 250;
	assert_int_equal(send_report(&t, &t.boris_phone, id, 10), 0);
	/* One is read, one may come. */
	s.report[0] = 1;
	assert_int_equal(set_report(&t, &s), 0);
	id[0] = 200;
	assert_int_equal(send_report(&t, &t.phone, id, 10), 0);
	id[0] = 201;
	assert_int_equal(
	    send_report(&t, &t.phone, id, 10), CS_WIRE_E_DESK_BUSY);
	world_clear(&t);
}

static void
test_reports_bytes(void **state)
{
	const size_t size = 3 << 20;
	uint8_t id[16] = { 0 };
	struct world t;
	uint64_t n = hub_budgets[HUB_B_REPORT_BYTES_UNREAD].amount / size;

	(void)state;
	world_init(&t);
	for (uint8_t i = 0; i <= n; i++) {
		id[0] = i + 1;
		assert_int_equal(send_report(&t, &t.phone, id, size),
		    i < n ? 0 : CS_WIRE_E_DESK_BUSY);
	}
	world_clear(&t);
}

/* ---- what is left ------------------------------------------------------- */

static json_t *export(struct world *t, struct hw_device *d)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_account_export answer;
	json_t *j;

	assert_int_equal(
	    hw_ask(&t->w, &d->conn, hub_account_export, &cs_wire_empty_shape,
		&empty, &cs_wire_account_export_shape, &answer),
	    0);
	j = json_loadb((const char *)answer.json.data, answer.json.len,
	    JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	return j;
}

static size_t
length(const json_t *j, const char *name)
{
	return json_array_size(json_object_get(j, name));
}

static void
test_export(void **state)
{
	const uint8_t id[16] = { 1 };
	struct cs_wire_report_status s = { .report = { 1 },
		.state = CS_WIRE_REPORT_CLOSED,
		.answer = cs_view_str("a \"quote\", a \\ and a\nline") };
	struct cs_wire_action a;
	struct world t;
	json_t *j;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_WARN, t.alma.account);
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	assert_int_equal(send_report(&t, &t.phone, id, 10), 0);
	assert_int_equal(set_report(&t, &s), 0);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created)"
	    " VALUES(CAST('family' AS BLOB),0,x'',0,0,77)"));
	assert_ok(cs_db_exec(t.w.hub->db,
	    "INSERT INTO member(grp,device,account,leaf,from_seq,cursor)"
	    " VALUES(CAST('family' AS BLOB),?,?,0,0,0)",
	    cs_blob(CS_VIEW_OF(t.phone.id)),
	    cs_blob(CS_VIEW_OF(t.alma.account))));
	j = export(&t, &t.phone);
	assert_string_equal(
	    json_string_value(json_object_get(j, "handle")), "alma");
	assert_int_equal(length(j, "devices"), 1);
	assert_int_equal(length(j, "actions"), 1);
	assert_int_equal(length(j, "groups"), 1);
	assert_int_equal(
	    json_integer_value(json_object_get(
		json_array_get(json_object_get(j, "groups"), 0), "joined_ms")),
	    77);
	assert_string_equal(
	    json_string_value(json_object_get(
		json_array_get(json_object_get(j, "reports"), 0), "answer")),
	    "a \"quote\", a \\ and a\nline");
	assert_true(json_is_true(json_object_get(j, "whole")));
	json_decref(j);
	/* Nothing of hers. */
	j = export(&t, &t.boris_phone);
	assert_int_equal(
	    length(j, "reports") + length(j, "actions") + length(j, "groups"),
	    0);
	json_decref(j);
	world_clear(&t);
}

/* More than fits is cut, and says so. */
static void
test_export_much(void **state)
{
	struct world t;
	json_t *j;

	(void)state;
	world_init(&t);
	assert_ok(cs_db_exec(t.w.hub->db,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n"
	    " WHERE i<20000) INSERT INTO contact(owner,peer,state,since)"
	    " SELECT ?,CAST(printf('%016d',i) AS BLOB),1,i FROM n",
	    cs_blob(CS_VIEW_OF(t.alma.account))));
	j = export(&t, &t.phone);
	assert_true(json_is_false(json_object_get(j, "whole")));
	assert_true(length(j, "contacts") > 5000);
	json_decref(j);
	world_clear(&t);
}

static void
test_leave(void **state)
{
	const struct cs_wire_empty empty = { 0 };
	const struct cs_wire_key_packages_get get = {
		.handle = cs_view_str("alma"),
	};
	struct hub_request rq = { 0 };
	struct cs_wire_action a;
	struct world t;
	uint64_t n;

	(void)state;
	world_init(&t);
	a = dw_action(CS_WIRE_ACTION_WARN, t.alma.account);
	assert_int_equal(dw_state(&t.w, &t.desk, &a), 0);
	hub_conn_index(&t.phone.conn);
	assert_int_equal(hw_ask(&t.w, &t.phone.conn, hub_account_leave,
			     &cs_wire_empty_shape, &empty, NULL, NULL),
	    0);
	assert_true(t.phone.conn.end_after_round);
	rq.hub = t.w.hub;
	rq.conn = &t.phone.conn;
	assert_int_equal(
	    hub_refusal_of(&rq, hub_account_check(&rq)), CS_WIRE_E_REMOVED);
	cs_buf_free(&rq.error_data);
	assert_int_equal(hw_ask(&t.w, &t.boris_phone.conn, hub_key_packages_get,
			     &cs_wire_key_packages_get_shape, &get, NULL, NULL),
	    CS_WIRE_E_NO_MEMBER);
	/* The name stays taken, the decision stays written down. */
	assert_ok(cs_db_get_int(&n, t.w.hub->db,
	    "SELECT COUNT(*) FROM account WHERE handle='alma'"));
	assert_int_equal(n, 1);
	assert_ok(
	    cs_db_get_int(&n, t.w.hub->db, "SELECT COUNT(*) FROM action"));
	assert_int_equal(n, 1);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appeal),
		cmocka_unit_test(test_letters_a_day),
		cmocka_unit_test(test_letter_set),
		cmocka_unit_test(test_second_look),
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_reports_unread),
		cmocka_unit_test(test_reports_bytes),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_export_much),
		cmocka_unit_test(test_leave),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
