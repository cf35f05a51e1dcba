/* SPDX-License-Identifier: MIT */
/* Cases without a hub: what is kept, for how long, and in which order. */

#include "base/text.h"
#include "content/evidence.h"
#include "content/letter.h"
#include "crypto/init.h"
#include "crypto/suite.h"
#include "desk/cases/case.h"
#include "desk/cases/entry.h"
#include "desk/cases/merge.h"
#include "desk/cases/queue.h"
#include "desk/cases/split.h"
#include "desk/cases/term.h"
#include "desk/cases/work.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/json.h"
#include "desk/core/outbox.h"
#include "desk/core/policy.h"
#include "desk/daemon/intake.h"
#include "desk/daemon/retention.h"
#include "desk/decisions/appeal.h"
#include "desk/decisions/decide.h"
#include "desk/decisions/decision.h"
#include "desk/decisions/question.h"
#include "desk/decisions/revise.h"
#include "desk/decisions/send.h"
#include "desk/desk.h"
#include "desk/reports/report.h"
#include "desk/show/case.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/file.h"
#include "unit/desk/desk_home.h"
#include "wire/messages.h"

#define DAY_MS ((uint64_t)86400 * 1000)

/* A report for ${reason} of the messages ${which} of the world's conversation,
 * that comes as ${id} and says that it is ${says}. */
static void
take_for(struct world *w, uint8_t id, uint8_t says, const int *which,
    uint16_t reason)
{
	struct ew_report r;
	uint8_t number[16];

	memset(number, id, sizeof number);
	ew_pick(&r, &w->e, which);
	memset(r.in.report_id, says, 16);
	r.in.reason = reason;
	world_take(w, number, &r);
}

static void
take_as(struct world *w, uint8_t id, uint8_t says, const int *which)
{
	take_for(w, id, says, which, CS_REASON_THREAT_TO_LIFE);
}

static void
take_some(struct world *w, uint8_t id, const int *which)
{
	take_as(w, id, id, which);
}

static void
take(struct world *w, uint8_t id)
{
	take_some(w, id, no_files);
}

static json_t *
show(struct world *w, uint64_t id)
{
	json_t *o = json_object();

	assert_ok(cs_desk_case_show(o, w->d, &cs_desk_operator, id, 0));
	return o;
}

/* The version of a case that somebody reads now. */
static uint64_t
version_of(struct world *w, uint64_t case_id)
{
	struct desk_case c;
	uint64_t version;

	assert_ok(desk_case_load(&c, w->d, case_id));
	version = c.version;
	desk_case_clear(&c);
	return version;
}

/* "No violation", not sent yet. */
static enum cs_err
decide_at(struct world *w, uint64_t case_id, uint64_t version, uint64_t *made)
{
	const struct cs_desk_choice choice = { .action = CS_DESK_ACTION_NONE,
		.reason = "spam",
		.facts = "",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true };

	return cs_desk_case_decide(
	    w->d, &cs_desk_operator, case_id, version, &choice, made);
}

static uint64_t
decide(struct world *w, uint64_t case_id)
{
	uint64_t made;

	assert_ok(decide_at(w, case_id, version_of(w, case_id), &made));
	return made;
}

/* Decided without a hub: nothing to be applied. */
static uint64_t
dismiss(struct world *w, uint64_t case_id)
{
	uint64_t made = decide(w, case_id);

	assert_ok(desk_decisions_send(w->d));
	return made;
}

static void
state_is(struct world *w, uint64_t case_id, const char *want)
{
	json_t *o = show(w, case_id);

	assert_string_equal(json_get_str(o, "state"), want);
	json_decref(o);
}

static void
test_one_case(void **state)
{
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	take(&w, 0x12); /* the same messages */
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	o = show(&w, 1);
	assert_int_equal(json_get_num(o, "reports"), 2);
	assert_int_equal(json_array_size(json_object_get(o, "items")), 4);
	assert_int_equal(json_array_size(json_object_get(o, "reporters")), 1);
	assert_string_equal(json_get_str(o, "reason"), "threat-to-life");
	json_decref(o);
	/* What is decided is decided for the next report of it, too. */
	dismiss(&w, 1);
	take(&w, 0x13);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "state"), "decided");
	assert_int_equal(json_get_num(o, "reports"), 3);
	json_decref(o);
	/* And its reporter was told so, with the others. */
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 2);
	world_clear(&w);
}

static void
test_retention(void **state)
{
	uint64_t now = cs_clock_ms(), n;
	struct desk_case c;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	/* Not decided: it stays, however old it is. */
	assert_ok(cs_desk_retention(w.d, now + 9999 * DAY_MS, &n));
	assert_int_equal(n, 0);
	dismiss(&w, 1);
	/* Threats to life are kept for three years. */
	assert_ok(cs_desk_retention(w.d, now + 1000 * DAY_MS, &n));
	assert_int_equal(n, 0);
	/* A hold stops it. */
	assert_ok(desk_case_load(&c, w.d, 1));
	assert_ok(cs_desk_case_hold(
	    w.d, &cs_desk_operator, 1, c.version, true, "court"));
	desk_case_clear(&c);
	assert_ok(cs_desk_retention(w.d, now + 1200 * DAY_MS, &n));
	assert_int_equal(n, 0);
	assert_ok(desk_case_load(&c, w.d, 1));
	assert_ok(cs_desk_case_hold(
	    w.d, &cs_desk_operator, 1, c.version, false, "over"));
	desk_case_clear(&c);
	assert_ok(cs_desk_retention(w.d, now + 1200 * DAY_MS, &n));
	assert_int_equal(n, 1);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM item"), 0);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM term"), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM case_account"), 0);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "state"), "closed");
	assert_int_equal(json_array_size(json_object_get(o, "accounts")), 0);
	json_decref(o);
	/* The log says so, and is whole. */
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	o = json_array();
	assert_ok(desk_audit_page(o, w.d, INT64_MAX, 1, 1));
	assert_string_equal(
	    json_get_str(json_array_get(o, 0), "what"), "destroyed");
	json_decref(o);
	world_clear(&w);
}

