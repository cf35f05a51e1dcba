/* SPDX-License-Identifier: MIT */
#include "cli/file_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file.h"

static enum cs_err
hash_fd(struct cs_hasher *h, int fd)
{
	static uint8_t bytes[1 << 16];
	ssize_t n;
	enum cs_err err = CS_OK;

	while (err == CS_OK && (n = read(fd, bytes, sizeof bytes)) != 0)
		if (n > 0)
			err = cs_hasher_add(h, cs_view(bytes, (size_t)n));
		else if (errno != EINTR)
			err = cs_file_errno();
	return err;
}

enum cs_err
cli_file_hash(uint8_t out[static CS_SHA256_LEN], const char *path)
{
	struct cs_hasher *h = NULL;
	struct stat st;
	/* What is no plain file does not keep this waiting. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	enum cs_err err = CS_OK;

	if (fd < 0)
		return cs_file_errno();
	if (fstat(fd, &st) != 0)
		err = cs_file_errno();
	else if (!S_ISREG(st.st_mode))
		err = CS_ERR_TYPE;
	if (err == CS_OK && (err = cs_hasher_new(&h, CS_SHA256)) == CS_OK &&
	    (err = hash_fd(h, fd)) == CS_OK)
		err = cs_hasher_end(h, out);
	cs_hasher_free(h);
	close(fd);
	return err;
}
