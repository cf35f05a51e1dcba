/* SPDX-License-Identifier: MIT */
#include "store/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool
cs_standard_fill(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* The other way round than it would be used: output that
		 * nobody gets is a failure (cli_main()). */
		if (open("/dev/null",
			fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	}
	return true;
}
