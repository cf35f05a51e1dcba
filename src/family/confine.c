/* SPDX-License-Identifier: MIT */
#include "family/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#endif
#ifndef ASAN
#define ASAN 0
#endif

#define NOBODY 65534

/* ---- seccomp ------------------------------------------------------------ */

/* Memory, time, waiting, and descriptors that are there already. */
static const int always[] = {
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(sendmsg),
	SCMP_SYS(close),
	SCMP_SYS(shutdown),
	SCMP_SYS(fcntl),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat), /* which is how glibc spells fstat() */
	SCMP_SYS(lseek),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt),
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(mlock),
	SCMP_SYS(munlock),
	SCMP_SYS(futex),
	SCMP_SYS(sched_yield),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getrusage),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

static const struct {
	unsigned more;
	int call;
} also[] = {
	{ CS_CONFINE_ACCEPT, SCMP_SYS(accept4) },
	{ CS_CONFINE_ACCEPT | CS_CONFINE_CONNECT, SCMP_SYS(getpeername) },
	{ CS_CONFINE_ACCEPT | CS_CONFINE_CONNECT, SCMP_SYS(getsockname) },
	{ CS_CONFINE_CONNECT, SCMP_SYS(connect) },
	{ CS_CONFINE_FILES, SCMP_SYS(openat) },
	{ CS_CONFINE_FILES, SCMP_SYS(unlinkat) },
	{ CS_CONFINE_FILES, SCMP_SYS(renameat) },
	{ CS_CONFINE_FILES, SCMP_SYS(renameat2) },
	{ CS_CONFINE_FILES, SCMP_SYS(sync_file_range) },
	{ CS_CONFINE_FILES | CS_CONFINE_DATABASE, SCMP_SYS(pread64) },
	{ CS_CONFINE_FILES | CS_CONFINE_DATABASE, SCMP_SYS(pwrite64) },
	{ CS_CONFINE_FILES | CS_CONFINE_DATABASE, SCMP_SYS(ftruncate) },
	{ CS_CONFINE_FILES | CS_CONFINE_DATABASE, SCMP_SYS(fsync) },
	{ CS_CONFINE_FILES | CS_CONFINE_DATABASE, SCMP_SYS(fdatasync) },
	{ CS_CONFINE_FOLDERS, SCMP_SYS(rename) },
	{ CS_CONFINE_FOLDERS, SCMP_SYS(unlink) },
	{ CS_CONFINE_FOLDERS, SCMP_SYS(mkdir) },
	{ CS_CONFINE_FOLDERS, SCMP_SYS(rmdir) },
	{ CS_CONFINE_FOLDERS, SCMP_SYS(getdents64) },
	{ CS_CONFINE_FOLDERS, SCMP_SYS(syncfs) },
	{ CS_CONFINE_DATABASE, SCMP_SYS(fallocate) },
	{ CS_CONFINE_DATABASE, SCMP_SYS(fchmod) },
	{ CS_CONFINE_DATABASE, SCMP_SYS(fchown) },
	/* SQLite looks whether its files are still there. */
	{ CS_CONFINE_DATABASE, SCMP_SYS(stat) },
	{ CS_CONFINE_DATABASE, SCMP_SYS(lstat) },
	{ CS_CONFINE_DATABASE, SCMP_SYS(access) },
};

/* What is refused to those who may run programs: to wait for others, to look
 * into other processes, and what only those need who rule a system. */
static const int refused[] = {
	SCMP_SYS(bind),
	SCMP_SYS(listen),
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(connect),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(kexec_load),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(personality),
};

/* Not only refused: whoever tries these is no longer the program that was
 * started. */
static const int deadly[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
};

static int
add_rules(scmp_filter_ctx ctx, unsigned more)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, always[i], 0);
	for (size_t i = 0; i < sizeof also / sizeof *also; i++)
		if ((also[i].more & more) != 0)
			failed |= seccomp_rule_add(
			    ctx, SCMP_ACT_ALLOW, also[i].call, 0);
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
		failed |=
		    seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
	if ((more & CS_CONFINE_CONNECT) != 0)
		failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW,
		    SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_EQ, AF_INET),
		    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_STREAM));
	/* Nothing that is not there yet can be run. */
	failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* malloc() widens its heaps by this call. */
	failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return failed;
}

