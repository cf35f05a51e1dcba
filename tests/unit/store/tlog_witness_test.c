/* SPDX-License-Identifier: MIT */
/* A witness: what it signs, and that it never signs two histories, whatever
 * becomes of its calls to the system. */
#include "store/tlog_witness.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "crypto/init.h"
#include "store/file.h"
#include "store/tlog_seen.h"
#include "support/bad_disk.h"
#include "support/temp_dir.h"
#include "support/tlog_tree.h"
#include "tlog/witness.h"

#define ORIGIN "log.example/1"
#define NOW 1700000000

/* ---- calls that fail ---------------------------------------------------- */

/* In the trace: o opened, w written, f synced, r renamed. */

int __real_openat64(int dir, const char *path, int flags, ...);
int __wrap_openat64(int dir, const char *path, int flags, ...);
int
__wrap_openat64(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
	va_end(args);
	return disk_call('o') ? -1 : __real_openat64(dir, path, flags, mode);
}

ssize_t __wrap_write(int fd, const void *data, size_t n);
ssize_t
__wrap_write(int fd, const void *data, size_t n)
{
	return disk_write('w', fd, data, n);
}

int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
	(void)fd;
	return disk_call('f') ? -1 : 0;
}

int __real_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int
__wrap_renameat(int a, const char *from, int b, const char *to)
{
	return disk_call('r') ? -1 : __real_renameat(a, from, b, to);
}

/* ---- a log, and another history of it ----------------------------------- */

static struct tlog_tree tree, fork_tree;
static struct cs_sign_key log_with;
static struct cs_note_key log_key, other_key;
static struct cs_tlog_witness_key key;

static int
setup(void **state)
{
	static const uint8_t a[CS_SIGN_SEED_LEN] = { 1 };
	static const uint8_t b[CS_SIGN_SEED_LEN] = { 2 };
	struct cs_sign_key other;

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_from_seed(&log_with, a));
	assert_ok(cs_sign_key_from_seed(&key.with, b));
	assert_ok(cs_sign_key_new(&other));
	assert_ok(cs_note_key(&log_key, ORIGIN, log_with.public));
	assert_ok(cs_note_key(&other_key, ORIGIN, other.public));
	assert_ok(
	    cs_tlog_cosigner(&key.who, "witness.example/w1", key.with.public));
	tlog_tree_make(&tree);
	/* The same ten leaves, and others behind. */
	memcpy(&fork_tree, &tree, sizeof tree);
	for (size_t i = 10; i < TLOG_TREE_MAX; i++)
		fork_tree.nodes[0][i].bytes[0] ^= 1;
	for (size_t level = 1; level < TLOG_TREE_LEVELS; level++)
		for (size_t i = 0; i < TLOG_TREE_MAX >> level; i++)
			assert_ok(cs_tlog_node_hash(&fork_tree.nodes[level][i],
			    &fork_tree.nodes[level - 1][2 * i],
			    &fork_tree.nodes[level - 1][2 * i + 1]));
	return 0;
}

struct scene {
	struct temp_dir dir;
	struct cs_tlog_witness w;
};

