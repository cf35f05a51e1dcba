/* SPDX-License-Identifier: MIT */
#include "content/photo_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "content/photo.h"

#define PATH_SIZE 4096
#define EXIT_NO_PROGRAM 127

/* ---- the child ---------------------------------------------------------- */

/* Between fork and exec: system calls only, and no return. */
static _Noreturn void
become(const char *program, char *mode, int end)
{
	static char name[] = "countersign-photo", locale[] = "LC_ALL=C";
	char *const argv[] = { name, mode, NULL };
	char *const env[] = { locale, NULL };
	sigset_t none;
	int null;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* Above 2, so that none of the three is closed by the next. */
	end = fcntl(end, F_DUPFD, 3);
	if (end < 0 || dup2(end, STDIN_FILENO) < 0 ||
	    dup2(end, STDOUT_FILENO) < 0)
		_exit(1);
	null = open("/dev/null", O_WRONLY);
	if (null < 0 ||
	    (null != STDERR_FILENO && dup2(null, STDERR_FILENO) < 0))
		_exit(1);
	if (close_range(3, ~0u, 0) != 0)
		_exit(1);
	execve(program, argv, env);
	_exit(EXIT_NO_PROGRAM);
}

static enum cs_err
start(pid_t *pid, int *end, const char *program, const char *mode)
{
	char copy[32]; /* execve() wants it not to be constant */
	int ends[2];

	snprintf(copy, sizeof copy, "%s", mode);

	/* A socket and not two pipes: send() can be told not to raise
	 * SIGPIPE, which is the caller's. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return CS_ERR_IO;
	*pid = fork();
	if (*pid == 0)
		become(program, copy, ends[1]);
	close(ends[1]);
	if (*pid < 0) {
		close(ends[0]);
		return CS_ERR_IO;
	}
	*end = ends[0];
	return CS_OK;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Take what is there; CS_ERR_CLOSED at the end. */
static enum cs_err
receive(int end, struct cs_buf *answer)
{
	uint8_t chunk[65536];
	ssize_t n = recv(end, chunk, sizeof chunk, MSG_DONTWAIT);
	enum cs_err err;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return CS_OK;
	if (n <= 0)
		return CS_ERR_CLOSED;
	err = cs_buf_add(answer, cs_view(chunk, (size_t)n));
	return err == CS_ERR_LIMIT ? CS_ERR_FORMAT : err;
}

static void
send_some(int end, struct cs_view *file)
{
	ssize_t n =
	    send(end, file->data, file->len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n > 0)
		*file = cs_view(file->data + n, file->len - (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		file->len = 0; /* it does not want more */
	if (file->len == 0)
		shutdown(end, SHUT_WR);
}

/* Give the photo and take the answer, at the same time, until the deadline. */
static enum cs_err
talk(int end, struct cs_view file, struct cs_buf *answer, int64_t deadline)
{
	enum cs_err err = CS_OK;

	if (file.len == 0)
		shutdown(end, SHUT_WR);
	while (err == CS_OK) {
		struct pollfd p = { .fd = end, .events = POLLIN };
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return CS_ERR_TIMEOUT;
		if (file.len != 0)
			p.events |= POLLOUT;
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			return CS_ERR_IO;
		if (p.revents & POLLOUT)
			send_some(end, &file);
		if (p.revents & (POLLIN | POLLHUP | POLLERR))
			err = receive(end, answer);
	}
	return err == CS_ERR_CLOSED ? CS_OK : err;
}

/* How the child ended; it has until the deadline and no longer. */
static enum cs_err
reap(pid_t pid, int64_t deadline)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	int status, flags = WNOHANG;
	pid_t got;

	while ((got = waitpid(pid, &status, flags)) != pid) {
		if (got < 0 && errno != EINTR)
			return CS_ERR_IO;
		if (flags != 0 && now_ms() >= deadline) {
			kill(pid, SIGKILL);
			flags = 0;
		}
		if (flags != 0)
			nanosleep(&moment, NULL);
	}
	if (flags == 0)
		return CS_ERR_TIMEOUT;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGXCPU ? CS_ERR_TIMEOUT
						   : CS_ERR_CLOSED;
	if (WEXITSTATUS(status) == EXIT_NO_PROGRAM)
		return CS_ERR_NOT_FOUND;
	return WEXITSTATUS(status) == 0 ? CS_OK : CS_ERR_IO;
}

enum cs_err
cs_photo_ask_program(struct cs_buf *answer, struct cs_view file,
    const char *program, const char *mode, int timeout_ms)
{
	int64_t deadline = now_ms() + timeout_ms;
	enum cs_err err, ended;
	pid_t pid;
	int end;

	if (file.len > CS_PHOTO_SOURCE_FILE_MAX)
		return CS_ERR_LIMIT;
	if ((err = start(&pid, &end, program, mode)))
		return err;
	err = talk(end, file, answer, deadline);
	close(end);
	ended = reap(pid, err != CS_OK ? 0 : deadline);
	return err ? err : ended;
}

/* ---- where it is -------------------------------------------------------- */

static enum cs_err
find_program(char out[static PATH_SIZE])
{
	const char *named = secure_getenv("COUNTERSIGN_PHOTO");
	static const char name[] = "countersign-photo";
	ssize_t n;
	char *slash;

	if (named != NULL && *named != '\0') {
		n = snprintf(out, PATH_SIZE, "%s", named);
		return n < PATH_SIZE && access(out, X_OK) == 0
		    ? CS_OK
		    : CS_ERR_NOT_FOUND;
	}
	n = readlink("/proc/self/exe", out, PATH_SIZE - 1);
	if (n <= 0)
		return CS_ERR_NOT_FOUND;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (slash == NULL ||
	    (size_t)(slash + 1 - out) + sizeof name > PATH_SIZE)
		return CS_ERR_NOT_FOUND;
	memcpy(slash + 1, name, sizeof name);
	return access(out, X_OK) == 0 ? CS_OK : CS_ERR_NOT_FOUND;
}

enum cs_err
cs_photo_ask(struct cs_buf *answer, struct cs_view file, const char *mode,
    int timeout_ms)
{
	char program[PATH_SIZE];
	enum cs_err err;

	if ((err = find_program(program)))
		return err;
	return cs_photo_ask_program(answer, file, program, mode, timeout_ms);
}