/* The other way round, for those of whom nobody knows what they call. */
static int
add_refusals(scmp_filter_ctx ctx, unsigned more)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	const bool names = (more & CS_CONFINE_NAMES) != 0;
	int failed = 0;

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (!names || refused[i] != SCMP_SYS(connect))
			failed |= seccomp_rule_add(ctx, no, refused[i], 0);
	if (!names)
		return failed |
		    seccomp_rule_add(ctx, no, SCMP_SYS(socket), 1,
			SCMP_A0(SCMP_CMP_NE, AF_UNIX));
	/* Who looks up names asks resolvers, and the kernel for addresses. */
	failed |= seccomp_rule_add(
	    ctx, no, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, AF_NETLINK));
	failed |=
	    seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(execve), 0);
	return failed |
	    seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(execveat), 0);
}

/* Everything else fails with EPERM: a library that asks for more than it needs
 * goes on without. */
static enum cs_err
filter_calls(unsigned more)
{
	bool programs = (more & (CS_CONFINE_PROGRAMS | CS_CONFINE_NAMES)) != 0;
	scmp_filter_ctx ctx =
	    seccomp_init(programs ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	enum cs_err err = CS_ERR_IO;

	if (ctx == NULL)
		return CS_ERR_NOMEM;
	if ((programs ? add_refusals(ctx, more) : add_rules(ctx, more)) == 0 &&
	    seccomp_load(ctx) == 0)
		err = CS_OK;
	seccomp_release(ctx);
	return err;
}

/* ---- Landlock ----------------------------------------------------------- */

/* All rights over files that version 1 of Landlock knows. */
#define LANDLOCK_V1 ((1ULL << 13) - 1)
#define LANDLOCK_TRUNCATE (1ULL << 14) /* version 3 */
/* Bind and connect, version 4; abstract sockets and signals, version 6. */
#define LANDLOCK_TCP 3ULL
#define LANDLOCK_SCOPES 3ULL

/* As the kernel knows it in version 6; earlier ones take a part of it. */
struct ruleset {
	uint64_t files, net, scoped;
};

static size_t
ruleset_size(long version)
{
	return version >= 6 ? 24 : version >= 4 ? 16 : 8;
}

/* All that writes.  To execute, to read files and to read folders are the
 * bits 0, 2 and 3. */
#define LANDLOCK_WRITES (LANDLOCK_V1 & ~0xdULL)
#define LANDLOCK_REFER (1ULL << 13) /* version 2 */

static long
landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

/* What is no longer allowed but where a rule says so. */
static struct ruleset
rules_for(const struct cs_confinement *how, long version)
{
	struct ruleset rules = {
		.files = LANDLOCK_V1 | (version >= 3 ? LANDLOCK_TRUNCATE : 0),
		.net = LANDLOCK_TCP,
		.scoped = LANDLOCK_SCOPES,
	};

	if ((how->more & (CS_CONFINE_CONNECT | CS_CONFINE_NAMES)) != 0)
		rules.net = 1; /* bind */
	/* A file is written in one folder and put into another. */
	if ((how->more & CS_CONFINE_FOLDERS) != 0)
		rules.files |= LANDLOCK_REFER;
	if ((how->more & CS_CONFINE_PROGRAMS) != 0)
		rules.files = LANDLOCK_WRITES |
		    (version >= 2 ? LANDLOCK_REFER : 0) |
		    (version >= 3 ? LANDLOCK_TRUNCATE : 0);
	return rules;
}

static bool
allow_below(int ruleset, int parent, uint64_t what)
{
	const struct landlock_path_beneath_attr below = {
		.allowed_access = what, .parent_fd = parent
	};

	return syscall(SYS_landlock_add_rule, ruleset,
		   LANDLOCK_RULE_PATH_BENEATH, &below, 0) == 0;
}

/* The same by name; what is not there needs no rule. */
static bool
allow_path(int ruleset, const char *path, uint64_t what)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return true;
	done = allow_below(ruleset, fd, what);
	close(fd);
	return done;
}

/* What names are looked up by, to read. */
static bool
allow_names(int ruleset)
{
	static const char *const by[] = { "/etc/resolv.conf", "/etc/hosts",
		"/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
		"/etc/services", "/etc/ld.so.cache", "/run/systemd/resolve",
		"/lib", "/lib64", "/usr/lib", "/usr/lib64" };
	bool done = true;

	for (size_t i = 0; done && i < sizeof by / sizeof *by; i++) {
		struct stat st;

		if (stat(by[i], &st) == 0)
			done = allow_path(ruleset, by[i],
			    LANDLOCK_ACCESS_FS_READ_FILE |
				(S_ISDIR(st.st_mode)
					? LANDLOCK_ACCESS_FS_READ_DIR
					: 0));
	}
	return done;
}