/* What did not verify goes, too, and with it that somebody made it; and files
 * that a crash left behind. */
static void
test_leftovers(void **state)
{
	static const char *const names[] = { "desk/files/"
					     "00112233445566778899aabbccddeeff"
					     "00112233445566778899aabbccddeeff",
		"desk/files/"
		"00000000000000000000000000000000000000000000000000000000000000"
		"00" };
	uint64_t now = cs_clock_ms(), n;
	struct cs_buf sealed = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	take_as(&w, 0x12, 0x13, no_files); /* says that it is another one */
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM report WHERE case_id=0"), 1);
	assert_int_equal(world_count(&w, "SELECT reports FROM reporter"), 2);
	assert_int_equal(world_count(&w, "SELECT rejected FROM reporter"), 1);
	for (size_t i = 0; i < 2; i++)
		assert_ok(cs_file_write(
		    temp_path(&w.dir, names[i]), cs_view_str("sealed"), 0600));
	/* One of them belongs to a case. */
	assert_ok(cs_db_exec(w.d->db,
	    "INSERT INTO media(item,case_id,place,file,sealed)"
	    " VALUES(1,1,9,zeroblob(32),x'')"));
	assert_ok(cs_desk_retention(w.d, EW_NOW_MS + 29 * DAY_MS, &n));
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM report WHERE case_id=0"), 1);
	assert_ok(cs_desk_retention(w.d, EW_NOW_MS + 30 * DAY_MS, &n));
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM report WHERE case_id=0"), 0);
	assert_int_equal(world_count(&w, "SELECT reports FROM reporter"), 1);
	assert_int_equal(world_count(&w, "SELECT rejected FROM reporter"), 0);
	assert_err(cs_file_read(&sealed, temp_path(&w.dir, names[0]), 10),
	    CS_ERR_NOT_FOUND);
	assert_ok(cs_file_read(&sealed, temp_path(&w.dir, names[1]), 10));
	/* With the last report of somebody nothing of them stays. */
	dismiss(&w, 1);
	assert_ok(cs_desk_retention(w.d, now + 9999 * DAY_MS, &n));
	assert_int_equal(n, 1);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM reporter"), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM reported_by"), 0);
	cs_buf_reset(&sealed);
	assert_err(cs_file_read(&sealed, temp_path(&w.dir, names[1]), 10),
	    CS_ERR_NOT_FOUND);
	cs_buf_free(&sealed);
	assert_ok(cs_desk_audit_verify(w.d, NULL, NULL));
	world_clear(&w);
}

/* A case that is damaged on the disk keeps no other one for longer. */
static void
test_damaged_case(void **state)
{
	static const int first[] = { 0, -1 }, other[] = { 2, -1 };
	struct world w;
	uint64_t n;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	dismiss(&w, 1);
	take_some(&w, 0x12, other);
	dismiss(&w, 2);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE cases SET sealed=zeroblob(60) WHERE id=1"));
	assert_err(cs_desk_retention(w.d, cs_clock_ms() + 9999 * DAY_MS, &n),
	    CS_ERR_CORRUPT);
	assert_int_equal(n, 1);
	state_is(&w, 2, "closed");
	world_clear(&w);
}

/* Nor does it take what comes after it, nor is a decision in the way of others:
 * each report finds a case, and the rest is decided. */
static void
test_damaged_rows(void **state)
{
	static const int first[] = { 0, -1 }, same[] = { 0, 2, -1 },
			 other[] = { 1, -1 };
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE cases SET sealed=zeroblob(60) WHERE id=1"));
	take_some(&w, 0x12, first);
	take_some(&w, 0x13, same);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	state_is(&w, 2, "open");
	decide(&w, 2);
	decide(&w, 2);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE decision SET sealed=zeroblob(60) WHERE id=1"));
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(
	    world_count(&w, "SELECT state FROM decision WHERE id=1"), 4);
	assert_int_equal(
	    world_count(&w, "SELECT state FROM decision WHERE id=2"), 3);
	/* One that is about a damaged case. */
	take_some(&w, 0x14, other);
	decide(&w, 3);
	decide(&w, 2);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE cases SET sealed=zeroblob(60) WHERE id=3"));
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(
	    world_count(&w, "SELECT state FROM decision WHERE id=3"), 4);
	assert_int_equal(
	    world_count(&w, "SELECT state FROM decision WHERE id=4"), 3);
	world_clear(&w);
}

/* An empty case of that weight. */
static void
made_up(struct world *w, const char *reason, bool flood, bool child,
    uint64_t threat_ms, uint64_t first_ms)
{
	struct cs_desk_policy policy;
	struct desk_case c;
	enum cs_err err = CS_OK;

	assert_ok(cs_desk_policy(&policy, w->d));
	assert_ok(cs_db_begin(w->d->db));
	assert_ok(desk_case_new(
	    &c, w->d, cs_desk_policy_reason(&policy, reason), first_ms));
	json_put_bool(c.doc, "flood", flood, &err);
	json_put_str(c.doc, "age", child ? "child" : "unknown", &err);
	json_put_num(c.doc, "threat_ms", threat_ms, &err);
	assert_ok(err);
	assert_ok(desk_case_set_due(&c, &policy));
	assert_ok(desk_case_save(w->d, &c, NULL));
	assert_ok(cs_db_commit(w->d->db));
	desk_case_clear(&c);
	cs_desk_policy_clear(&policy);
}

