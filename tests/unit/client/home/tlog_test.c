/* SPDX-License-Identifier: MIT */
#include "client/home/tlog.h"

#include "client/home/group.h"
#include "crypto/init.h"
#include "support/client_world.h"
#include "support/seen_log.h"
#include "support/test.h"

struct world {
	struct temp_dir dir;
	struct cw_person alma;
	struct client_group g;
	struct seen_log log;
	struct cs_client *c;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	cw_person_init(&w->alma, "alma");
	w->c = cw_home(temp_path(&w->dir, "alma"), &w->alma, "alma");
	memcpy(w->g.id, "one", 3);
	w->g.id_len = 3;
	seen_log_init(&w->log, "hub.example/log", cs_clock_ms() / CS_SECOND_MS);
}

/* As after a hello that shows the log's key. */
static void
reach(struct world *w)
{
	w->c->link.online = true;
	assert_ok(cs_buf_set(
	    &w->c->link.session.info.tlog_cert, cs_buf_view(&w->log.cert)));
}

static void
world_clear(struct world *w)
{
	w->c->link.online = false;
	cs_buf_free(&w->c->link.session.info.tlog_cert);
	cs_client_close(w->c);
	cs_buf_free(&w->alma.credential);
	seen_log_clear(&w->log);
	temp_dir_clear(&w->dir);
}

static struct cs_client_log
shown(struct world *w)
{
	struct cs_client_log log;

	assert_ok(cs_client_log(&log, w->c));
	return log;
}

static void
keep(struct world *w, uint64_t size)
{
	struct cs_buf note = { 0 };
	struct cs_tlog_signed s = { cs_buf_view(&w->log.cert), { NULL, 0 } };

	seen_log_note(&note, &w->log, size);
	s.note = cs_buf_view(&note);
	assert_ok(client_tlog_keep(w->c, &s));
	cs_buf_free(&note);
}

static void
add(struct world *w, uint64_t age_ms, uint32_t number)
{
	struct cs_stamp s = {
		.accepted_ms = cs_clock_ms() - age_ms,
		.batch = { .entry = 4, .number = number },
	};

	assert_ok(cs_stamps_sign(
	    &s, 1, w->log.operator.root.public, &w->log.stamp_key));
	assert_ok(client_tlog_due_add(w->c, &s));
	/* It may be read again. */
	assert_ok(client_tlog_due_add(w->c, &s));
}

static void
test_promises(void **state)
{
	const struct cs_stamp alone = { .accepted_ms = cs_clock_ms() };
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_tlog_due_add(w.c, &alone));
	assert_int_equal(shown(&w).due, 0);
	add(&w, 0, 1);
	assert_int_equal(shown(&w).due, 1);
	add(&w, 0, 2);
	assert_int_equal(shown(&w).due, 2);
	/* What cannot be asked any more is not waited for. */
	add(&w, CLIENT_TLOG_DUE_MS + CS_HOUR_MS, 3);
	assert_int_equal(shown(&w).due, 2);
	world_clear(&w);
}

static void
test_kept(void **state)
{
	struct client_tlog_kept kept = { 0 };
	struct cs_note_key key;
	struct world w;

	(void)state;
	world_init(&w);
	assert_err(client_tlog_kept_load(&kept, w.c), CS_ERR_NOT_FOUND);
	client_tlog_kept_clear(&kept);
	keep(&w, 5);
	assert_ok(client_tlog_kept_load(&kept, w.c));
	assert_int_equal(kept.checkpoint.size, 5);
	assert_view_equal(kept.as.cert, cs_buf_view(&w.log.cert));
	client_tlog_kept_clear(&kept);
	assert_int_equal(shown(&w).size, 5);
	/* The key is the hub's, now, and of no other role. */
	assert_err(client_tlog_key(&key, w.c), CS_ERR_NOT_FOUND);
	reach(&w);
	assert_ok(client_tlog_key(&key, w.c));
	assert_string_equal(key.name, "hub.example/log");
	assert_ok(cs_buf_set(&w.c->link.session.info.tlog_cert,
	    cs_buf_view(&w.log.operator.registrar_cert)));
	assert_err(client_tlog_key(&key, w.c), CS_ERR_NOT_FOUND);
	world_clear(&w);
}

