/* SPDX-License-Identifier: MIT */
/*
 * A library for LD_PRELOAD: the time of day is SHIFT_CLOCK_S seconds later, so
 * that a test need not wait for a week.  No program of ours knows of it.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static time_t
shift(void)
{
	const char *s = getenv("SHIFT_CLOCK_S");

	return s != NULL ? (time_t)strtol(s, NULL, 10) : 0;
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