static void
test_order(void **state)
{
	static const char want[] = "7 5 6 2 3 4 1 8";
	struct cs_desk_query q = { .state = 0,
		.assignee = -1,
		.reason = "",
		.words = "",
		.cursor = "",
		.limit = 3 };
	char got[64] = "", cursor[80] = "";
	struct world w;

	(void)state;
	world_init(&w);
	made_up(&w, "spam", false, false, 0, 10);                 /* 1 */
	made_up(&w, "trafficking", false, false, 0, 100);         /* 2 */
	made_up(&w, "trafficking", false, false, 0, 200);         /* 3 */
	made_up(&w, "trafficking", true, true, 0, 1);             /* 4 */
	made_up(&w, "threat-to-life", false, false, 60000000, 9); /* 5 */
	made_up(&w, "threat-to-life", false, false, 90000000, 1); /* 6 */
	made_up(&w, "child-abuse", false, true, 0, 500);          /* 7 */
	made_up(&w, "spam", false, false, 0, 20);                 /* 8 */
	for (unsigned pages = 0; pages < 5; pages++) {
		json_t *out = json_object(), *o;
		size_t i;

		q.cursor = cursor;
		assert_ok(cs_desk_cases(out, w.d, &cs_desk_operator, &q));
		json_array_foreach (json_object_get(out, "items"), i, o) {
			strcat(got, got[0] != '\0' ? " " : "");
			strcat(got, json_get_str(o, "id"));
			assert_string_equal(
			    json_get_str(
				json_array_get(json_object_get(o, "why"), 0),
				"code"),
			    "severity");
		}
		snprintf(
		    cursor, sizeof cursor, "%s", json_get_str(out, "next"));
		json_decref(out);
		if (cursor[0] == '\0')
			break;
	}
	assert_string_equal(got, want);
	world_clear(&w);
}

/* One that cannot be read is not hidden, and hides no other. */
static void
test_damaged_in_queue(void **state)
{
	const struct cs_desk_query q = { .state = 0,
		.assignee = -1,
		.reason = "",
		.words = "",
		.cursor = "" };
	json_t *out = json_object(), *items, *o;
	struct world w;

	(void)state;
	world_init(&w);
	made_up(&w, "trafficking", false, false, 0, 10);
	made_up(&w, "spam", false, false, 0, 10);
	assert_ok(cs_db_exec(
	    w.d->db, "UPDATE cases SET sealed=zeroblob(60) WHERE id=1"));
	assert_ok(cs_desk_cases(out, w.d, &cs_desk_operator, &q));
	items = json_object_get(out, "items");
	assert_int_equal(json_array_size(items), 2);
	o = json_array_get(items, 0);
	assert_string_equal(json_get_str(o, "id"), "1");
	assert_string_equal(json_get_str(o, "state"), "open");
	assert_string_equal(
	    json_get_str(json_array_get(json_object_get(o, "why"), 0), "code"),
	    "damaged");
	assert_string_equal(
	    json_get_str(json_array_get(items, 1), "reason"), "spam");
	json_decref(out);
	world_clear(&w);
}

/* What is in a row belongs to that row. */
static void
test_sealed_rows(void **state)
{
	struct desk_case c;
	struct world w;

	(void)state;
	world_init(&w);
	made_up(&w, "spam", false, false, 0, 10);
	made_up(&w, "trafficking", false, false, 0, 10);
	assert_ok(cs_db_exec(w.d->db,
	    "UPDATE cases SET sealed=(SELECT sealed FROM cases WHERE id=1)"
	    " WHERE id=2"));
	assert_err(desk_case_load(&c, w.d, 2), CS_ERR_CORRUPT);
	desk_case_clear(&c);
	assert_ok(desk_case_load(&c, w.d, 1));
	desk_case_clear(&c);
	world_clear(&w);
}

/* One member's eleventh report of a day stands behind others; and says so. */
static void
test_flood(void **state)
{
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	for (uint8_t i = 0; i < 10; i++) {
		uint8_t id[16] = { 0xee, i };

		assert_ok(cs_db_exec(w.d->db,
		    "INSERT INTO reported_by(report,account,at)"
		    " VALUES(?,?,?)",
		    cs_blob(CS_VIEW_OF(id)),
		    cs_blob(CS_VIEW_OF(w.e.people[2].account)),
		    cs_int(cs_clock_ms())));
	}
	take(&w, 0x11);
	o = show(&w, 1);
	assert_true(json_get_bool(o, "flood"));
	assert_string_equal(
	    json_get_str(json_array_get(json_object_get(o, "why"), 1), "code"),
	    "flood");
	json_decref(o);
	world_clear(&w);
}

/* What gives back cannot be stopped half way: its answers are out. */
static void
test_reversal_stays(void **state)
{
	uint64_t made, back;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	made = dismiss(&w, 1);
	assert_ok(cs_desk_decision_reverse(
	    w.d, &cs_desk_operator, made, "It was wrong.", &back));
	assert_err(
	    cs_desk_decision_undo(w.d, &cs_desk_operator, back), CS_ERR_DENIED);
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM decision WHERE state=3"), 1);
	state_is(&w, 1, "decided");
	world_clear(&w);
}