static void
test_told(void **state)
{
	struct cs_tlog_told told, wrong;
	struct world w;

	(void)state;
	world_init(&w);
	assert_err(client_tlog_tell(&told, w.c, &w.g), CS_ERR_NOT_FOUND);
	reach(&w);
	assert_err(client_tlog_tell(&told, w.c, &w.g), CS_ERR_NOT_FOUND);
	keep(&w, 5);
	assert_ok(client_tlog_tell(&told, w.c, &w.g));
	assert_int_equal(told.size, 5);
	/* Once an hour in each conversation. */
	assert_err(client_tlog_tell(&wrong, w.c, &w.g), CS_ERR_NOT_FOUND);
	w.g.id[0]++;
	assert_ok(client_tlog_tell(&wrong, w.c, &w.g));
	/* What is known need not be compared. */
	assert_ok(client_tlog_heard(w.c, &told));
	assert_int_equal(shown(&w).heard, 0);
	/* What is not signed says nothing. */
	keep(&w, 3);
	wrong = told;
	wrong.size++;
	assert_ok(client_tlog_heard(w.c, &wrong));
	wrong = told;
	wrong.root[0] ^= 1;
	assert_ok(client_tlog_heard(w.c, &wrong));
	wrong = told;
	wrong.sig[0] ^= 1;
	assert_ok(client_tlog_heard(w.c, &wrong));
	wrong.size = UINT64_MAX;
	assert_ok(client_tlog_heard(w.c, &wrong));
	assert_int_equal(shown(&w).heard, 0);
	assert_ok(client_tlog_heard(w.c, &told));
	assert_ok(client_tlog_heard(w.c, &told));
	assert_int_equal(shown(&w).heard, 1);
	world_clear(&w);
}

/* However many they tell of. */
static void
test_bounded(void **state)
{
	struct cs_tlog_told told;
	struct world w;

	(void)state;
	world_init(&w);
	reach(&w);
	for (unsigned i = 0; i < 2 * CLIENT_TLOG_HEARD_MAX; i++) {
		const uint8_t entry[] = { (uint8_t)i };

		seen_log_entry(&w.log, 0, CS_VIEW_OF(entry));
		keep(&w, 5);
		w.g.id[0] = (uint8_t)i;
		assert_ok(client_tlog_tell(&told, w.c, &w.g));
		keep(&w, 3);
		assert_ok(client_tlog_heard(w.c, &told));
		assert_int_equal(shown(&w).heard,
		    i < CLIENT_TLOG_HEARD_MAX ? i + 1 : CLIENT_TLOG_HEARD_MAX);
	}
	world_clear(&w);
}

static void
test_caught(void **state)
{
	struct cs_buf a = { 0 }, b = { 0 }, proof = { 0 };
	struct cs_tlog_fault f = { .kind = CS_TLOG_FAULT_FORK };
	struct cs_tlog_fault_shown what;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(client_tlog_may_send(w.c));
	assert_err(cs_client_log_proof(&proof, w.c), CS_ERR_NOT_FOUND);
	assert_err(cs_client_log_accept(w.c), CS_ERR_NOT_FOUND);
	/* A wrong signature shows nothing to others. */
	assert_ok(client_tlog_unsigned(w.c, cs_view_str("note")));
	assert_int_equal(shown(&w).fault, CS_CLIENT_LOG_UNSIGNED);
	assert_err(cs_client_log_proof(&proof, w.c), CS_ERR_NOT_FOUND);
	assert_err(client_tlog_may_send(w.c), CS_ERR_DENIED);
	assert_string_not_equal(cs_client_problem(w.c), "");
	keep(&w, 5);
	seen_log_note(&a, &w.log, 5);
	seen_log_entry(&w.log, 2, cs_view_str("another"));
	seen_log_note(&b, &w.log, 5);
	f.a = (struct cs_tlog_signed){ cs_buf_view(&w.log.cert),
		cs_buf_view(&a) };
	f.b = (struct cs_tlog_signed){ cs_buf_view(&w.log.cert),
		cs_buf_view(&b) };
	/* What nobody has seen yet stays. */
	assert_ok(client_tlog_caught(w.c, &f));
	assert_int_equal(shown(&w).fault, CS_CLIENT_LOG_UNSIGNED);
	assert_ok(cs_client_log_accept(w.c));
	assert_ok(client_tlog_may_send(w.c));
	assert_true(shown(&w).accepted);
	assert_int_equal(shown(&w).size, 0);
	/* The next one stops again. */
	assert_ok(client_tlog_caught(w.c, &f));
	assert_int_equal(shown(&w).fault, CS_CLIENT_LOG_FORK);
	assert_false(shown(&w).accepted);
	assert_err(client_tlog_may_send(w.c), CS_ERR_DENIED);
	assert_ok(cs_client_log_proof(&proof, w.c));
	assert_ok(cs_tlog_fault_parse(&f, cs_buf_view(&proof)));
	assert_ok(cs_tlog_fault_verify(&what, &f, w.log.operator.root.public));
	cs_buf_free(&a);
	cs_buf_free(&b);
	cs_buf_free(&proof);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_promises),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_caught),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
