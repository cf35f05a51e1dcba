/* SPDX-License-Identifier: MIT */
#include "store/standard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"

static bool
is_null(int fd)
{
	struct stat st, null;

	return fstat(fd, &st) == 0 && stat("/dev/null", &null) == 0 &&
	    S_ISCHR(st.st_mode) && st.st_rdev == null.st_rdev;
}

/* In a child that has closed those of ${closed}: 0 if all is as it should be,
 * else what is not. */
static int
look(unsigned closed)
{
	char c;
	int next;

	for (int fd = 0; fd < 3; fd++)
		if (closed & 1u << fd)
			close(fd);
	if (!cs_standard_fill())
		return 1;
	for (int fd = 0; fd < 3; fd++)
		if ((closed & 1u << fd) && !is_null(fd))
			return 2;
	if ((next = open("/dev/zero", O_RDONLY)) < 3)
		return 3;
	/* What was closed can still not be used. */
	if ((closed & 1) && read(0, &c, 1) >= 0)
		return 4;
	if ((closed & 2) && write(1, "", 1) >= 0)
		return 5;
	return cs_standard_fill() && open("/dev/zero", O_RDONLY) == next + 1
	    ? 0
	    : 6;
}

static void
test_fill(void **state)
{
	(void)state;
	for (unsigned closed = 0; closed < 8; closed++) {
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(look(closed));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_fill) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