static bool
add_exceptions(int fd, const struct cs_confinement *how, uint64_t files)
{
	bool done = true;

	if ((how->more & CS_CONFINE_FILES) != 0)
		done = allow_below(fd, how->folder,
		    LANDLOCK_ACCESS_FS_READ_FILE |
			LANDLOCK_ACCESS_FS_WRITE_FILE |
			LANDLOCK_ACCESS_FS_READ_DIR |
			LANDLOCK_ACCESS_FS_REMOVE_FILE |
			LANDLOCK_ACCESS_FS_MAKE_REG |
			((how->more & CS_CONFINE_FOLDERS) != 0
				? LANDLOCK_ACCESS_FS_MAKE_DIR |
				    LANDLOCK_ACCESS_FS_REMOVE_DIR |
				    LANDLOCK_REFER
				: 0) |
			(files & LANDLOCK_TRUNCATE));
	if ((how->more & CS_CONFINE_NAMES) != 0)
		done = allow_names(fd);
	if ((how->more & CS_CONFINE_PROGRAMS) != 0)
		/* A decoder's messages go to /dev/null. */
		done = allow_below(fd, how->folder, files) &&
		    (how->folder_too < 0 ||
			allow_below(fd, how->folder_too, files)) &&
		    allow_path(fd, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE);
	return done;
}

static bool
restrict_files(const struct cs_confinement *how)
{
	long version = landlock_version();
	struct ruleset rules;
	bool done;
	int fd;

	/* The first version lets no file change its folder. */
	if (version < ((how->more & CS_CONFINE_FOLDERS) != 0 ? 2 : 1))
		return false;
	rules = rules_for(how, version);
	fd = (int)syscall(
	    SYS_landlock_create_ruleset, &rules, ruleset_size(version), 0);
	if (fd < 0)
		return false;
	done = add_exceptions(fd, how, rules.files) &&
	    syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return done;
}

bool
cs_confine_to_names(void)
{
	const struct ruleset rules = { .files = LANDLOCK_V1 };
	bool done;
	int fd;

	if (ASAN || landlock_version() < 1)
		return false;
	fd = (int)syscall(
	    SYS_landlock_create_ruleset, &rules, ruleset_size(1), 0);
	done = fd >= 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	done = done && allow_names(fd);
	done = done && syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	if (fd >= 0)
		close(fd);
	return done;
}

/* ---- user and namespaces ------------------------------------------------ */

/* In a container there may be no other user. */
static bool
become(unsigned long uid)
{
	gid_t gid = uid == NOBODY ? NOBODY : getegid();

	return setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 &&
	    setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid) == 0;
}

/* Root unshares as root; others first become it in a namespace of users, in
 * which nobody else is. */
static bool
unshare_all(unsigned more)
{
	int what = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;

	if ((more & (CS_CONFINE_CONNECT | CS_CONFINE_NAMES)) == 0)
		what |= CLONE_NEWNET;
	if (unshare(what) == 0)
		return true;
	return geteuid() != 0 && unshare(CLONE_NEWUSER | what) == 0;
}

/* Capabilities, of which version 3 is the last. */
static enum cs_err
drop_capabilities(void)
{
	struct {
		uint32_t version;
		int pid;
	} head = { 0x20080522, 0 };
	uint32_t none[6] = { 0 };

	return syscall(SYS_capset, &head, none) == 0 ? CS_OK : CS_ERR_IO;
}

static enum cs_err
set_limits(void)
{
	const struct rlimit none = { 0, 0 };

	/* A core would hold what is secret. */
	return setrlimit(RLIMIT_CORE, &none) == 0 ? CS_OK : CS_ERR_IO;
}

enum cs_err
cs_confine(struct cs_confined *out, const struct cs_confinement *how)
{
	unsigned long uid = how->stranger ? NOBODY : how->uid;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = set_limits()))
		return err;
	/* Leaks are looked for at the end by means that are refused below. */
	if (ASAN)
		return CS_OK;
	out->namespaces = unshare_all(how->more);
	out->user = geteuid() == 0 && uid != 0 && become(uid);
	/* Whoever becomes somebody else would outlive the parent. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    (err = drop_capabilities()))
		return CS_ERR_IO;
	out->landlock = restrict_files(how);
	if ((err = filter_calls(how->more)))
		return err;
	out->seccomp = true;
	return CS_OK;
}
