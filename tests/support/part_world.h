/* SPDX-License-Identifier: MIT */
/*
 * One process of a family, without the family: the test is its parent.  It is
 * this program again, forked, and ends with part_end(), or after a minute.
 */
#pragma once

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family/hand.h"
#include "support/test.h"

struct part_world {
	pid_t pid;
	int socket; /* to hand things over */
};

static inline void
part_start(struct part_world *p, int (*part_main)(void))
{
	int pair[2];

	assert_ok(cs_hand_pair(pair));
	fflush(NULL);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		alarm(60);
		if (dup2(pair[1], CS_HAND_FD) != CS_HAND_FD ||
		    close_range(CS_HAND_FD + 1, ~0U, 0) != 0)
			_exit(90);
		_exit(part_main());
	}
	close(pair[1]);
	p->socket = pair[0];
}

/* Join it with the test, as if that were the part ${name}; our end. */
static inline int
part_join(const struct part_world *p, const char *name)
{
	struct cs_hand h = { .word = "link" };
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	h.length = (uint32_t)strlen(name);
	memcpy(h.bytes, name, h.length);
	h.fd = pair[1];
	assert_ok(cs_hand_send(p->socket, &h));
	close(pair[1]);
	return pair[0];
}

/* It has all that it needs, and works. */
static inline void
part_go(const struct part_world *p)
{
	struct cs_hand h;

	assert_ok(cs_hand_word(p->socket, "go", -1));
	assert_ok(cs_hand_take(&h, p->socket, true));
	assert_true(cs_hand_is(&h, "ready"));
}

/* Wait for its end; the exit status, or -1 if a signal ended it. */
static inline int
part_wait(struct part_world *p)
{
	int status;

	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	close(p->socket);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Tell it to stop; its exit status. */
static inline int
part_end(struct part_world *p)
{
	(void)!cs_hand_word(p->socket, "stop", -1);
	return part_wait(p);
}

/* ---- one that lies ------------------------------------------------------ */

/* Say what a channel of the other end takes for a message; ${length} is what it
 * announces. */
static inline void
part_say(
    int fd, uint8_t kind, uint64_t about, uint32_t length, struct cs_view bytes)
{
	uint8_t head[13];

	memcpy(head, &length, sizeof length);
	head[4] = kind;
	memcpy(head + 5, &about, sizeof about);
	assert_int_equal(
	    send(fd, head, sizeof head, MSG_NOSIGNAL), (ssize_t)sizeof head);
	if (bytes.len != 0)
		assert_int_equal(send(fd, bytes.data, bytes.len, MSG_NOSIGNAL),
		    (ssize_t)bytes.len);
}
