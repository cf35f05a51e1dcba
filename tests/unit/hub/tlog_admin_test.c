/* SPDX-License-Identifier: MIT */
/* What an operator sees of the log, and does to it, while no hub runs. */
#include "hub/tlog_admin.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/init.h"
#include "franking/tlog_entry.h"
#include "hub/admin.h"
#include "hub/core/keys.h"
#include "hub/core/schema.h"
#include "hub/watch.h"
#include "store/file.h"
#include "store/folder.h"
#include "store/tlog_writer.h"
#include "support/temp_dir.h"

#define ORIGIN "hub.example/log"
#define NOW_S ((uint64_t)1800000000)

struct world {
	struct temp_dir dir;
	char hub[300];
	struct cs_sign_key with, witness_with;
	struct cs_note_key key;
	struct cs_tlog_cosigner witness;
	struct cs_tlog_writer *writer;
};

static void
entry_of(uint8_t out[static CS_TLOG_COMMIT_LEN], uint64_t n)
{
	uint8_t salt[CS_TLOG_SALT_LEN] = { (uint8_t)n };

	assert_ok(cs_tlog_commit(out, CS_TLOG_STAMPS, salt, cs_view("", 0)));
}

/* A hub whose log has ${size} entries, and is open. */
static void
world_init(struct world *t, uint64_t size)
{
	struct cs_tlog_owner owner = { &t->key, &t->with };
	char path[320];

	memset(t, 0, sizeof *t);
	t->dir = temp_dir_new();
	snprintf(t->hub, sizeof t->hub, "%s/hub", t->dir.path);
	assert_ok(cs_hub_init(t->hub, "hub.example", "127.0.0.1", 8443));
	assert_ok(hub_keys_create_tlog(t->hub));
	assert_ok(hub_key_read(&t->with, t->hub, "keys/tlog.key"));
	assert_ok(cs_note_key(&t->key, ORIGIN, t->with.public));
	assert_ok(cs_sign_key_new(&t->witness_with));
	assert_ok(cs_tlog_cosigner(
	    &t->witness, "w1.example", t->witness_with.public));
	snprintf(path, sizeof path, "%s/tlog", t->hub);
	assert_ok(cs_tlog_writer_create(&t->writer, path, &owner));
	for (uint64_t i = 0; i < size; i++) {
		uint8_t bytes[CS_TLOG_COMMIT_LEN];
		struct cs_view entry = CS_VIEW_OF(bytes);
		uint64_t first;

		entry_of(bytes, i);
		assert_ok(cs_tlog_writer_append(t->writer, &first, &entry, 1));
	}
}

static void
world_clear(struct world *t)
{
	cs_tlog_writer_close(t->writer);
	temp_dir_clear(&t->dir);
}

/* ---- what is seen -------------------------------------------------------- */

static void
test_key(void **state)
{
	char text[CS_NOTE_KEY_SIZE], want[CS_NOTE_KEY_SIZE];
	struct world t;
	struct cs_hub_log log;

	(void)state;
	world_init(&t, 7);
	assert_ok(cs_hub_log_key(text, t.hub));
	cs_note_key_text(want, &t.key);
	assert_string_equal(text, want);
	assert_ok(cs_hub_log_look(&log, t.hub, NOW_S));
	assert_string_equal(log.key, want);
	assert_string_equal(log.origin, ORIGIN);
	assert_int_equal(log.size, 7);
	assert_true(log.written_s != 0);
	assert_string_equal(log.policy, "");
	/* Somebody else's checkpoint, damage, none; no hub. */
	assert_ok(cs_file_write(temp_path(&t.dir, "hub/tlog/public/checkpoint"),
	    cs_view_str("nonsense"), 0644));
	assert_err(cs_hub_log_look(&log, t.hub, NOW_S), CS_ERR_FORMAT);
	assert_int_equal(
	    unlink(temp_path(&t.dir, "hub/tlog/public/checkpoint")), 0);
	assert_err(cs_hub_log_look(&log, t.hub, NOW_S), CS_ERR_NOT_FOUND);
	assert_err(cs_hub_log_look(&log, temp_path(&t.dir, "none"), NOW_S),
	    CS_ERR_NOT_FOUND);
	assert_err(
	    cs_hub_log_key(text, temp_path(&t.dir, "none")), CS_ERR_NOT_FOUND);
	world_clear(&t);
}