/* What can never be sent does not hold up what comes after it. */
static void
test_one_that_fails(void **state)
{
	struct cs_desk_choice choice = { .action = CS_DESK_ACTION_REFER,
		.reason = "spam",
		.facts = "",
		.ground = "",
		.legal = "",
		.at_once = true };
	struct desk_decision dec;
	struct desk_case c;
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	/* Nothing can be sealed to this one. */
	choice.to_key = "0000000000000000000000000000000000000000000000000000"
			"000000000000";
	assert_ok(desk_case_load(&c, w.d, 1));
	assert_err(cs_desk_case_decide(
		       w.d, &cs_desk_operator, 1, c.version, &choice, &id),
	    CS_ERR_FORMAT);
	desk_case_clear(&c);
	/* One that came through all the same. */
	id = decide(&w, 1);
	assert_ok(desk_decision_load(&dec, w.d, id));
	assert_int_equal(
	    json_object_set_new(dec.doc, "action", json_string("refer")), 0);
	assert_int_equal(
	    json_object_set_new(dec.doc, "to_key", json_string(choice.to_key)),
	    0);
	assert_ok(desk_decision_save(w.d, &dec, NULL));
	desk_decision_clear(&dec);
	made_up(&w, "spam", false, false, 0, 10);
	decide(&w, 2);
	assert_ok(desk_decisions_send(w.d));
	assert_ok(desk_decision_load(&dec, w.d, id));
	assert_int_equal(dec.state, CS_DESK_DECISION_FAILED);
	assert_string_not_equal(json_get_str(dec.doc, "note"), "");
	desk_decision_clear(&dec);
	state_is(&w, 1, "open");
	state_is(&w, 2, "decided");
	world_clear(&w);
}

/* What nobody has seen is not decided along with what somebody has. */
static void
test_new_message(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 },
			 other[] = { 2, -1 };
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	dismiss(&w, 1);
	take_some(&w, 0x12, first);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	take_some(&w, 0x13, more);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	state_is(&w, 1, "decided");
	state_is(&w, 2, "open");
	/* Decided, and not sent yet: the same. */
	decide(&w, 2);
	take_some(&w, 0x14, other);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 3);
	assert_ok(desk_decisions_send(w.d));
	state_is(&w, 2, "decided");
	state_is(&w, 3, "open");
	world_clear(&w);
}

static void
merge(struct world *w, uint64_t from, uint64_t into)
{
	struct desk_case c;

	assert_ok(desk_case_load(&c, w->d, from));
	assert_ok(
	    cs_desk_case_merge(w->d, &cs_desk_operator, from, c.version, into));
	desk_case_clear(&c);
}

static uint64_t
decided_ms(struct world *w, uint64_t case_id)
{
	struct desk_case c;
	uint64_t ms;

	assert_ok(desk_case_load(&c, w->d, case_id));
	ms = json_get_num(c.doc, "decided_ms");
	desk_case_clear(&c);
	return ms;
}

/* Not who dismissed it. */
static const struct cs_desk_actor somebody_else = {
	.id = 9, .name = "else", .pseudonym = "R-9", .role = CS_DESK_SENIOR
};

/* The reporter of ${report} asks for a second look, and is granted it. */
static void
second_look(struct world *w, uint8_t report)
{
	const struct cs_letter text = { .language = cs_view_str("en"),
		.text = cs_view_str("Look again.") };
	struct cs_wire_desk_letter letter = {
		.kind = CS_WIRE_LETTER_SECOND_LOOK, .received_ms = 1
	};
	struct cs_buf sealed = { 0 };
	uint8_t reply[32];

	assert_ok(
	    cs_letter_seal(&sealed, reply, &text, CS_VIEW_OF(w->seal_public)));
	memset(letter.id, 0xaa, sizeof letter.id);
	memset(letter.subject, report, sizeof letter.subject);
	letter.sealed = cs_buf_view(&sealed);
	assert_ok(desk_letter_take(w->d, &letter));
	assert_ok(cs_desk_appeal_decide(
	    w->d, &somebody_else, letter.id, true, "We will."));
	cs_buf_free(&sealed);
}

/* The reporter of ${report} answers. */
static void
reply(struct world *w, uint8_t report, const char *answer)
{
	const struct cs_letter text = { .language = cs_view_str("en"),
		.text = cs_view_str(answer) };
	struct cs_wire_desk_letter letter = { .kind = CS_WIRE_LETTER_REPLY,
		.received_ms = 1 };
	struct cs_buf sealed = { 0 };
	uint8_t key[32];

	assert_ok(
	    cs_letter_seal(&sealed, key, &text, CS_VIEW_OF(w->seal_public)));
	memset(letter.id, 0xbb, sizeof letter.id);
	memset(letter.subject, report, sizeof letter.subject);
	letter.sealed = cs_buf_view(&sealed);
	assert_ok(desk_letter_take(w->d, &letter));
	cs_buf_free(&sealed);
}

