/* SPDX-License-Identifier: MIT */
/* What a process can do once it is confined, and what not: each try is made in
 * a child of its own. */
#include "family/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/temp_dir.h"

/* What a child has from before. */
struct had {
	struct cs_confined confined;
	int folder, file, listener;
	char outside[300];
};
/* In the child; 0: all was as expected. */
typedef int try(const struct had *had);

#define NOT_CONFINED 200

/* Those who are no root stay who they are. */
static struct cs_confinement
confinement(unsigned more, int folder)
{
	return (struct cs_confinement){
		.more = more, .uid = geteuid(), .folder = folder
	};
}

/* The wait status of a child that is confined and then tries. */
static int
run_as(const struct cs_confinement *how, struct had *had, try *t)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (cs_confine(&had->confined, how) != CS_OK)
			_exit(NOT_CONFINED);
		_exit(t(had));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static int
run(unsigned more, struct had *had, try *t)
{
	const struct cs_confinement how = confinement(more, had->folder);

	return run_as(&how, had, t);
}

static int
has_seccomp(const struct had *had)
{
	return had->confined.seccomp;
}

static int
has_landlock(const struct had *had)
{
	return had->confined.landlock;
}

/* Does a process lack it, once it is confined? */
static bool
lacks(try *has)
{
	struct had had = { .folder = open("/", O_PATH | O_CLOEXEC) };
	int status = run(CS_CONFINE_FILES, &had, has);

	close(had.folder);
	assert_true(WIFEXITED(status));
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return WEXITSTATUS(status) == 0;
}

/* ---- what always works, and what never does ------------------------------ */

static int
try_daily_work(const struct had *had)
{
	struct pollfd p = { had->file, POLLIN, 0 };
	struct timespec now;
	uint8_t bytes[4096];
	struct stat st;
	void *memory = malloc(5 << 20);

	if (memory == NULL || (memory = realloc(memory, 50 << 20)) == NULL)
		return 1;
	memset(memory, 1, 50 << 20);
	free(memory);
	if (clock_gettime(CLOCK_REALTIME, &now) != 0 ||
	    getentropy(bytes, 32) != 0)
		return 2;
	if (poll(&p, 1, 0) != 1 || fstat(had->file, &st) != 0)
		return 3;
	if (write(had->file, "words", 5) != 5 ||
	    lseek(had->file, 0, SEEK_SET) != 0 ||
	    read(had->file, bytes, sizeof bytes) != 5)
		return 4;
	return close(had->file) == 0 ? 0 : 5;
}

static bool
refused(long result)
{
	return result == -1 && (errno == EPERM || errno == EACCES);
}

static int
try_forbidden(const struct had *had)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	pid_t pid;
	void *memory;

	if (!refused(open("/proc/self/status", O_RDONLY)) ||
	    !refused(openat(had->folder, "file", O_RDONLY)) ||
	    !refused(open(had->outside, O_WRONLY | O_CREAT, 0600)))
		return 1;
	if (!refused(socket(AF_INET, SOCK_STREAM, 0)) ||
	    !refused(socket(AF_UNIX, SOCK_STREAM, 0)) ||
	    !refused(
		bind(had->listener, (struct sockaddr *)&any, sizeof any)) ||
	    !refused(
		connect(had->listener, (struct sockaddr *)&any, sizeof any)) ||
	    !refused(accept4(had->listener, NULL, NULL, 0)))
		return 2;
	if ((pid = fork()) == 0)
		_exit(0);
	if (!refused(pid))
		return 3;
	if (!refused(kill(getppid(), 0)) || !refused(setuid(0)) ||
	    !refused(chdir("/")) || !refused(mkdir("/tmp/x", 0700)) ||
	    !refused(unlink(had->outside)) ||
	    !refused(unlinkat(had->folder, "file", 0)) ||
	    !refused(fsync(had->file)) || !refused(ftruncate(had->file, 0)) ||
	    !refused(dup(had->file)))
		return 4;
	/* Memory is written or run, never both. */
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED ||
	    !refused(mprotect(memory, 4096, PROT_READ | PROT_EXEC)))
		return 5;
	return mmap(NULL, 4096, PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
		errno == EPERM
	    ? 0
	    : 6;
}

static int
try_execve(const struct had *had)
{
	char *const argv[] = { NULL };

	(void)had;
	execve("/bin/true", argv, argv);
	return 1;
}

static int
try_ptrace(const struct had *had)
{
	(void)had;
	(void)!ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	return 1;
}

static int
try_memory_of_another(const struct had *had)
{
	char bytes[8];
	const struct iovec here = { bytes, 8 }, there = { bytes, 8 };

	(void)had;
	(void)!process_vm_readv(getppid(), &here, 1, &there, 1, 0);
	return 1;
}

/* ---- files and sockets --------------------------------------------------- */

static int
try_folder(const struct had *had)
{
	char bytes[5];
	struct stat st;
	int fd = openat(had->folder, "new", O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || pwrite(fd, "words", 5, 0) != 5 || fsync(fd) != 0 ||
	    pread(fd, bytes, 5, 0) != 5 || ftruncate(fd, 1) != 0)
		return 1;
	if (renameat(had->folder, "new", had->folder, "name") != 0 ||
	    fstatat(had->folder, "name", &st, 0) != 0 || st.st_size != 1 ||
	    unlinkat(had->folder, "name", 0) != 0 || fsync(had->folder) != 0)
		return 2;
	/* Only files, and nothing of sockets. */
	if (!refused(mkdirat(had->folder, "folder", 0700)) ||
	    !refused(symlinkat("/etc/passwd", had->folder, "link")) ||
	    !refused(linkat(had->folder, "file", had->folder, "twin", 0)) ||
	    !refused(fchmodat(had->folder, "file", 0777, 0)) ||
	    !refused(socket(AF_UNIX, SOCK_STREAM, 0)) ||
	    !refused(accept4(had->listener, NULL, NULL, 0)))
		return 3;
	return 0;
}