static void
write_policy(struct world *t, const char *more)
{
	char text[1024], who[CS_NOTE_KEY_SIZE];

	cs_tlog_cosigner_text(who, &t->witness);
	snprintf(text, sizeof text,
	    "witness w1 %s http://127.0.0.1:9/\nquorum w1\n%s", who, more);
	assert_ok(cs_file_write(
	    temp_path(&t->dir, "policy"), cs_view_str(text), 0644));
}

static const char *
path_of_policy(struct world *t)
{
	return temp_path(&t->dir, "policy");
}

static void
test_policy(void **state)
{
	struct world t;
	struct cs_hub_log log;
	struct hub_conf conf;
	unsigned line;

	(void)state;
	world_init(&t, 1);
	assert_err(
	    cs_hub_log_witnesses(&line, t.hub, path_of_policy(&t)), CS_ERR_IO);
	assert_int_equal(line, 0);
	write_policy(&t, "quorum w1\n");
	assert_err(cs_hub_log_witnesses(&line, t.hub, path_of_policy(&t)),
	    CS_ERR_EXISTS);
	assert_int_equal(line, 3);
	assert_ok(cs_file_write(
	    path_of_policy(&t), cs_view_str("# nobody\nquorum none\n"), 0644));
	assert_err(cs_hub_log_witnesses(&line, t.hub, path_of_policy(&t)),
	    CS_ERR_MISMATCH);
	assert_ok(hub_conf_read(&conf, t.hub));
	assert_string_equal(conf.witnesses, "");
	write_policy(&t, "");
	assert_err(
	    cs_hub_log_witnesses(&line, temp_path(&t.dir, "none"), "policy"),
	    CS_ERR_NOT_FOUND);
	assert_ok(cs_hub_log_witnesses(&line, t.hub, path_of_policy(&t)));
	assert_ok(hub_conf_read(&conf, t.hub));
	assert_string_equal(conf.witnesses, path_of_policy(&t));
	assert_ok(cs_hub_log_look(&log, t.hub, NOW_S));
	assert_string_equal(log.policy, path_of_policy(&t));
	assert_ok(log.policy_err);
	assert_int_equal(log.n, 1);
	assert_string_equal(log.witnesses[0].name, "w1");
	/* What was changed later is seen. */
	write_policy(&t, "nonsense\n");
	assert_ok(cs_hub_log_look(&log, t.hub, NOW_S));
	assert_int_not_equal(log.policy_err, CS_OK);
	assert_int_equal(log.policy_line, 3);
	assert_ok(cs_hub_log_witnesses(&line, t.hub, NULL));
	assert_ok(cs_hub_log_look(&log, t.hub, NOW_S));
	assert_string_equal(log.policy, "");
	world_clear(&t);
}

static void
cosign(struct world *t, const char *name, uint64_t time_s)
{
	char line[CS_TLOG_COSIGN_LINE_SIZE];
	struct cs_view text, lines;
	struct cs_buf note = { 0 };

	assert_ok(cs_buf_set(&note, cs_tlog_writer_note(t->writer)));
	assert_ok(cs_note_split(&text, &lines, cs_buf_view(&note)));
	assert_ok(
	    cs_tlog_cosign(line, &t->witness, &t->witness_with, text, time_s));
	assert_ok(cs_buf_add(&note, cs_view_str(line)));
	assert_ok(
	    cs_file_write(temp_path(&t->dir, name), cs_buf_view(&note), 0644));
	cs_buf_free(&note);
}

static bool
is_troubled(struct world *t, uint64_t now_s)
{
	struct cs_hub_troubles troubles;

	assert_ok(cs_hub_troubles(&troubles, t->hub, now_s));
	for (size_t i = 0; i < troubles.n; i++)
		if (strcmp(troubles.v[i].kind, "witnesses") == 0)
			return true;
	return false;
}