/* What a reporter was asked goes where their report goes. */
static void
test_asked_and_split(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	uint8_t asked[16];
	struct world w;
	uint64_t made;
	json_t *o, *q;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	take_some(&w, 0x12, more);
	for (uint8_t id = 0x11; id <= 0x12; id++) {
		memset(asked, id, sizeof asked);
		assert_ok(cs_desk_case_ask(w.d, &cs_desk_operator, 1,
		    version_of(&w, 1), asked, "Do you know him?"));
	}
	assert_ok(cs_desk_case_split(w.d, &cs_desk_operator, 1,
	    version_of(&w, 1), (uint64_t[]){ 2 }, 1, &made));
	reply(&w, 0x12, "He is my uncle.");
	o = show(&w, made);
	q = json_object_get(o, "questions");
	assert_int_equal(json_array_size(q), 1);
	assert_string_equal(
	    json_get_str(json_array_get(q, 0), "answer"), "He is my uncle.");
	json_decref(o);
	o = show(&w, 1);
	q = json_object_get(o, "questions");
	assert_int_equal(json_array_size(q), 1);
	assert_string_equal(json_get_str(json_array_get(q, 0), "answer"), "");
	json_decref(o);
	world_clear(&w);
}

/* Open again is open until it is decided again, and kept from then on. */
static void
test_open_again(void **state)
{
	static const int other[] = { 2, -1 };
	uint64_t first, last, now = cs_clock_ms(), n;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	dismiss(&w, 1);
	first = decided_ms(&w, 1);
	assert_true(first >= now);
	second_look(&w, 0x11);
	state_is(&w, 1, "open");
	/* Whatever else is done with the first decision. */
	assert_ok(cs_db_begin(w.d->db));
	assert_ok(desk_case_settle(w.d, 1, NULL));
	assert_ok(cs_db_commit(w.d->db));
	state_is(&w, 1, "open");
	assert_ok(cs_desk_retention(w.d, now + 9999 * DAY_MS, &n));
	assert_int_equal(n, 0);
	while (cs_clock_ms() == first)
		;
	dismiss(&w, 1);
	state_is(&w, 1, "decided");
	last = decided_ms(&w, 1);
	assert_true(last > first);
	/* An undecided one becomes part of it: both are open. */
	take_some(&w, 0x12, other);
	merge(&w, 2, 1);
	state_is(&w, 1, "open");
	assert_int_equal(decided_ms(&w, 1), 0);
	assert_ok(cs_db_begin(w.d->db));
	assert_ok(desk_case_settle(w.d, 1, NULL));
	assert_ok(cs_db_commit(w.d->db));
	state_is(&w, 1, "open");
	world_clear(&w);
}

static void
report_is(struct world *w, uint8_t id, enum cs_desk_report_state state)
{
	struct cs_desk_report_opened r;
	uint8_t number[16];

	memset(number, id, sizeof number);
	assert_ok(cs_desk_report_load(&r, w->d, number));
	assert_int_equal(r.report.state, state);
	cs_desk_report_clear(&r);
}

/* Who reports it then is not told what was decided before, and may not be any
 * more. */
static void
test_no_old_answer(void **state)
{
	struct world w;
	uint64_t made;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	dismiss(&w, 1);
	second_look(&w, 0x11);
	made = decide(&w, 1);
	state_is(&w, 1, "waiting");
	take(&w, 0x12);
	report_is(&w, 0x12, CS_DESK_REPORT_OPEN);
	assert_ok(cs_desk_decision_undo(w.d, &cs_desk_operator, made));
	state_is(&w, 1, "open");
	dismiss(&w, 1);
	report_is(&w, 0x12, CS_DESK_REPORT_CLOSED);
	/* And nobody waits for a decision that there was before there were
	 * rows of them. */
	assert_ok(cs_db_exec(w.d->db, "DELETE FROM decision"));
	take(&w, 0x13);
	report_is(&w, 0x13, CS_DESK_REPORT_CLOSED);
	world_clear(&w);
}

/* Two decided ones are kept for as long as the later of them; and what is
 * destroyed then is nowhere any more. */
static void
test_merged_and_kept(void **state)
{
	static const int other[] = { 2, -1 };
	struct desk_case c;
	uint64_t last, n;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	dismiss(&w, 1);
	last = decided_ms(&w, 1);
	while (cs_clock_ms() == last)
		;
	take_some(&w, 0x12, other);
	dismiss(&w, 2);
	last = decided_ms(&w, 2);
	merge(&w, 2, 1);
	state_is(&w, 1, "decided");
	assert_int_equal(decided_ms(&w, 1), last);
	assert_ok(cs_desk_retention(w.d, last + 9999 * DAY_MS, &n));
	assert_int_equal(n, 1);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM term"), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM case_account"), 0);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM reported_by"), 0);
	assert_ok(desk_case_load(&c, w.d, 2));
	assert_int_equal(
	    json_array_size(json_object_get(c.doc, "reporters")), 0);
	assert_int_equal(
	    json_array_size(json_object_get(c.doc, "accounts")), 0);
	desk_case_clear(&c);
	world_clear(&w);
}

/* While a decision is on its way, nothing joins what it is about: its reporters
 * would be told what was decided of others. */
static void
test_merged_on_the_way(void **state)
{
	static const int first[] = { 0, -1 }, other[] = { 1, -1 };
	struct world w;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	take_some(&w, 0x12, other);
	decide(&w, 1);
	assert_err(
	    cs_desk_case_merge(w.d, &cs_desk_operator, 2, version_of(&w, 2), 1),
	    CS_ERR_DENIED);
	assert_err(
	    cs_desk_case_merge(w.d, &cs_desk_operator, 1, version_of(&w, 1), 2),
	    CS_ERR_DENIED);
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 1);
	merge(&w, 2, 1);
	state_is(&w, 1, "open");
	world_clear(&w);
}

