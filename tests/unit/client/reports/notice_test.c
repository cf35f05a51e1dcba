/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "client/home/client.h"
#include "client/reports/news.h"
#include "client/reports/notice.h"
#include "crypto/init.h"
#include "support/client_world.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma, boris;
	struct cs_sign_key desk, other_desk;
	struct cs_client *c; /* alma's */
	struct cs_wire_statement s;
	struct cs_wire_action a;
	struct cs_buf statement, action;
	struct cs_wire_notice item; /* of the above, signed */
};

/* Make ${w->item} of ${w->a} and ${w->s}, signed by ${key}. */
static void
sign(struct world *w, const struct cs_sign_key *key)
{
	struct cs_buf tbs = { 0 };

	cs_buf_reset(&w->statement);
	cs_buf_reset(&w->action);
	if (w->s.version != 0)
		assert_ok(cs_wire_write(
		    &w->statement, &cs_wire_statement_shape, &w->s));
	w->a.statement = cs_buf_view(&w->statement);
	assert_ok(cs_wire_write(&w->action, &cs_wire_action_shape, &w->a));
	assert_ok(cs_wire_action_tbs(&tbs, cs_buf_view(&w->action)));
	assert_ok(cs_sign(w->item.signature, key, cs_buf_view(&tbs)));
	w->item.action = cs_buf_view(&w->action);
	cs_buf_free(&tbs);
}

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	cw_person_init(&w->boris, "boris");
	assert_ok(cs_sign_key_new(&w->desk));
	assert_ok(cs_sign_key_new(&w->other_desk));
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	w->c->link.desk.known = true;
	memcpy(w->c->link.desk.sign, w->desk.public, 32);
	w->s = (struct cs_wire_statement){
		.version = CS_WIRE_STATEMENT_VERSION,
		.language = cs_view_str("en"),
		.facts = cs_view_str("What was seen."),
		.ground_kind = CS_WIRE_GROUND_ILLEGAL,
		.ground = cs_view_str("Penal code, 104"),
		.automated_detection = 1,
	};
	w->a = (struct cs_wire_action){
		.id = { 1, 2, 3 },
		.kind = CS_WIRE_ACTION_DISABLE,
		.reason = 1,
		.decided_ms = 1000,
	};
	memcpy(w->a.account, w->alma.account, 16);
	w->item.applied_ms = 2000;
	sign(w, &w->desk);
}

static void
world_clear(struct world *w)
{
	cs_client_close(w->c);
	cs_buf_free(&w->statement);
	cs_buf_free(&w->action);
	cs_buf_free(&w->alma.credential);
	cs_buf_free(&w->boris.credential);
	temp_dir_clear(&w->dir);
}

static enum cs_err
read_item(struct world *w)
{
	struct cs_client_notice n;

	return client_notice_read(&n, w->c, &w->item);
}

static void
test_read(void **state)
{
	struct cs_client_notice n;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_notice_read(&n, w.c, &w.item));
	assert_memory_equal(n.id, w.a.id, 16);
	assert_int_equal(n.kind, CS_WIRE_ACTION_DISABLE);
	assert_true(n.in_force && n.can_appeal && n.has_statement);
	assert_true(n.illegal && n.automated_detection);
	assert_false(n.automated_decision);
	assert_view_equal(n.facts, w.s.facts);
	assert_view_equal(n.ground, w.s.ground);
	/* Decisions that are over, reversed or appealed. */
	w.a.until_ms = 3000;
	sign(&w, &w.desk);
	assert_ok(client_notice_read(&n, w.c, &w.item));
	assert_false(n.in_force);
	assert_true(n.can_appeal);
	w.item.appeal = CS_WIRE_APPEAL_SENT;
	assert_ok(client_notice_read(&n, w.c, &w.item));
	assert_false(n.can_appeal);
	w.item.appeal = CS_WIRE_APPEAL_UNREADABLE;
	assert_ok(client_notice_read(&n, w.c, &w.item));
	assert_true(n.can_appeal);
	w.item.reversed_ms = 2500;
	assert_ok(client_notice_read(&n, w.c, &w.item));
	assert_false(n.can_appeal || n.in_force);
	world_clear(&w);
}

/* Only what the desk signed is read. */
static void
test_not_the_desks(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(read_item(&w));
	for (size_t i = 0; i < sizeof w.item.signature; i++) {
		w.item.signature[i] ^= 1;
		assert_int_not_equal(read_item(&w), CS_OK);
		w.item.signature[i] ^= 1;
	}
	for (size_t i = 0; i < w.action.len; i++) {
		w.action.data[i] ^= 1;
		assert_err(read_item(&w), CS_ERR_SIGNATURE);
		w.action.data[i] ^= 1;
		w.item.action.len = i;
		assert_err(read_item(&w), CS_ERR_SIGNATURE);
		w.item.action.len = w.action.len;
	}
	assert_ok(read_item(&w));
	/* Signed by another desk, or by none. */
	sign(&w, &w.other_desk);
	assert_err(read_item(&w), CS_ERR_SIGNATURE);
	sign(&w, &w.desk);
	w.c->link.desk.known = false;
	assert_err(read_item(&w), CS_ERR_SIGNATURE);
	world_clear(&w);
}

