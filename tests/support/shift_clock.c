/* SPDX-License-Identifier: MIT */
/*
 * A library for LD_PRELOAD: the time of day is SHIFT_CLOCK_S seconds later, so
 * that a test need not wait for a week; with SHIFT_CLOCK_FROM as soon as there
 * is a file of that name.  No program of ours knows of it.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t
shift(void)
{
	const char *s = getenv("SHIFT_CLOCK_S");
	const char *from = getenv("SHIFT_CLOCK_FROM");

	if (s == NULL || (from != NULL && access(from, F_OK) != 0))
		return 0;
	return (time_t)strtol(s, NULL, 10);
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	static int (*real)(clockid_t id, struct timespec * ts);
	int result;

	if (real == NULL)
		*(void **)(&real) = dlsym(RTLD_NEXT, "clock_gettime");
	result = real(id, ts);
	if (result == 0 && id == CLOCK_REALTIME)
		ts->tv_sec += shift();
	return result;
}

time_t
time(time_t *out)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}