/* By a word of the note, read to its end. */
static void
test_search(void **state)
{
	struct cs_desk_query q = { .state = -1,
		.assignee = -1,
		.reason = "",
		.words = "weapon",
		.cursor = "",
		.limit = 3 };
	struct world w;
	json_t *out;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < 3; i++) {
		made_up(&w, "spam", false, false, 0, i);
		assert_ok(
		    desk_terms_add(w.d, i + 1, cs_view_str("a Weapon"), false));
	}
	out = json_object();
	assert_ok(cs_desk_cases(out, w.d, &cs_desk_operator, &q));
	assert_int_equal(json_array_size(json_object_get(out, "items")), 3);
	json_decref(out);
	q.words = "harmless";
	out = json_object();
	assert_ok(cs_desk_cases(out, w.d, &cs_desk_operator, &q));
	assert_int_equal(json_array_size(json_object_get(out, "items")), 0);
	json_decref(out);
	world_clear(&w);
}

/* Whoever is named twice is told once. */
static void
test_named_twice(void **state)
{
	struct cs_desk_choice choice = { .action = CS_DESK_ACTION_WARN,
		.reason = "spam",
		.facts = "Sold what was not theirs.",
		.ground = "",
		.legal = "",
		.to_key = "",
		.at_once = true };
	json_t *accounts = json_array();
	enum cs_err err = CS_OK;
	struct desk_case c;
	char hex[33];
	struct world w;
	uint64_t id;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	cs_hex(hex, CS_VIEW_OF(w.e.people[0].account));
	json_push(accounts, json_string(hex), &err);
	json_push(accounts, json_string(hex), &err);
	assert_ok(err);
	choice.accounts = accounts;
	assert_ok(desk_case_load(&c, w.d, 1));
	assert_ok(cs_desk_case_decide(
	    w.d, &cs_desk_operator, 1, c.version, &choice, &id));
	desk_case_clear(&c);
	assert_ok(desk_decisions_send(w.d));
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM target"), 1);
	json_decref(accounts);
	world_clear(&w);
}

#define ACCOUNTS 300

/* Hundreds of accounts: all actions are there, signed, or none is; and they are
 * still there for whoever opens the desk after a crash. */
static void
test_hundreds(void **state)
{
	struct desk_decision dec = { .case_id = 1, .made_ms = 1 };
	json_t *accounts = json_array(), *o;
	enum cs_err err = CS_OK;
	struct world w;

	(void)state;
	world_init(&w);
	take(&w, 0x11);
	dec.doc = json_pack("{s:s,s:s,s:s,s:s}", "action", "disable", "reason",
	    "fraud", "facts", "Sold what was not theirs.", "ground", "terms");
	for (unsigned i = 0; i < ACCOUNTS; i++) {
		uint8_t id[16] = { 1, (uint8_t)(i >> 8), (uint8_t)i };

		o = json_object();
		json_put_hex(o, "id", CS_VIEW_OF(id), &err);
		json_push(accounts, o, &err);
	}
	json_put(dec.doc, "accounts", accounts, &err);
	assert_ok(err);
	assert_ok(cs_db_begin(w.d->db));
	assert_ok(desk_decision_insert(w.d, &dec));
	assert_ok(desk_decision_save(w.d, &dec, NULL));
	assert_ok(cs_db_commit(w.d->db));
	assert_ok(desk_decisions_send(w.d));
	for (unsigned again = 0; again < 2; again++) {
		assert_int_equal(
		    world_count(&w, "SELECT COUNT(*) FROM target"), ACCOUNTS);
		/* Who reported is told when it is done. */
		assert_int_equal(
		    world_count(&w, "SELECT COUNT(*) FROM outbox"), ACCOUNTS);
		assert_ok(cs_desk_decision_show(&o, w.d, dec.id));
		assert_string_equal(json_get_str(o, "state"), "queued");
		assert_int_equal(
		    json_get_num(json_object_get(o, "targets"), "total"),
		    ACCOUNTS);
		json_decref(o);
		/* Sent once, whatever is done again. */
		assert_ok(desk_decisions_send(w.d));
		cs_desk_close(w.d);
		assert_ok(cs_desk_open(&w.d, temp_path(&w.dir, "desk"), none));
	}
	desk_decision_clear(&dec);
	world_clear(&w);
}

/* What the desk writes while somebody reads stops nobody, however often it
 * does; but what came unseen is not decided along. */
static void
test_set_aside(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	uint64_t read, made;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	read = version_of(&w, 1);
	take_some(&w, 0x12, first); /* the same message */
	take_some(&w, 0x13, more);
	take_some(&w, 0x14, more);
	assert_true(version_of(&w, 1) > read);
	assert_ok(decide_at(&w, 1, read, &made));
	assert_ok(desk_decisions_send(w.d));
	assert_ok(cs_desk_decision_show(&o, w.d, made));
	assert_string_equal(json_get_str(o, "aside"), "2");
	json_decref(o);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "state"), "decided");
	assert_int_equal(json_get_num(o, "reports"), 2);
	assert_int_equal(json_array_size(json_object_get(o, "items")), 2);
	json_decref(o);
	o = show(&w, 2);
	assert_string_equal(json_get_str(o, "state"), "open");
	assert_int_equal(json_get_num(o, "reports"), 2);
	assert_int_equal(json_array_size(json_object_get(o, "items")), 4);
	assert_int_equal(json_array_size(json_object_get(o, "accounts")), 2);
	json_decref(o);
	/* Those who reported what was decided were told, nobody else. */
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 2);
	/* Who reads it all decides it all. */
	dismiss(&w, 2);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 2);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM outbox"), 4);
	world_clear(&w);
}