static void
changed_at(struct world *t, const char *name, uint64_t at_s)
{
	const struct timespec times[] = { { (time_t)at_s, 0 },
		{ (time_t)at_s, 0 } };

	assert_int_equal(
	    utimensat(AT_FDCWD, temp_path(&t->dir, name), times, 0), 0);
}

static void
test_cosigned(void **state)
{
	static const char checkpoint[] = "hub/tlog/public/checkpoint";
	struct world t;
	struct cs_hub_log log;
	unsigned line;

	(void)state;
	world_init(&t, 4);
	write_policy(&t, "");
	assert_ok(cs_hub_log_witnesses(&line, t.hub, path_of_policy(&t)));
	changed_at(&t, "policy", NOW_S - 2 * CS_HOUR_S);
	changed_at(&t, checkpoint, NOW_S - CS_HOUR_S);
	assert_ok(cs_hub_log_look(&log, t.hub, NOW_S));
	assert_int_equal(log.quorum_s, 0);
	assert_int_equal(log.witnesses[0].time_s, 0);
	/* The log was written an hour after the policy, and no later. */
	assert_false(is_troubled(&t, NOW_S));
	changed_at(&t, checkpoint, NOW_S - CS_HOUR_S + 1);
	assert_true(is_troubled(&t, NOW_S));
	cosign(&t, "hub/tlog/cosigned", NOW_S - 3000);
	assert_ok(cs_hub_log_look(&log, t.hub, NOW_S));
	assert_int_equal(log.quorum_s, NOW_S - 3000);
	assert_int_equal(log.quorum_size, 4);
	assert_int_equal(log.witnesses[0].time_s, NOW_S - 3000);
	assert_false(is_troubled(&t, NOW_S));
	changed_at(&t, checkpoint, NOW_S + 700);
	assert_true(is_troubled(&t, NOW_S + 700));
	/* What is public counts, too. */
	cosign(&t, checkpoint, NOW_S);
	changed_at(&t, checkpoint, NOW_S + 700);
	assert_false(is_troubled(&t, NOW_S + 700));
	assert_ok(cs_hub_log_look(&log, t.hub, NOW_S));
	assert_int_equal(log.quorum_s, NOW_S);
	/* A policy that is none is one of its own. */
	write_policy(&t, "nonsense\n");
	assert_true(is_troubled(&t, NOW_S + 700));
	world_clear(&t);
}

/* ---- a database that was put back ---------------------------------------- */

static struct cs_db *
open_db(struct world *t)
{
	struct cs_db *db;

	assert_ok(cs_db_open(&db, temp_path(&t->dir, "hub/hub.db"),
	    CS_DB_SHARED, &cs_hub_schema));
	return db;
}

/* The database has numbered ${next} entries, and knew of ${known}. */
static void
set_database(struct world *t, uint64_t next, uint64_t known)
{
	struct cs_db *db = open_db(t);
	uint8_t entry[CS_TLOG_COMMIT_LEN];

	assert_ok(cs_db_exec(db, "DELETE FROM tlog"));
	assert_ok(cs_db_exec(db, "DELETE FROM tlog_queue"));
	assert_ok(cs_db_exec(db, "DELETE FROM tlog_node"));
	for (uint64_t n = next < 2 ? 0 : next - 2; n < next; n++) {
		entry_of(entry, n);
		assert_ok(cs_db_exec(db, "INSERT INTO tlog(n,entry)VALUES(?,?)",
		    cs_int(n), cs_blob(CS_VIEW_OF(entry))));
	}
	/* One that was numbered since, and one that was not; a turn that ended
	 * since, and one that is over. */
	for (unsigned i = 0; i < 2; i++) {
		entry_of(entry, i == 0 ? 299 : 200);
		assert_ok(
		    cs_db_exec(db, "INSERT INTO tlog_queue(entry) VALUES(?)",
			cs_blob(CS_VIEW_OF(entry))));
		assert_ok(cs_db_exec(db,
		    "INSERT INTO tlog_node(turn,level,at,hash)"
		    " VALUES(?,0,0,?)",
		    cs_int(next - i), cs_blob(CS_VIEW_OF(entry))));
	}
	assert_ok(cs_db_exec(db,
	    "INSERT INTO tlog_known(one,size) VALUES(TRUE,?)"
	    " ON CONFLICT(one) DO UPDATE SET size=excluded.size",
	    cs_int(known)));
	cs_db_close(db);
}