static int
try_beside_folder(const struct had *had)
{
	if (!refused(openat(had->folder, "../outside", O_RDONLY)) ||
	    !refused(
		openat(had->folder, "../other", O_WRONLY | O_CREAT, 0600)) ||
	    !refused(open(had->outside, O_RDONLY)) ||
	    !refused(open("/etc/passwd", O_RDONLY)))
		return 1;
	if (!refused(unlinkat(had->folder, "../outside", 0)) ||
	    renameat(had->folder, "file", had->folder, "../other") == 0 ||
	    renameat(had->folder, "../outside", had->folder, "stolen") == 0)
		return 2;
	/* By a link that somebody else made, neither. */
	return refused(openat(had->folder, "link", O_RDONLY)) ? 0 : 3;
}

static int
try_database(const struct had *had)
{
	char bytes[5];

	if (pwrite(had->file, "words", 5, 0) != 5 ||
	    fdatasync(had->file) != 0 || pread(had->file, bytes, 5, 0) != 5 ||
	    ftruncate(had->file, 0) != 0 || fchmod(had->file, 0600) != 0)
		return 1;
	return refused(openat(had->folder, "file", O_RDONLY)) &&
		refused(unlinkat(had->folder, "file", 0))
	    ? 0
	    : 2;
}

static int
try_accept(const struct had *had)
{
	int fd = accept4(had->listener, NULL, NULL, SOCK_CLOEXEC);

	return (fd >= 0 || errno == EAGAIN) &&
		refused(openat(had->folder, "file", O_RDONLY))
	    ? 0
	    : 1;
}

static int
try_nobody(const struct had *had)
{
	if (!had->confined.user || getuid() != 65534 || geteuid() != 65534)
		return 1;
	/* What is open already stays so. */
	return write(had->file, "x", 1) == 1 ? 0 : 2;
}

/* ---- the tests ----------------------------------------------------------- */

struct world {
	struct temp_dir dir;
	struct had had;
};

static void
world_init(struct world *t)
{
	struct had *had = &t->had;

	memset(t, 0, sizeof *t);
	t->dir = temp_dir_new();
	snprintf(had->outside, sizeof had->outside, "%s",
	    temp_path(&t->dir, "outside"));
	close(open(had->outside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(mkdir(temp_path(&t->dir, "folder"), 0700), 0);
	had->folder = open(
	    temp_path(&t->dir, "folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(had->folder >= 0);
	had->file =
	    openat(had->folder, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(symlinkat("../outside", had->folder, "link"), 0);
	had->listener =
	    socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(listen(had->listener, 1), 0);
}

static void
world_clear(struct world *t)
{
	close(t->had.folder);
	close(t->had.file);
	close(t->had.listener);
	temp_dir_clear(&t->dir);
}

static void
assert_run(unsigned more, try *has, try *t, int status)
{
	struct world w;

	if (lacks(has))
		return;
	world_init(&w);
	assert_int_equal(run(more, &w.had, t), status);
	world_clear(&w);
}

static void
test_daily_work(void **state)
{
	(void)state;
	assert_run(0, has_seccomp, try_daily_work, 0);
}

static void
test_forbidden(void **state)
{
	(void)state;
	assert_run(0, has_seccomp, try_forbidden, 0);
}

/* Whoever does these is not refused, but ended. */
static void
test_deadly(void **state)
{
	const unsigned all =
	    CS_CONFINE_ACCEPT | CS_CONFINE_FILES | CS_CONFINE_DATABASE;

	(void)state;
	assert_run(all, has_seccomp, try_execve, SIGSYS);
	assert_run(all, has_seccomp, try_ptrace, SIGSYS);
	assert_run(all, has_seccomp, try_memory_of_another, SIGSYS);
}

static void
test_folder(void **state)
{
	(void)state;
	assert_run(CS_CONFINE_FILES, has_seccomp, try_folder, 0);
}

static void
test_beside_folder(void **state)
{
	(void)state;
	assert_run(CS_CONFINE_FILES, has_landlock, try_beside_folder, 0);
}

static void
test_database(void **state)
{
	(void)state;
	assert_run(CS_CONFINE_DATABASE, has_seccomp, try_database, 0);
}

static void
test_accept(void **state)
{
	(void)state;
	assert_run(CS_CONFINE_ACCEPT, has_seccomp, try_accept, 0);
}

/* Whom root starts does not stay root. */
static void
test_nobody(void **state)
{
	const struct cs_confinement how = { .stranger = true, .folder = -1 };
	struct world w;

	(void)state;
	if (geteuid() != 0)
		return;
	if (lacks(has_seccomp))
		return;
	world_init(&w);
	assert_int_equal(run_as(&how, &w.had, try_nobody), 0);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_daily_work),
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_deadly),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_beside_folder),
		cmocka_unit_test(test_database),
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_nobody),
	};

	if (lacks(has_seccomp)) {
		puts("1..0 # SKIP under a sanitizer nothing is confined");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