/* Nor is the case, or the decision, what only those have called it who are set
 * aside. */
static void
test_reason_set_aside(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	const struct cs_desk_choice none_said = { .action = CS_DESK_ACTION_NONE,
		.facts = "",
		.ground = "",
		.legal = "",
		.to_key = "" };
	uint64_t read, made;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take_for(&w, 0x11, 0x11, first, CS_REASON_SPAM);
	read = version_of(&w, 1);
	take_for(&w, 0x12, 0x12, more, CS_REASON_THREAT_TO_LIFE);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "reason"), "threat-to-life");
	assert_int_equal(json_get_num(o, "severity"), 5);
	json_decref(o);
	assert_ok(cs_desk_case_decide(
	    w.d, &cs_desk_operator, 1, read, &none_said, &made));
	assert_ok(cs_desk_decision_show(&o, w.d, made));
	assert_string_equal(json_get_str(o, "reason"), "spam");
	json_decref(o);
	o = show(&w, 1);
	assert_string_equal(json_get_str(o, "reason"), "spam");
	assert_int_equal(json_get_num(o, "severity"), 1);
	assert_false(json_get_bool(o, "danger"));
	json_decref(o);
	o = show(&w, 2);
	assert_string_equal(json_get_str(o, "reason"), "threat-to-life");
	assert_true(json_get_bool(o, "danger"));
	json_decref(o);
	world_clear(&w);
}

/* A legal hold holds what leaves the case, too: who works on cases does not end
 * it by splitting them. */
static void
test_hold_stays(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	uint64_t made, n, version;
	struct world w;
	json_t *o;

	(void)state;
	world_init(&w);
	take_some(&w, 0x11, first);
	assert_ok(cs_desk_case_hold(
	    w.d, &cs_desk_operator, 1, version_of(&w, 1), true, "court"));
	take_some(&w, 0x12, more);
	version = version_of(&w, 1);
	assert_ok(cs_desk_case_split(
	    w.d, &cs_desk_operator, 1, version, (uint64_t[]){ 2 }, 1, &made));
	o = show(&w, made);
	assert_true(json_get_bool(o, "held"));
	assert_string_equal(
	    json_get_str(json_object_get(o, "hold"), "text"), "court");
	json_decref(o);
	dismiss(&w, 1);
	dismiss(&w, made);
	assert_ok(cs_desk_retention(w.d, cs_clock_ms() + 9999 * DAY_MS, &n));
	assert_int_equal(n, 0);
	world_clear(&w);
}

/* The report ${id} as it was before there were cases. */
static void
unsorted(struct world *w, uint8_t id, enum cs_desk_report_state state)
{
	uint8_t number[16];

	memset(number, id, sizeof number);
	assert_ok(desk_report_set_state(w->d, number, state));
	assert_ok(
	    cs_db_exec(w->d->db, "UPDATE report SET case_id=NULL WHERE id=?",
		cs_blob(CS_VIEW_OF(number))));
	assert_ok(cs_db_exec(w->d->db, "DELETE FROM item"));
	assert_ok(cs_db_exec(w->d->db, "DELETE FROM case_account"));
	assert_ok(cs_db_exec(w->d->db, "DELETE FROM cases"));
}

/* What is not decided of them is still to be, whatever came before or after it;
 * and what is decided is not kept for ever. */
