/* SPDX-License-Identifier: MIT */
#include "family/family.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/units.h"
#include "store/clock.h"

#define PARTS_MAX 80
#define START_MS (60 * CS_SECOND_MS) /* for a part to be ready at first */
#define STOP_FIRST_MS (20 * CS_SECOND_MS)
#define STOP_MS (5 * CS_SECOND_MS)
#define SHORT_LIFE_MS CS_SECOND_MS /* it was not worth starting at once */
#define WAIT_MS 50                 /* before the next start then, doubled */
#define WAIT_MAX_MS (5 * CS_SECOND_MS)
#define DEAF_MS (2 * CS_SECOND_MS) /* for a part to read what it is told */
#define HIGH_FD 10 /* above those that a part finds in their place */

struct part {
	pid_t pid;   /* 0: it is not there */
	int socket;  /* the parent's end; -1 */
	bool linked; /* it has been handed its links */
	uint64_t started_ms, due_ms, wait_ms;
};

struct cs_family {
	struct cs_family_config config;
	struct part parts[PARTS_MAX];
	int program; /* this one, open */
	int signals;
	bool stops; /* cs_family_stop() */
	sigset_t before;
};

static uint64_t
now_ms(void)
{
	return cs_clock_us() / 1000;
}

/* ---- starting one ------------------------------------------------------- */

/* In the child: become the part.  Only calls that are safe after fork(). */
static void
become_part(const struct cs_family *f, size_t i, int socket)
{
	char *argv[] = { program_invocation_short_name,
		(char *)(uintptr_t) "part",
		(char *)(uintptr_t)f->config.parts[i].name, NULL };
	int own = fcntl(socket, F_DUPFD_CLOEXEC, HIGH_FD);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && own >= 0 &&
	    dup2(own, CS_HAND_FD) == CS_HAND_FD &&
	    close_range(CS_HAND_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0 &&
	    sigprocmask(SIG_SETMASK, &f->before, NULL) == 0)
		execveat(f->program, "", argv, environ, AT_EMPTY_PATH);
	_exit(127);
}

/* Hand the part ${i} one end of a link, whose other end ${other} has. */
static enum cs_err
hand_link(const struct cs_family *f, size_t i, size_t other, int fd)
{
	const struct cs_family_part *part = &f->config.parts[other];
	struct cs_hand h = { .word = "link", .number = part->number, .fd = fd };

	h.length = (uint32_t)strlen(part->name);
	memcpy(h.bytes, part->name, h.length);
	return cs_hand_send(f->parts[i].socket, &h);
}

/* Join ${i} with ${other}, if that is there. */
static enum cs_err
join(const struct cs_family *f, size_t i, size_t other)
{
	int pair[2];
	enum cs_err err;

	if (f->parts[other].pid == 0 || !f->parts[other].linked)
		return CS_OK;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return CS_ERR_IO;
	err = hand_link(f, i, other, pair[0]);
	/* One that has just ended is joined when it starts anew, and one that
	 * does not read its socket has to. */
	if (err == CS_OK && hand_link(f, other, i, pair[1]) != CS_OK)
		kill(f->parts[other].pid, SIGKILL);
	close(pair[0]);
	close(pair[1]);
	return err;
}

static enum cs_err
furnish(struct cs_family *f, size_t i)
{
	const struct cs_family_config *config = &f->config;
	enum cs_err err;

	if ((err = cs_hand_bytes(f->parts[i].socket, "number",
		 config->parts[i].number, cs_view(NULL, 0))) ||
	    (err = config->equip(config->arg, i, f->parts[i].socket)))
		return err;
	f->parts[i].linked = true;
	for (size_t l = 0; err == CS_OK && l < config->n_links; l++) {
		if (config->links[l].a == i)
			err = join(f, i, config->links[l].b);
		else if (config->links[l].b == i)
			err = join(f, i, config->links[l].a);
	}
	return err ? err : cs_hand_word(f->parts[i].socket, "go", -1);
}

static enum cs_err
start(struct cs_family *f, size_t i)
{
	/* A part that reads nothing must not keep the parent waiting. */
	const struct timeval deaf = { .tv_sec = DEAF_MS / CS_SECOND_MS };
	struct part *p = &f->parts[i];
	int pair[2];
	pid_t pid;
	enum cs_err err;

	if ((err = cs_hand_pair(pair)))
		return err;
	(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &deaf, sizeof deaf);
	if ((pid = fork()) == 0)
		become_part(f, i, pair[1]);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return CS_ERR_IO;
	}
	p->pid = pid;
	p->socket = pair[0];
	p->linked = false;
	p->started_ms = now_ms();
	/* A part that does not live to take it is started anew. */
	err = furnish(f, i);
	if (err == CS_ERR_CLOSED)
		kill(pid, SIGKILL);
	return err == CS_ERR_CLOSED ? CS_OK : err;
}

