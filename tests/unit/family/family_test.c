/* SPDX-License-Identifier: MIT */
/* A parent and its processes, which are this program again: "part NAME". */
#include "family/family.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family/part.h"
#include "store/clock.h"
#include "support/test.h"

#define PARTS 2

/* ---- the parts ----------------------------------------------------------- */

/* What a part is: both ends of a link tell their numbers, and the parent is
 * told of it. */
struct self {
	uint32_t number;
};

static enum cs_err
meet(const struct self *self, struct cs_hand *h)
{
	uint32_t other = 0;
	char name[CS_HAND_WORD_MAX];

	snprintf(
	    name, sizeof name, "%.*s", (int)h->length, (const char *)h->bytes);
	/* Who has just ended says nothing. */
	if (write(h->fd, &self->number, sizeof other) == sizeof other &&
	    read(h->fd, &other, sizeof other) == sizeof other)
		cs_part_tell(other == h->number ? "met" : "lied", other, name);
	close(h->fd);
	return CS_OK;
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct self *self = arg;
	char said[CS_HAND_WORD_MAX] = "";

	if (cs_hand_is(h, "number"))
		self->number = h->number;
	if (cs_hand_is(h, "link") && h->fd >= 0)
		return meet(self, h);
	if (cs_hand_is(h, "file") && h->fd >= 0) {
		(void)!pread(h->fd, said, sizeof said - 1, 0);
		cs_part_tell("file", 0, said);
	}
	if (h->fd >= 0)
		close(h->fd);
	return CS_OK;
}

/* As the name says. */
static int
be_part(const char *name)
{
	struct self self = { 0 };
	enum cs_err err = cs_part_begin(name);

	if (err || strcmp(name, "dies") == 0)
		return 3;
	if ((err = cs_part_take(&self, take, true)))
		return 4;
	if (strcmp(name, "fails") == 0) {
		cs_part_failed(CS_ERR_EXPIRED);
		return 0;
	}
	cs_part_tell("pid", (uint32_t)getpid(), "");
	if (cs_part_ready() != CS_OK)
		return 5;
	if (strcmp(name, "hasty") == 0)
		return 6;
	if (strcmp(name, "mute") == 0)
		close(cs_part_socket());
	if (strcmp(name, "mute") == 0 || strcmp(name, "stubborn") == 0)
		for (;;)
			pause();
	while ((err = cs_part_take(&self, take, true)) == CS_OK)
		;
	return err == CS_ERR_CLOSED ? 0 : 7;
}

/* ---- the parent ---------------------------------------------------------- */

struct world {
	struct cs_family *family;
	struct cs_family_part parts[PARTS];
	int file, watched;
	pid_t pid[PARTS];
	unsigned ready[PARTS], met[PARTS], files[PARTS], ended[PARTS];
	int status; /* of the last that ended */
	uint64_t ended_us[16];
	size_t n_ended;
	void (*check)(struct world *t);
};

static void
stop_watching(void)
{
	assert_int_equal(raise(SIGTERM), 0);
}

static enum cs_err
equip(void *arg, size_t part, int socket)
{
	const struct world *t = arg;

	(void)part;
	return cs_hand_word(socket, "file", t->file);
}

static void
said(void *arg, size_t part, const struct cs_hand *h)
{
	struct world *t = arg;

	assert_false(cs_hand_is(h, "lied"));
	if (cs_hand_is(h, "pid")) {
		t->pid[part] = (pid_t)h->number;
		t->ready[part]++;
	}
	if (cs_hand_is(h, "met")) {
		assert_int_equal(h->number, t->parts[1 - part].number);
		assert_view_equal(cs_view(h->bytes, h->length),
		    cs_view_str(t->parts[1 - part].name));
		t->met[part]++;
	}
	if (cs_hand_is(h, "file")) {
		assert_view_equal(
		    cs_view(h->bytes, h->length), cs_view_str("read me"));
		t->files[part]++;
	}
	if (t->check != NULL)
		t->check(t);
}

static void
ended(void *arg, size_t part, int status)
{
	struct world *t = arg;

	t->ended[part]++;
	t->status = status;
	if (t->n_ended < sizeof t->ended_us / sizeof *t->ended_us)
		t->ended_us[t->n_ended++] = cs_clock_us();
	if (t->check != NULL)
		t->check(t);
}