static void
test_from_before(void **state)
{
	uint64_t n;
	struct world w;

	(void)state;
	world_init(&w);
	for (uint8_t i = 0; i < 2; i++) {
		take(&w, 0x11);
		take(&w, 0x12);
		unsorted(&w, 0x11,
		    i == 0 ? CS_DESK_REPORT_OPEN : CS_DESK_REPORT_ACTED);
		unsorted(&w, 0x12,
		    i == 0 ? CS_DESK_REPORT_CLOSED : CS_DESK_REPORT_OPEN);
		assert_ok(desk_cases_catch_up(w.d));
		assert_int_equal(
		    world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
		state_is(&w, 1, "open");
	}
	unsorted(&w, 0x12, CS_DESK_REPORT_CLOSED);
	unsorted(&w, 0x11, CS_DESK_REPORT_ACTED);
	assert_ok(desk_cases_catch_up(w.d));
	state_is(&w, 1, "decided");
	assert_ok(cs_desk_retention(w.d, cs_clock_ms() + 9999 * DAY_MS, &n));
	assert_int_equal(n, 1);
	world_clear(&w);
}

/* What another person changed is read again first. */
static void
test_conflict(void **state)
{
	static const int first[] = { 0, -1 }, more[] = { 0, 1, -1 };
	struct cs_desk_actor anna = cs_desk_operator, ben = cs_desk_operator;
	uint64_t read, made;
	struct world w;

	(void)state;
	world_init(&w);
	snprintf(anna.name, sizeof anna.name, "anna");
	snprintf(ben.name, sizeof ben.name, "ben");
	anna.id = 5;
	ben.id = 6;
	anna.role = ben.role = CS_DESK_SENIOR;
	take_some(&w, 0x11, first);
	read = version_of(&w, 1);
	assert_ok(cs_desk_case_note(
	    w.d, &anna, 1, read, CS_DESK_NOTE, "", "I know this one."));
	take_some(&w, 0x12, more);
	assert_err(decide_at(&w, 1, read, &made), CS_ERR_EXISTS);
	assert_string_equal(cs_desk_conflict(w.d)->by, "anna");
	/* She may: it was she. */
	assert_ok(cs_desk_case_note(
	    w.d, &anna, 1, read, CS_DESK_NOTE, "", "And another thing."));
	assert_err(
	    cs_desk_case_note(w.d, &ben, 1, read, CS_DESK_NOTE, "", "Me, too."),
	    CS_ERR_EXISTS);
	assert_ok(cs_desk_case_note(w.d, &ben, 1, version_of(&w, 1),
	    CS_DESK_NOTE, "", "I have read it."));
	assert_err(cs_desk_case_note(
		       w.d, &anna, 1, read, CS_DESK_NOTE, "", "I have not."),
	    CS_ERR_EXISTS);
	assert_string_equal(cs_desk_conflict(w.d)->by, "ben");
	/* Nor can it be evaded by a version that is none. */
	assert_err(decide_at(&w, 1, 0, &made), CS_ERR_EXISTS);
	assert_err(
	    decide_at(&w, 1, version_of(&w, 1) + 1, &made), CS_ERR_EXISTS);
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	world_clear(&w);
}

/* What the hub does not take now waits, and what is about the same behind it;
 * nothing else does. */
static void
test_not_now(void **state)
{
	static const uint8_t alice[16] = { 1 }, bob[16] = { 2 };
	const struct cs_wire_report_status status = { 0 };
	struct desk_message m = { .kind = CS_WIRE_DESK_REPORT_SET,
		.shape = &cs_wire_report_status_shape,
		.message = &status };
	uint64_t ids[3], id, n;
	struct world w;

	(void)state;
	world_init(&w);
	assert_err(desk_outbox_next(&id, w.d), CS_ERR_NOT_FOUND);
	for (unsigned i = 0; i < 3; i++) {
		m.subject = i < 2 ? CS_VIEW_OF(alice) : CS_VIEW_OF(bob);
		assert_ok(desk_outbox_add(w.d, &m));
		ids[i] = cs_db_last_id(w.d->db);
	}
	assert_ok(desk_outbox_next(&id, w.d));
	assert_int_equal(id, ids[0]);
	assert_ok(desk_outbox_postpone(w.d, id));
	assert_ok(desk_outbox_next(&id, w.d));
	assert_int_equal(id, ids[2]);
	assert_ok(desk_outbox_postpone(w.d, id));
	assert_err(desk_outbox_next(&id, w.d), CS_ERR_NOT_FOUND);
	/* Longer each time, up to five minutes. */
	for (unsigned i = 0; i < 30; i++)
		assert_ok(desk_outbox_postpone(w.d, ids[0]));
	n = world_count(&w, "SELECT MAX(after) FROM outbox");
	assert_true(n > cs_clock_ms() + 250000);
	assert_true(n <= cs_clock_ms() + 300000);
	assert_ok(cs_db_exec(w.d->db, "UPDATE outbox SET after=0"));
	assert_ok(desk_outbox_next(&id, w.d));
	assert_int_equal(id, ids[0]);
	world_clear(&w);
}

#define MANY 2500

/* Ten thousand items are one case, shown by pages. */
static void
test_ten_thousand(void **state)
{
	static const int four[] = { 0, 1, 2, 3, -1 };
	uint64_t seen = 0, after = 0;
	struct world w;

	(void)state;
	world_init(&w);
	/* What takes the time is the disk. */
	assert_ok(cs_db_exec(w.d->db, "PRAGMA synchronous=OFF"));
	for (unsigned i = 0; i < MANY; i++) {
		struct ew_report r;
		uint8_t id[16] = { 1, (uint8_t)(i >> 8), (uint8_t)i };

		ew_pick(&r, &w.e, four);
		memcpy(r.in.report_id, id, 16);
		world_take(&w, id, &r);
	}
	assert_int_equal(world_count(&w, "SELECT COUNT(*) FROM cases"), 1);
	assert_int_equal(
	    world_count(&w, "SELECT COUNT(*) FROM item"), 4 * MANY);
	for (;;) {
		json_t *o = json_object(), *items;
		size_t n;

		assert_ok(
		    cs_desk_case_show(o, w.d, &cs_desk_operator, 1, after));
		assert_int_equal(json_get_num(o, "items_total"), 4 * MANY);
		items = json_object_get(o, "items");
		n = json_array_size(items);
		assert_true(n <= CS_DESK_ITEMS_PAGE);
		seen += n;
		if (n != 0)
			after = json_id_parse(
			    json_get_str(json_array_get(items, n - 1), "id"));
		json_decref(o);
		if (n == 0)
			break;
	}
	assert_int_equal(seen, 4 * MANY);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_case),
		cmocka_unit_test(test_retention),
		cmocka_unit_test(test_leftovers),
		cmocka_unit_test(test_damaged_case),
		cmocka_unit_test(test_damaged_rows),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_damaged_in_queue),
		cmocka_unit_test(test_sealed_rows),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_named_twice),
		cmocka_unit_test(test_hundreds),
		cmocka_unit_test(test_reversal_stays),
		cmocka_unit_test(test_one_that_fails),
		cmocka_unit_test(test_new_message),
		cmocka_unit_test(test_asked_and_split),
		cmocka_unit_test(test_open_again),
		cmocka_unit_test(test_no_old_answer),
		cmocka_unit_test(test_merged_and_kept),
		cmocka_unit_test(test_merged_on_the_way),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_set_aside),
		cmocka_unit_test(test_reason_set_aside),
		cmocka_unit_test(test_hold_stays),
		cmocka_unit_test(test_from_before),
		cmocka_unit_test(test_conflict),
		cmocka_unit_test(test_not_now),
		cmocka_unit_test(test_ten_thousand),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