/* ---- listening ---------------------------------------------------------- */

/* What a part says: CS_OK once it is ready, CS_ERR_BUSY before, or what it
 * failed with. */
static enum cs_err
hear(struct cs_family *f, size_t i)
{
	const struct cs_family_config *config = &f->config;
	struct cs_hand h;
	enum cs_err err = cs_hand_take(&h, f->parts[i].socket, false);

	if (err)
		return err;
	if (h.fd >= 0)
		close(h.fd);
	if (cs_hand_is(&h, "ready"))
		return CS_OK;
	if (cs_hand_is(&h, "failed"))
		return h.number != CS_OK ? (enum cs_err)h.number : CS_ERR_IO;
	config->said(config->arg, i, &h);
	return CS_ERR_BUSY;
}

static enum cs_err
await_ready(struct cs_family *f, size_t i)
{
	uint64_t patience_ms =
	    f->config.start_ms != 0 ? f->config.start_ms : START_MS;
	uint64_t end_ms = now_ms() + patience_ms;
	enum cs_err err = CS_ERR_BUSY;

	while (err == CS_ERR_BUSY) {
		struct pollfd p = { f->parts[i].socket, POLLIN, 0 };
		uint64_t now = now_ms();

		if (now >= end_ms)
			return CS_ERR_TIMEOUT;
		if (poll(&p, 1, (int)(end_ms - now)) < 0 && errno != EINTR)
			return CS_ERR_IO;
		if (p.revents != 0)
			err = hear(f, i);
	}
	return err;
}

/* ---- ending and starting anew ------------------------------------------- */

static void
forget(struct part *p)
{
	uint64_t now = now_ms();

	if (p->socket >= 0)
		close(p->socket);
	p->socket = -1;
	p->pid = 0;
	p->linked = false;
	if (now - p->started_ms >= SHORT_LIFE_MS)
		p->wait_ms = 0;
	p->due_ms = now + p->wait_ms;
	p->wait_ms = p->wait_ms == 0 ? WAIT_MS : p->wait_ms * 2;
	if (p->wait_ms > WAIT_MAX_MS)
		p->wait_ms = WAIT_MAX_MS;
}

/* Take note of those that have ended. */
static void
reap(struct cs_family *f, bool tell)
{
	const struct cs_family_config *config = &f->config;

	for (size_t i = 0; i < config->n_parts; i++) {
		int status;

		if (f->parts[i].pid == 0 ||
		    waitpid(f->parts[i].pid, &status, WNOHANG) !=
			f->parts[i].pid)
			continue;
		forget(&f->parts[i]);
		if (tell)
			config->ended(config->arg, i, status);
	}
}

/* Start anew what is due; how long until the next is, or -1. */
static int
start_due(struct cs_family *f)
{
	uint64_t now = now_ms(), next = UINT64_MAX;

	for (size_t i = 0; i < f->config.n_parts; i++) {
		struct part *p = &f->parts[i];

		if (p->pid == 0 && p->due_ms <= now && start(f, i) != CS_OK)
			p->due_ms = now + WAIT_MAX_MS;
		if (p->pid == 0 && p->due_ms < next)
			next = p->due_ms;
	}
	return next == UINT64_MAX ? -1 : next <= now ? 0 : (int)(next - now);
}

/* A signal that says to stop, if one has come. */
static bool
is_told_to_stop(struct cs_family *f)
{
	struct signalfd_siginfo info;
	bool stops = false;

	while (read(f->signals, &info, sizeof info) == (ssize_t)sizeof info)
		stops |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
	return stops;
}

/* A part whose socket is closed, or says what no part does, is over: if it is
 * not about to end by itself, it has been taken over, and would have the parent
 * look at its socket without end. */
static void
listen_to(struct cs_family *f, size_t i)
{
	enum cs_err err = hear(f, i);

	if (err == CS_ERR_CLOSED || err == CS_ERR_FORMAT)
		kill(f->parts[i].pid, SIGKILL);
}

/* Tick if it is time, and shorten ${wait}, -1 for without end, to the next. */
static int
until_tick(struct cs_family *f, uint64_t *ticked_us, int wait)
{
	const struct cs_family_config *config = &f->config;
	uint64_t passed_ms;
	int left;

	if (config->tick_ms == 0)
		return wait;
	passed_ms = (cs_clock_us() - *ticked_us) / 1000;
	if (passed_ms >= config->tick_ms) {
		*ticked_us = cs_clock_us();
		passed_ms = 0;
		config->tick(config->arg);
	}
	left = (int)(config->tick_ms - passed_ms);
	return wait < 0 || left < wait ? left : wait;
}