/* Signed by the desk, and still not to be shown. */
static void
test_makes_no_sense(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	/* About somebody else; only a reversal may name nobody. */
	memcpy(w.a.account, w.boris.account, 16);
	sign(&w, &w.desk);
	assert_err(read_item(&w), CS_ERR_MISMATCH);
	memset(w.a.account, 0, 16);
	sign(&w, &w.desk);
	assert_err(read_item(&w), CS_ERR_MISMATCH);
	w.a.kind = CS_WIRE_ACTION_REVERSE;
	sign(&w, &w.desk);
	assert_ok(read_item(&w));
	memcpy(w.a.account, w.alma.account, 16);
	/* Of an unknown kind. */
	w.a.kind = 0;
	sign(&w, &w.desk);
	assert_err(read_item(&w), CS_ERR_UNSUPPORTED);
	w.a.kind = CS_WIRE_ACTION_DISSOLVE + 1;
	sign(&w, &w.desk);
	assert_err(read_item(&w), CS_ERR_UNSUPPORTED);
	/* Its statement does not parse, or is missing where one is owed. */
	w.a.kind = CS_WIRE_ACTION_WARN;
	w.s.facts = cs_view_str("\xff");
	sign(&w, &w.desk);
	assert_err(read_item(&w), CS_ERR_FORMAT);
	w.s.facts = cs_view_str("facts");
	w.s.ground_kind = 7;
	sign(&w, &w.desk);
	assert_err(read_item(&w), CS_ERR_FORMAT);
	w.s.version = 0;
	sign(&w, &w.desk);
	assert_err(read_item(&w), CS_ERR_FORMAT);
	w.a.kind = CS_WIRE_ACTION_QUARANTINE;
	sign(&w, &w.desk);
	assert_ok(read_item(&w));
	world_clear(&w);
}

struct told {
	unsigned n, lies, answers;
	char last[512];
};

static enum cs_err
count(void *arg, const struct cs_client_message *m)
{
	struct told *t = arg;

	snprintf(t->last, sizeof t->last, "%.*s", (int)m->text.len,
	    (const char *)m->text.data);
	t->n++;
	t->lies += strstr(t->last, "Do not believe") != NULL;
	t->answers += strstr(t->last, "your appeal") != NULL;
	return CS_OK;
}

/* The user is told of ${w->item}, and of nothing before it. */
static struct told
take(struct world *w)
{
	struct cs_buf list = { 0 };
	struct told t = { 0 };
	uint32_t n = 0;

	assert_ok(cs_wire_list_add(&list, &n, &cs_wire_notice_shape, &w->item));
	assert_ok(client_notices_take(w->c, cs_buf_view(&list)));
	assert_ok(cs_client_messages(w->c, CS_CLIENT_UNSEEN, count, &t));
	cs_buf_free(&list);
	return t;
}

static void
test_told_once(void **state)
{
	char facts[5000];
	struct told t;
	struct world w;

	(void)state;
	world_init(&w);
	w.a.kind = CS_WIRE_ACTION_WARN;
	sign(&w, &w.desk);
	t = take(&w);
	assert_int_equal(t.n, 1);
	assert_non_null(strstr(t.last, "warns you: What was seen."));
	assert_int_equal(take(&w).n, 0);
	/* Nor is it told again after a restart. */
	cs_client_close(w.c);
	assert_ok(
	    cs_client_open(&w.c, temp_path(&w.dir, "alma"), cs_view(NULL, 0)));
	w.c->link.desk.known = true;
	memcpy(w.c->link.desk.sign, w.desk.public, 32);
	assert_int_equal(take(&w).n, 0);
	/* Sending an appeal is no news; its answer is news once. */
	w.item.appeal = CS_WIRE_APPEAL_RECEIVED;
	assert_int_equal(take(&w).n, 0);
	w.item.appeal = CS_WIRE_APPEAL_UPHELD;
	t = take(&w);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.answers, 1);
	assert_int_equal(take(&w).n, 0);
	/* Another decision, whose facts are cut between two characters. */
	w.a.id[0]++;
	w.item.appeal = CS_WIRE_APPEAL_NONE;
	for (size_t i = 0; i + 1 < sizeof facts; i += 2)
		memcpy(facts + i, "\xc3\xa9", 2);
	w.s.facts = cs_view(facts, sizeof facts);
	sign(&w, &w.desk);
	t = take(&w);
	assert_int_equal(t.n, 1);
	assert_non_null(strstr(t.last, "\xa9 [...]"));
	assert_non_null(strstr(t.last, "countersign notices"));
	/* A forged decision is reported once. */
	sign(&w, &w.other_desk);
	t = take(&w);
	assert_int_equal(t.lies, 1);
	assert_int_equal(t.n, 1);
	assert_int_equal(take(&w).n, 0);
	world_clear(&w);
}

static enum cs_err
try_take(void *arg)
{
	struct world *w = arg;
	struct cs_buf list = { 0 };
	uint32_t n = 0;
	enum cs_err err;

	err = cs_wire_list_add(&list, &n, &cs_wire_notice_shape, &w->item);
	if (err == CS_OK)
		err = client_notices_take(w->c, cs_buf_view(&list));
	cs_buf_free(&list);
	return err;
}

static void
test_allocations(void **state)
{
	struct told t = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	cs_test_allocations(try_take, &w);
	assert_ok(cs_client_messages(w.c, CS_CLIENT_ALL, count, &t));
	assert_int_equal(t.n, 1);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_not_the_desks),
		cmocka_unit_test(test_makes_no_sense),
		cmocka_unit_test(test_told_once),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