static void
changed(void *arg, struct cs_family *f)
{
	struct world *t = arg;
	uint64_t n;

	assert_int_equal(read(t->watched, &n, sizeof n), sizeof n);
	assert_ok(cs_family_equip(f, 0));
}

/* Two parts of these names, the first numbered 7 and the second 8, joined. */
static enum cs_err
start(struct world *t, const char *first, const char *second)
{
	static const struct cs_family_link link = { 0, 1 };
	char path[] = "/tmp/countersign-test-XXXXXX";
	const struct cs_family_config config = {
		.parts = t->parts,
		.n_parts = PARTS,
		.links = &link,
		.n_links = 1,
		.arg = t,
		.equip = equip,
		.said = said,
		.ended = ended,
		.watched = eventfd(0, EFD_CLOEXEC),
		.changed = changed,
	};

	memset(t, 0, sizeof *t);
	t->parts[0] = (struct cs_family_part){ first, 7 };
	t->parts[1] = (struct cs_family_part){ second, 8 };
	t->watched = config.watched;
	t->file = mkostemp(path, O_CLOEXEC);
	assert_true(t->file >= 0);
	unlink(path);
	assert_int_equal(write(t->file, "read me", 7), 7);
	return cs_family_start(&t->family, &config);
}

static void
end(struct world *t)
{
	if (t->family != NULL)
		cs_family_end(t->family);
	close(t->file);
	close(t->watched);
	/* None is left, not even a dead one. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* ---- what is tested ------------------------------------------------------ */

static void
both_met(struct world *t)
{
	if (t->met[0] != 0 && t->met[1] != 0 && t->files[0] != 0)
		stop_watching();
}

static void
test_links(void **state)
{
	struct world t;

	(void)state;
	assert_ok(start(&t, "meets", "greets"));
	assert_true(t.pid[0] > 0 && t.pid[1] > 0 && t.pid[0] != t.pid[1]);
	/* What the second said before it was ready has been heard. */
	assert_int_equal(t.met[1], 1);
	assert_int_equal(t.files[1], 1);
	t.check = both_met;
	t.check(&t);
	assert_ok(cs_family_watch(t.family));
	assert_int_equal(t.met[0], 1);
	assert_int_equal(t.ended[0] + t.ended[1], 0);
	end(&t);
}

static void
equipped_again(struct world *t)
{
	if (t->files[0] == 2)
		stop_watching();
}

static void
test_equip(void **state)
{
	struct world t;
	uint64_t one = 1;

	(void)state;
	assert_ok(start(&t, "meets", "greets"));
	assert_int_equal(write(t.watched, &one, sizeof one), sizeof one);
	t.check = equipped_again;
	assert_ok(cs_family_watch(t.family));
	assert_int_equal(t.files[1], 1);
	end(&t);
}

/* By SIGKILL, by a fault, and then it is enough. */
static void
kill_second(struct world *t)
{
	if (t->met[0] != t->ready[1] || t->met[1] != t->ready[1] ||
	    t->ended[1] + 1 != t->ready[1])
		return;
	switch (t->ended[1]) {
	case 0:
		kill(t->pid[1], SIGKILL);
		return;
	case 1:
		assert_true(WIFSIGNALED(t->status));
		assert_int_equal(WTERMSIG(t->status), SIGKILL);
		kill(t->pid[1], SIGSEGV);
		return;
	default:
		assert_int_not_equal(t->status, 0);
		stop_watching();
	}
}

/* Started anew, with all that it needs; the other has a link to the new one. */
static void
test_anew(void **state)
{
	struct world t;

	(void)state;
	assert_ok(start(&t, "meets", "greets"));
	t.check = kill_second;
	t.check(&t);
	assert_ok(cs_family_watch(t.family));
	assert_int_equal(t.ended[1], 2);
	assert_int_equal(t.met[0], 3);
	assert_int_equal(t.met[1], 3);
	assert_int_equal(t.files[1], 3);
	assert_int_equal(t.ended[0], 0);
	assert_int_equal(t.files[0], 1);
	end(&t);
}

static void
test_start_fails(void **state)
{
	struct cs_family_config many = { .n_parts = 1000 };
	struct cs_family *family;
	struct world t;

	(void)state;
	assert_err(start(&t, "meets", "fails"), CS_ERR_EXPIRED);
	assert_null(t.family);
	end(&t);
	assert_err(start(&t, "dies", "meets"), CS_ERR_CLOSED);
	end(&t);
	assert_err(cs_family_start(&family, &many), CS_ERR_MISUSE);
	assert_null(family);
}

static void
five_times(struct world *t)
{
	if (t->ended[0] == 5)
		stop_watching();
}

/* One that dies at once is started at once, then after a while, then after
 * twice as long. */
static void
test_hasty(void **state)
{
	struct world t;

	(void)state;
	assert_ok(start(&t, "hasty", "meets"));
	t.check = five_times;
	assert_ok(cs_family_watch(t.family));
	assert_int_equal(t.n_ended, 5);
	assert_true(t.ended_us[4] - t.ended_us[0] >= (50 + 100 + 200) * 1000);
	assert_true(WIFEXITED(t.status));
	assert_int_equal(WEXITSTATUS(t.status), 6);
	end(&t);
}

static void
second_ended(struct world *t)
{
	if (t->ended[1] != 0)
		stop_watching();
}

/* Its end of the socket would be found closed again and again. */
static void
test_mute(void **state)
{
	struct world t;

	(void)state;
	assert_ok(start(&t, "meets", "mute"));
	t.check = second_ended;
	assert_ok(cs_family_watch(t.family));
	assert_true(WIFSIGNALED(t.status));
	assert_int_equal(t.ended[0], 0);
	end(&t);
}

/* Nobody waits without end for one that does not read what it is told. */
static void
test_deaf(void **state)
{
	enum cs_err err = CS_OK;
	struct world t;

	(void)state;
	assert_ok(start(&t, "meets", "stubborn"));
	while (err == CS_OK)
		err = cs_family_equip(t.family, 1);
	assert_err(err, CS_ERR_CLOSED);
	t.check = second_ended;
	assert_ok(cs_family_watch(t.family));
	assert_int_equal(WTERMSIG(t.status), SIGKILL);
	assert_int_equal(t.ended[0], 0);
	end(&t);
}

static void
test_stubborn(void **state)
{
	struct world t;

	(void)state;
	assert_ok(start(&t, "meets", "stubborn"));
	assert_int_equal(kill(t.pid[1], 0), 0);
	end(&t);
	assert_int_equal(kill(t.pid[1], 0), -1);
}

/* A parent in a process of its own, which says who its parts are. */
static _Noreturn void
be_parent(int out)
{
	struct world t;

	if (start(&t, "meets", "stubborn") != CS_OK ||
	    write(out, t.pid, sizeof t.pid) != (ssize_t)sizeof t.pid)
		_exit(1);
	(void)!cs_family_watch(t.family);
	_exit(2);
}

static void
test_parent_killed(void **state)
{
	pid_t parent, pid[PARTS];
	int pipes[2], status;

	(void)state;
	/* Orphans come to this process. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	if ((parent = fork()) == 0)
		be_parent(pipes[1]);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], pid, sizeof pid), sizeof pid);
	close(pipes[0]);
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	for (size_t i = 0; i < PARTS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		/* The first may have found its socket closed before. */
		if (i == 1 || status != 0)
			assert_int_equal(WTERMSIG(status), SIGKILL);
	}
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0), 0);
}

/* Without a parent there is no part. */
static void
test_no_parent(void **state)
{
	int status, pair[2];
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		close(CS_HAND_FD);
		/* Nothing there, and then a socket of another kind. */
		if (cs_part_begin("part") != CS_ERR_MISUSE ||
		    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 ||
		    dup2(pair[1], CS_HAND_FD) < 0)
			_exit(1);
		_exit(cs_part_begin("part") == CS_ERR_MISUSE ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_equip),
		cmocka_unit_test(test_anew),
		cmocka_unit_test(test_start_fails),
		cmocka_unit_test(test_hasty),
		cmocka_unit_test(test_mute),
		cmocka_unit_test(test_deaf),
		cmocka_unit_test(test_stubborn),
		cmocka_unit_test(test_parent_killed),
		cmocka_unit_test(test_no_parent),
	};

	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return be_part(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