enum cs_err
cs_family_watch(struct cs_family *f)
{
	const struct cs_family_config *config = &f->config;
	size_t n = config->n_parts;
	uint64_t ticked_us = cs_clock_us();

	for (;;) {
		struct pollfd p[PARTS_MAX + 2];
		int wait = until_tick(f, &ticked_us, start_due(f));

		for (size_t i = 0; i < n; i++)
			p[i] = (struct pollfd){ f->parts[i].socket, POLLIN, 0 };
		p[n] = (struct pollfd){ f->signals, POLLIN, 0 };
		p[n + 1] = (struct pollfd){ config->watched, POLLIN, 0 };
		if (poll(p, n + 2, wait) < 0 && errno != EINTR)
			return CS_ERR_IO;
		if (is_told_to_stop(f))
			return CS_OK;
		for (size_t i = 0; i < n; i++)
			if (p[i].revents != 0)
				listen_to(f, i);
		reap(f, true);
		if (f->stops)
			return CS_OK;
		if ((p[n + 1].revents & POLLIN) != 0)
			config->changed(config->arg, f);
	}
}

void
cs_family_stop(struct cs_family *f)
{
	f->stops = true;
}

enum cs_err
cs_family_equip(struct cs_family *f, size_t part)
{
	const struct cs_family_config *config = &f->config;
	enum cs_err err;

	if (f->parts[part].pid == 0)
		return CS_OK; /* it is given all of it when it starts */
	err = config->equip(config->arg, part, f->parts[part].socket);
	if (err == CS_ERR_CLOSED)
		kill(f->parts[part].pid, SIGKILL);
	return err;
}

/* ---- all of them -------------------------------------------------------- */

static bool
any_left(const struct cs_family *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (f->parts[i].pid != 0)
			return true;
	return false;
}

/* Tell the parts ${from} to ${to} to stop; those that do not are ended. */
static void
stop(struct cs_family *f, size_t from, size_t to, uint64_t patience_ms)
{
	uint64_t end_ms = now_ms() + patience_ms;

	for (size_t i = from; i < to; i++)
		if (f->parts[i].pid != 0)
			(void)!cs_hand_word(f->parts[i].socket, "stop", -1);
	while (any_left(f, from, to)) {
		struct pollfd p = { f->signals, POLLIN, 0 };
		uint64_t now = now_ms();

		reap(f, false);
		if (!any_left(f, from, to))
			return;
		if (now >= end_ms)
			break;
		(void)poll(&p, 1, (int)(end_ms - now));
		(void)is_told_to_stop(f);
	}
	for (size_t i = from; i < to; i++)
		if (f->parts[i].pid != 0) {
			kill(f->parts[i].pid, SIGKILL);
			(void)waitpid(f->parts[i].pid, NULL, 0);
			forget(&f->parts[i]);
		}
}

void
cs_family_end(struct cs_family *f)
{
	size_t first = f->config.stops_first;

	stop(f, first, first + 1, STOP_FIRST_MS);
	stop(f, 0, f->config.n_parts, STOP_MS);
	if (f->signals >= 0)
		close(f->signals);
	if (f->program >= 0)
		close(f->program);
	(void)sigprocmask(SIG_SETMASK, &f->before, NULL);
	cs_free(f, sizeof *f);
}

/* Signals come one after the other, where they are waited for. */
static enum cs_err
take_signals(struct cs_family *f)
{
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &ours, &f->before) != 0)
		return CS_ERR_IO;
	f->signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	return f->signals >= 0 ? CS_OK : CS_ERR_IO;
}

enum cs_err
cs_family_start(struct cs_family **out, const struct cs_family_config *config)
{
	struct cs_family *f = cs_calloc(1, sizeof *f);
	enum cs_err err;
	int program;

	*out = NULL;
	if (f == NULL || config->n_parts > PARTS_MAX) {
		cs_free_plain(f);
		return f == NULL ? CS_ERR_NOMEM : CS_ERR_MISUSE;
	}
	f->config = *config;
	f->signals = f->program = -1;
	for (size_t i = 0; i < PARTS_MAX; i++)
		f->parts[i].socket = -1;
	err = take_signals(f);
	program = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	if (program >= 0) {
		f->program = fcntl(program, F_DUPFD_CLOEXEC, HIGH_FD);
		close(program);
	}
	if (err == CS_OK && f->program < 0)
		err = CS_ERR_IO;
	for (size_t i = 0; err == CS_OK && i < config->n_parts; i++)
		if ((err = start(f, i)) == CS_OK)
			err = await_ready(f, i);
	if (err)
		cs_family_end(f);
	else
		*out = f;
	return err;
}
