/* SPDX-License-Identifier: MIT */
/* Calls to the system of which one fails, or is the process's last.  A test
 * puts functions of its own behind those that it counts ("counted" in
 * tests/meson.build), and each asks disk_call(). */
#pragma once

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "support/test.h"

/* What a process that made its last call ends with. */
#define KILLED 42

/* Of the calls from now on, the one that fails or is the last; 0: none. */
static unsigned fail_at, kill_at, calls;
/* What was done, a letter each, as the test says. */
static char trace[4096];

/* Does this call fail?  ${what} is noted; 0: nothing is. */
static inline bool
disk_call(char what)
{
	size_t n = strlen(trace);

	if (what != 0 && n < sizeof trace - 1)
		trace[n] = what;
	calls++;
	if (kill_at != 0 && calls == kill_at)
		_exit(KILLED);
	if (fail_at == 0 || calls != fail_at)
		return false;
	errno = EIO;
	return true;
}

static inline void
disk_count_from_here(void)
{
	calls = 0;
	memset(trace, 0, sizeof trace);
}

/* Half of it is written, which is what a full disk does. */
ssize_t __real_write(int fd, const void *data, size_t n);
static inline ssize_t
disk_write(char what, int fd, const void *data, size_t n)
{
	if (calls + 1 == kill_at || calls + 1 == fail_at)
		(void)!__real_write(fd, data, n / 2);
	return disk_call(what) ? -1 : __real_write(fd, data, n);
}
