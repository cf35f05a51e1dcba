/* SPDX-License-Identifier: MIT */
/*
 * A library for LD_PRELOAD: whoever took over a process that reads the network.
 * When it lets somebody in, or connects, for the first time, it tries what it
 * should not be able to do, and says on standard error what came of it, as
 * "intruder NAME: TRIED=ERRNO ..." with 0 for what worked.  INTRUDER names a
 * file that it wants.  No program of ours knows of it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAGE 4096

static char name[32];
static const char *wanted;

/* Before main(): what it is, which it cannot look up later on. */
__attribute__((constructor)) static void
begin(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "part") == 0)
		snprintf(name, sizeof name, "%s", argv[2]);
	wanted = getenv("INTRUDER");
}

static char said[512];

static void
tried(const char *what, long result)
{
	size_t n = strlen(said);

	snprintf(
	    said + n, sizeof said - n, " %s=%d", what, result < 0 ? errno : 0);
}

static void
intrude(void)
{
	char line[600];
	void *page;

	if (name[0] == '\0' || wanted == NULL)
		return;
	tried("read", open(wanted, O_RDONLY));
	tried("write", open(wanted, O_WRONLY));
	tried("create", open("/tmp/intruder", O_CREAT | O_WRONLY, 0600));
	tried("folder", open("/", O_RDONLY | O_DIRECTORY));
	tried("unlink", unlink(wanted));
	tried("local", socket(AF_UNIX, SOCK_STREAM, 0));
	tried("packets", socket(AF_INET, SOCK_DGRAM, 0));
	if (strcmp(name, "link") != 0)
		tried("stream", socket(AF_INET, SOCK_STREAM, 0));
	tried("kill", kill(getppid(), SIGCONT));
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	tried("code", mprotect(page, PAGE, PROT_READ | PROT_EXEC));
	tried("memory", open("/proc/self/mem", O_RDWR));
	tried("fork", fork());
	snprintf(line, sizeof line, "intruder %s:%s\n", name, said);
	wanted = NULL;
	(void)!write(2, line, strlen(line));
}

int
accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	static int (*real)(
	    int fd, struct sockaddr *addr, socklen_t *len, int flags);

	if (real == NULL)
		*(void **)(&real) = dlsym(RTLD_NEXT, "accept4");
	intrude();
	return real(fd, addr, len, flags);
}

int
connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	static int (*real)(int fd, const struct sockaddr *addr, socklen_t len);

	if (real == NULL)
		*(void **)(&real) = dlsym(RTLD_NEXT, "connect");
	intrude();
	return real(fd, addr, len);
}
