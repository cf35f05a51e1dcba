/* SPDX-License-Identifier: MIT */
#include "programs/bench/crowd.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "programs/bench/bench.h"
#include "programs/bench/util.h"

void
bench_crowd_init(struct bench_crowd *c)
{
	memset(c, 0, sizeof *c);
	c->board = mmap(NULL, sizeof *c->board, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->board == MAP_FAILED)
		bench_must(CS_ERR_NOMEM, "memory");
}

bool
bench_crowd_fork(struct bench_crowd *c)
{
	pid_t pid;

	if (c->n == BENCH_MEMBERS_MAX)
		bench_must(CS_ERR_LIMIT, "too many at once");
	if ((pid = fork()) < 0)
		bench_must(CS_ERR_NOMEM, "a process");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return true;
	}
	c->pids[c->n++] = pid;
	return false;
}

void
bench_crowd_check(struct bench_crowd *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (waitpid(c->pids[i], NULL, WNOHANG) == 0)
			continue;
		/* It has printed the reason. */
		c->pids[i] = c->pids[--c->n];
		bench_crowd_end(c);
		exit(1);
	}
}

void
bench_crowd_wait(struct bench_crowd *c, int ready)
{
	while (c->board->ready < ready) {
		bench_crowd_check(c);
		usleep(10000);
	}
}

void
bench_crowd_end(struct bench_crowd *c)
{
	c->board->stop = 1;
	for (unsigned i = 0; i < c->n; i++) {
		kill(c->pids[i], SIGKILL);
		waitpid(c->pids[i], NULL, 0);
	}
	munmap(c->board, sizeof *c->board);
	memset(c, 0, sizeof *c);
}
