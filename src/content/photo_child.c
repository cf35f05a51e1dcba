/* SPDX-License-Identifier: MIT */
#include "content/photo_child.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "content/photo.h"
#include "content/photo_codec.h"
#include "content/photo_heif.h"
#include "content/photo_look.h"
#include "content/photo_work.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(HAS_ASAN)
#define ASAN 1
#else
#define ASAN 0
#endif

/* A photo of 50 megapixels, decoded, turned and encoded, and what the encoders
 * need beside. */
#define MEMORY_MAX ((rlim_t)1536 << 20)
#define CPU_SECONDS_MAX 30

static enum cs_err
set_limit(int which, rlim_t value)
{
	struct rlimit limit = { value, value };

	return setrlimit((__rlimit_resource_t)which, &limit) == 0 ? CS_OK
								  : CS_ERR_IO;
}

static enum cs_err
set_limits(void)
{
	static const struct {
		int which;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_CPU, CPU_SECONDS_MAX },
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_NOFILE, 0 },
	};
	enum cs_err err;

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		if ((err = set_limit(limits[i].which, limits[i].value)))
			return err;
	/* Shadow memory of ASan is larger than any limit. */
	return ASAN ? CS_OK : set_limit(RLIMIT_AS, MEMORY_MAX);
}

/* Memory, time, and the way out: what decoders, encoders and the C library
 * ask the kernel for when they work in memory, in one thread. */
static const int allowed[] = {
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(getrandom), /* malloc() keys its caches */
	SCMP_SYS(sysinfo),   /* qsort() of more than 1 KiB: how much memory? */
	SCMP_SYS(clock_gettime), /* where the kernel lends no vDSO */
	SCMP_SYS(gettimeofday),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), /* how many processors? */
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
#if ASAN
	SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
#endif
};

static int
allow(scmp_filter_ctx ctx)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	/* Memory holds data, never code. */
	failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
	    SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO));
	failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
	    SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO));
	/* Decoders complain about what is damaged; to nobody. */
	failed |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
	    SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
	return failed;
}

enum cs_err
cs_photo_sandbox(void)
{
	scmp_filter_ctx ctx;
	enum cs_err err = CS_ERR_IO;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || set_limits() != CS_OK)
		return CS_ERR_IO;
	/* seccomp_load() sets no_new_privs first. */
	if ((ctx = seccomp_init(SCMP_ACT_KILL_PROCESS)) == NULL)
		return CS_ERR_NOMEM;
	if (allow(ctx) == 0 && seccomp_load(ctx) == 0)
		err = CS_OK;
	seccomp_release(ctx);
	return err;
}

static enum cs_err
read_all(struct cs_buf *out)
{
	static uint8_t chunk[65536];
	enum cs_err err;

	for (;;) {
		ssize_t n = read(STDIN_FILENO, chunk, sizeof chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return CS_ERR_IO;
		if (n == 0)
			return CS_OK;
		if (out->len + (size_t)n > CS_PHOTO_SOURCE_FILE_MAX)
			return CS_ERR_LIMIT;
		if ((err = cs_buf_add(out, cs_view(chunk, (size_t)n))))
			return err;
	}
}

static enum cs_err
write_all(struct cs_view v)
{
	while (v.len > 0) {
		ssize_t n = write(STDOUT_FILENO, v.data, v.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return CS_ERR_IO;
		v = cs_view(v.data + n, v.len - (size_t)n);
	}
	return CS_OK;
}

static enum cs_err
look(struct cs_buf *answer, struct cs_view file, enum cs_err err,
    enum cs_photo_level level)
{
	struct cs_photo_look l = { 0 };

	if (err == CS_OK)
		err = cs_photo_look_here(&l, file, level);
	return cs_photo_look_write(answer, &l, err);
}

int
cs_photo_child_main(const char *mode)
{
	/* What a library prints stays here, and does not get into the answer;
	 * of a buffer of its own, the C library would ask where it goes. */
	static char printed[65536];
	static const char *const looks[] = { "look-hash", "look-blur",
		"look-small", "look-full" };
	struct cs_buf file = { 0 }, answer = { 0 };
	int level = -1;
	enum cs_err err;

	(void)setvbuf(stdout, printed, _IOFBF, sizeof printed);
	/* lcms2 dates its profiles: gmtime() would look for a zone. */
	tzset();
	for (int i = 0; i < 4; i++)
		if (strcmp(mode, looks[i]) == 0)
			level = i;
	if (cs_heif_prepare() != CS_OK || cs_photo_sandbox() != CS_OK)
		return 1;
	err = read_all(&file);
	if (level < 0)
		err = cs_photo_work(&answer, cs_buf_view(&file), mode, err);
	else
		err = look(&answer, cs_buf_view(&file), err,
		    (enum cs_photo_level)level);
	if (err || write_all(cs_buf_view(&answer)) != CS_OK)
		_exit(1);
	/* Nothing that an ordinary exit would run is allowed any more. */
	_exit(0);
}
