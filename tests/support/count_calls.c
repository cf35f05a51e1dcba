/* SPDX-License-Identifier: MIT */
/*
 * A library for LD_PRELOAD: counts what a member's program asks of its database
 * and the log beside it, so that a test can say what a command costs without a
 * clock.  At its end the counts are written into the file COUNT_CALLS, as
 * "reads N writes N syncs N".  With COUNT_CALLS_DIE the program kills itself
 * right before the write or sync of that number.  No program of ours knows of
 * it.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long reads, writes, syncs;

/* The next function of this name, which is what the program asked for. */
#define NEXT(real, name)                                                       \
	do                                                                     \
		if (real == NULL)                                              \
			*(void **)(&real) = dlsym(RTLD_NEXT, name);            \
	while (0)

static int
is_database(int fd)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	return strstr(path, "/client.db") != NULL;
}

static void
change(int fd, unsigned long *count)
{
	const char *die = getenv("COUNT_CALLS_DIE");

	if (!is_database(fd))
		return;
	++*count;
	if (die != NULL && writes + syncs == strtoul(die, NULL, 10))
		raise(SIGKILL);
}

ssize_t
pread64(int fd, void *out, size_t n, off64_t at)
{
	static ssize_t (*real)(int fd, void *out, size_t n, off64_t at);

	NEXT(real, "pread64");
	reads += is_database(fd);
	return real(fd, out, n, at);
}

ssize_t
pwrite64(int fd, const void *in, size_t n, off64_t at)
{
	static ssize_t (*real)(int fd, const void *in, size_t n, off64_t at);

	NEXT(real, "pwrite64");
	change(fd, &writes);
	return real(fd, in, n, at);
}

int
ftruncate64(int fd, off64_t n)
{
	static int (*real)(int fd, off64_t n);

	NEXT(real, "ftruncate64");
	change(fd, &writes);
	return real(fd, n);
}

int
fsync(int fd)
{
	static int (*real)(int fd);

	NEXT(real, "fsync");
	change(fd, &syncs);
	return real(fd);
}

int
fdatasync(int fd)
{
	static int (*real)(int fd);

	NEXT(real, "fdatasync");
	change(fd, &syncs);
	return real(fd);
}

static void __attribute__((destructor)) tell(void)
{
	const char *path = getenv("COUNT_CALLS");
	FILE *f = path != NULL ? fopen(path, "w") : NULL;

	if (f == NULL)
		return;
	fprintf(f, "reads %lu writes %lu syncs %lu\n", reads, writes, syncs);
	fclose(f);
}