static void
begin(struct scene *s)
{
	fail_at = kill_at = 0;
	s->dir = temp_dir_new();
	s->w = (struct cs_tlog_witness){ .key = &key };
	s->w.dir = open(s->dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(s->w.dir >= 0);
	assert_ok(cs_tlog_seen_add(s->w.dir, cs_view_str(ORIGIN), &log_key));
}

static void
end(struct scene *s)
{
	close(s->w.dir);
	temp_dir_clear(&s->dir);
}

static enum cs_err
add(struct cs_tlog_witness_reply *out, struct scene *s, struct tlog_tree *of,
    uint64_t old, uint64_t size, uint64_t now_s)
{
	struct cs_tlog_checkpoint c = { .origin = cs_view_str(ORIGIN),
		.size = size };
	struct cs_tlog_witness_request rq = { .old = old };
	struct cs_buf note = { 0 }, body = { 0 };
	enum cs_err err;

	assert_ok(cs_tlog_root(&c.root, size, tlog_tree_node, of));
	assert_ok(cs_tlog_checkpoint_sign(&note, &c, &log_key, &log_with));
	rq.note = cs_buf_view(&note);
	assert_ok(
	    cs_tlog_consistency_make(&rq.proof, old, size, tlog_tree_node, of));
	assert_ok(cs_tlog_witness_request_write(&body, &rq));
	err = cs_tlog_witness_add(out, &s->w, cs_buf_view(&body), now_s);
	if (err == CS_OK && out->status == 200) {
		assert_ok(cs_buf_add(&note, cs_buf_view(&out->body)));
		assert_ok(
		    cs_tlog_cosigned(&now_s, cs_buf_view(&note), &key.who));
	} else {
		assert_true(err == CS_OK || out->body.len == 0);
	}
	cs_buf_free(&note);
	cs_buf_free(&body);
	return err;
}

/* The status, and nothing is wrong. */
static int
status_of(struct scene *s, struct tlog_tree *of, uint64_t old, uint64_t size,
    uint64_t now_s)
{
	struct cs_tlog_witness_reply reply;

	assert_ok(add(&reply, s, of, old, size, now_s));
	cs_buf_free(&reply.body);
	return reply.status;
}

/* What it has cosigned last; 0: nothing. */
static uint64_t
size_of(struct scene *s)
{
	char id[CS_TLOG_SEEN_ID_SIZE];
	struct cs_buf note = { 0 };
	struct cs_tlog_checkpoint c;
	uint64_t size = 0;
	enum cs_err err;

	assert_ok(cs_tlog_seen_id(id, cs_view_str(ORIGIN)));
	err = cs_tlog_witness_show(&note, &s->w, id);
	if (err != CS_ERR_NOT_FOUND) {
		assert_ok(err);
		assert_ok(cs_tlog_checkpoint_open(
		    &c, cs_buf_view(&note), &log_key, cs_view_str(ORIGIN)));
		size = c.size;
	}
	cs_buf_free(&note);
	return size;
}

static void
test_signs(void **state)
{
	struct cs_tlog_witness_reply reply;
	struct scene s;

	(void)state;
	begin(&s);
	assert_int_equal(size_of(&s), 0);
	assert_int_equal(status_of(&s, &tree, 0, 10, NOW), 200);
	assert_int_equal(size_of(&s), 10);
	assert_int_equal(status_of(&s, &tree, 10, 700, NOW), 200);
	assert_int_equal(size_of(&s), 700);
	/* Back, and from where it is no more. */
	assert_int_equal(status_of(&s, &tree, 10, 600, NOW), 409);
	assert_ok(add(&reply, &s, &tree, 0, 800, NOW));
	assert_int_equal(reply.status, 409);
	assert_view_equal(cs_buf_view(&reply.body), cs_view_str("700\n"));
	cs_buf_free(&reply.body);
	/* Another history, larger or of the same size. */
	assert_int_equal(status_of(&s, &fork_tree, 700, 800, NOW), 422);
	assert_int_equal(status_of(&s, &fork_tree, 700, 700, NOW), 422);
	assert_int_equal(size_of(&s), 700);
	assert_int_equal(status_of(&s, &tree, 700, 800, NOW), 200);
	end(&s);
}

/* The same again is signed anew after a while, and the clock does not go
 * back. */
static void
test_times(void **state)
{
	struct cs_tlog_witness_reply first, second;
	struct scene s;

	(void)state;
	begin(&s);
	assert_ok(add(&first, &s, &tree, 0, 10, NOW));
	disk_count_from_here();
	assert_ok(
	    add(&second, &s, &tree, 10, 10, NOW + CS_TLOG_WITNESS_AGAIN_S));
	assert_int_equal(second.status, 200);
	assert_view_equal(cs_buf_view(&first.body), cs_buf_view(&second.body));
	assert_null(strchr(trace, 'w'));
	cs_buf_free(&second.body);
	assert_ok(
	    add(&second, &s, &tree, 10, 10, NOW + CS_TLOG_WITNESS_AGAIN_S + 1));
	assert_int_equal(second.status, 200);
	assert_false(
	    cs_view_equal(cs_buf_view(&first.body), cs_buf_view(&second.body)));
	cs_buf_free(&first.body);
	cs_buf_free(&second.body);
	assert_err(add(&first, &s, &tree, 10, 20, NOW), CS_ERR_EXPIRED);
	assert_err(add(&first, &s, &tree, 10, 10, NOW), CS_ERR_EXPIRED);
	assert_int_equal(size_of(&s), 10);
	assert_int_equal(
	    status_of(&s, &tree, 10, 20, NOW + CS_TLOG_WITNESS_AGAIN_S + 1),
	    200);
	end(&s);
}

/* A log that is removed, and added again, is no new one. */
static void
test_removed(void **state)
{
	const struct cs_view origin = cs_view_str(ORIGIN);
	struct scene s;

	(void)state;
	begin(&s);
	assert_int_equal(status_of(&s, &tree, 0, 10, NOW), 200);
	assert_int_equal(status_of(&s, &tree, 10, 20, NOW), 200);
	assert_ok(cs_tlog_seen_remove(s.w.dir, origin));
	assert_int_equal(status_of(&s, &tree, 20, 30, NOW), 404);
	assert_int_equal(size_of(&s), 20);
	assert_ok(cs_tlog_seen_add(s.w.dir, origin, &other_key));
	assert_int_equal(status_of(&s, &tree, 20, 30, NOW), 403);
	assert_ok(cs_tlog_seen_remove(s.w.dir, origin));
	assert_ok(cs_tlog_seen_add(s.w.dir, origin, &log_key));
	assert_int_equal(status_of(&s, &fork_tree, 10, 30, NOW), 409);
	assert_int_equal(status_of(&s, &tree, 20, 30, NOW), 200);
	end(&s);
}

/* State that is not its own is never taken for none. */
static void
test_damaged(void **state)
{
	struct cs_tlog_witness_reply reply;
	struct cs_buf note = { 0 };
	char id[CS_TLOG_SEEN_ID_SIZE], name[128];
	struct scene s;

	(void)state;
	begin(&s);
	assert_int_equal(status_of(&s, &tree, 0, 10, NOW), 200);
	assert_ok(cs_tlog_seen_id(id, cs_view_str(ORIGIN)));
	snprintf(name, sizeof name, "%s.checkpoint", id);
	assert_ok(cs_file_read(&note, temp_path(&s.dir, name), 65536));
	for (size_t n = 0; n < note.len; n++) {
		assert_ok(cs_file_write(
		    temp_path(&s.dir, name), cs_view(note.data, n), 0644));
		assert_err(add(&reply, &s, &tree, 10, 20, NOW), CS_ERR_CORRUPT);
		assert_err(add(&reply, &s, &tree, 0, 20, NOW), CS_ERR_CORRUPT);
		assert_err(cs_tlog_witness_show(&reply.body, &s.w, id),
		    CS_ERR_CORRUPT);
	}
	assert_ok(
	    cs_file_write(temp_path(&s.dir, name), cs_buf_view(&note), 0644));
	assert_int_equal(status_of(&s, &tree, 10, 20, NOW), 200);
	/* What it cosigned of another log. */
	assert_ok(cs_tlog_seen_id(id, cs_view_str("log.example/2")));
	snprintf(name, sizeof name, "%s.checkpoint", id);
	assert_ok(
	    cs_file_write(temp_path(&s.dir, name), cs_buf_view(&note), 0644));
	assert_err(cs_tlog_witness_show(&reply.body, &s.w, id), CS_ERR_CORRUPT);
	cs_buf_free(&note);
	end(&s);
}

/* What it cannot see (docs/decisions/0045-witness.md): an older copy of its
 * folder is as good as any. */
static void
test_put_back(void **state)
{
	struct cs_buf note = { 0 };
	char id[CS_TLOG_SEEN_ID_SIZE], name[128];
	struct scene s;

	(void)state;
	begin(&s);
	assert_int_equal(status_of(&s, &tree, 0, 10, NOW), 200);
	assert_ok(cs_tlog_seen_id(id, cs_view_str(ORIGIN)));
	snprintf(name, sizeof name, "%s.checkpoint", id);
	assert_ok(cs_file_read(&note, temp_path(&s.dir, name), 65536));
	assert_int_equal(status_of(&s, &tree, 10, 20, NOW), 200);
	assert_int_equal(status_of(&s, &fork_tree, 10, 20, NOW), 409);
	assert_ok(
	    cs_file_write(temp_path(&s.dir, name), cs_buf_view(&note), 0644));
	assert_int_equal(status_of(&s, &fork_tree, 10, 20, NOW), 200);
	cs_buf_free(&note);
	end(&s);
}

/* ---- what fails, or is the last ----------------------------------------- */

/* The signature is written, synced, put in its place, and that synced, before
 * anybody has it. */
static void
test_order(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	disk_count_from_here();
	assert_int_equal(status_of(&s, &tree, 0, 10, NOW), 200);
	assert_non_null(strstr(trace, "owfrf"));
	assert_int_equal(trace[strlen(trace) - 1], 'f');
	end(&s);
}

static void
test_failing(void **state)
{
	(void)state;
	for (unsigned at = 1;; at++) {
		struct cs_tlog_witness_reply reply;
		struct scene s;
		enum cs_err err;
		bool all;

		begin(&s);
		assert_int_equal(status_of(&s, &tree, 0, 10, NOW), 200);
		disk_count_from_here();
		fail_at = at;
		err = add(&reply, &s, &tree, 10, 20, NOW);
		all = calls < at;
		fail_at = 0;
		assert_true((err == CS_OK) == all);
		/* The files are read, and then one is written. */
		assert_true((s.w.broken != CS_OK) == (!all && at > 2));
		if (s.w.broken) {
			/* What it cannot know to be on disk it builds on no
			 * more, and shows to nobody. */
			assert_int_not_equal(
			    add(&reply, &s, &tree, 10, 20, NOW), CS_OK);
			assert_int_not_equal(
			    add(&reply, &s, &tree, 20, 30, NOW), CS_OK);
			s.w.broken = CS_OK;
		}
		assert_true(size_of(&s) == 10 || size_of(&s) == 20);
		cs_buf_free(&reply.body);
		end(&s);
		if (all)
			break;
		assert_true(at < 100);
	}
}

/* The child's life ends at a call; true: it had answered. */
static bool
killed_at(struct scene *s, unsigned at, bool *all)
{
	int pipes[2], status;
	char said = 0;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	if ((pid = fork()) == 0) {
		struct cs_tlog_witness_reply reply;

		disk_count_from_here();
		kill_at = at;
		if (add(&reply, s, &tree, 10, 20, NOW) == CS_OK &&
		    reply.status == 200)
			(void)!__real_write(pipes[1], "y", 1);
		_exit(0);
	}
	assert_true(pid > 0);
	close(pipes[1]);
	(void)!read(pipes[0], &said, 1);
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	*all = WEXITSTATUS(status) == 0;
	return said == 'y';
}

static void
test_killed(void **state)
{
	bool all = false;

	(void)state;
	for (unsigned at = 1; !all; at++) {
		struct scene s;
		bool answered;
		uint64_t size;

		begin(&s);
		assert_int_equal(status_of(&s, &tree, 0, 10, NOW), 200);
		answered = killed_at(&s, at, &all);
		assert_true(answered == all);
		assert_ok(cs_tlog_seen_settle(s.w.dir));
		size = size_of(&s);
		assert_true(size == 20 || (size == 10 && !answered));
		/* Of both histories only one goes on. */
		assert_int_equal(status_of(&s, &fork_tree, 10, 30, NOW),
		    size == 10 ? 200 : 409);
		assert_int_equal(
		    status_of(&s, &tree, 20, 30, NOW), size == 20 ? 200 : 409);
		end(&s);
		assert_true(at < 100);
	}
}

/* ---- its key ------------------------------------------------------------ */

static void
test_key(void **state)
{
	char text[CS_TLOG_WITNESS_KEY_SIZE];
	struct cs_tlog_witness_key read;

	(void)state;
	cs_tlog_witness_key_text(text, &key);
	assert_true(strncmp(text, "PRIVATE+KEY+witness.example/w1+", 31) == 0);
	assert_ok(cs_tlog_witness_key_read(&read, cs_view_str(text)));
	assert_memory_equal(&read.with, &key.with, sizeof key.with);
	assert_string_equal(read.who.key.name, key.who.key.name);
	for (size_t i = 0; text[i] != '\0'; i++) {
		char was = text[i];

		text[i] ^= 1;
		assert_err(cs_tlog_witness_key_read(&read, cs_view_str(text)),
		    CS_ERR_FORMAT);
		text[i] = '\0';
		assert_err(cs_tlog_witness_key_read(&read, cs_view_str(text)),
		    CS_ERR_FORMAT);
		text[i] = was;
	}
	strncat(text, "\n", sizeof text - strlen(text) - 1);
	assert_err(
	    cs_tlog_witness_key_read(&read, cs_view_str(text)), CS_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_put_back),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_failing),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