static uint64_t
count(struct world *t, const char *what)
{
	struct cs_db *db = open_db(t);
	uint64_t n;

	assert_ok(cs_db_get_int(&n, db, what));
	cs_db_close(db);
	return n;
}

static void
test_restored(void **state)
{
	struct world t;
	uint64_t from, to;

	(void)state;
	world_init(&t, 300);
	set_database(&t, 250, 250);
	assert_ok(cs_hub_log_lost(&from, &to, t.hub));
	assert_int_equal(from, 250);
	assert_int_equal(to, 300);
	assert_int_equal(count(&t, "SELECT max(n) FROM tlog"), 249);
	assert_ok(cs_hub_log_restored(&from, &to, t.hub));
	assert_int_equal(from, 250);
	assert_int_equal(to, 300);
	assert_int_equal(count(&t, "SELECT max(n) FROM tlog"), 299);
	assert_int_equal(count(&t, "SELECT count(*) FROM tlog"), 1);
	assert_int_equal(count(&t, "SELECT size FROM tlog_known"), 300);
	/* One of both waits still, and what says so. */
	assert_int_equal(count(&t, "SELECT count(*) FROM tlog_queue"), 2);
	assert_int_equal(count(&t, "SELECT count(*) FROM tlog_node"), 1);
	assert_err(cs_hub_log_restored(&from, &to, t.hub), CS_ERR_EXISTS);
	assert_int_equal(count(&t, "SELECT count(*) FROM tlog_queue"), 2);
	world_clear(&t);
}

static void
test_not_restored(void **state)
{
	struct world t;
	struct cs_buf bundle = { 0 };
	uint64_t from, to;
	int lock;

	(void)state;
	world_init(&t, 300);
	/* Nothing is lost; the log is. */
	set_database(&t, 300, 300);
	assert_err(cs_hub_log_restored(&from, &to, t.hub), CS_ERR_EXISTS);
	set_database(&t, 310, 300);
	assert_err(cs_hub_log_restored(&from, &to, t.hub), CS_ERR_EXISTS);
	set_database(&t, 250, 301);
	assert_err(cs_hub_log_restored(&from, &to, t.hub), CS_ERR_EXPIRED);
	/* It runs. */
	set_database(&t, 250, 250);
	assert_ok(cs_file_try_lock(&lock, temp_path(&t.dir, "hub/lock")));
	assert_err(cs_hub_log_restored(&from, &to, t.hub), CS_ERR_BUSY);
	assert_err(cs_hub_log_lost(&from, &to, t.hub), CS_ERR_BUSY);
	cs_file_unlock(lock);
	/* Entries that cannot be read: nothing changes. */
	assert_ok(cs_file_read(&bundle,
	    temp_path(&t.dir, "hub/tlog/public/tile/entries/000"), 1 << 20));
	assert_ok(
	    cs_file_write(temp_path(&t.dir, "hub/tlog/public/tile/entries/000"),
		cs_view(bundle.data, bundle.len - 1), 0644));
	assert_err(cs_hub_log_restored(&from, &to, t.hub), CS_ERR_CORRUPT);
	assert_int_equal(count(&t, "SELECT max(n) FROM tlog"), 249);
	assert_int_equal(count(&t, "SELECT count(*) FROM tlog_queue"), 2);
	assert_int_equal(count(&t, "SELECT count(*) FROM tlog_node"), 2);
	assert_err(cs_hub_log_restored(&from, &to, temp_path(&t.dir, "none")),
	    CS_ERR_NOT_FOUND);
	cs_buf_free(&bundle);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_cosigned),
		cmocka_unit_test(test_restored),
		cmocka_unit_test(test_not_restored),
	};

	assert_int_equal(cs_crypto_init(), 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
