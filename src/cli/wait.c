/* SPDX-License-Identifier: MIT */
#include "cli/wait.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "store/clock.h"

#define NOTICED_US 2000000
#define AGAIN_US 250000 /* a count is written anew so often */

/* What a signal writes, which may come at any time: it looks at the length
 * last, and nothing changes while that is 0. */
static char line[128];
static volatile sig_atomic_t length;
static volatile sig_atomic_t shown; /* so much stands on the terminal */
static uint64_t since_us, written_us;
static const char *waiting_for;

/* From a signal, too: no more than write(). */
static void
show(void)
{
	static const char clear[] = "\r\033[K";
	ssize_t n = 0;

	if (length == 0)
		return;
	n += write(STDERR_FILENO, clear, sizeof clear - 1);
	n += write(STDERR_FILENO, line, (size_t)length);
	shown = n > 0;
}

static void
on_alarm(int signal)
{
	(void)signal;
	show();
}

static void
set_alarm(long us)
{
	const struct itimerval t = { .it_value = {
					 us / 1000000, us % 1000000 } };

	(void)setitimer(ITIMER_REAL, &t, NULL);
}

/* Is there somebody to tell? */
static bool
is_watched(void)
{
	static int watched = -1;
	struct sigaction sa = { .sa_handler = on_alarm,
		.sa_flags = SA_RESTART };

	if (watched < 0) {
		watched = isatty(STDERR_FILENO);
		if (watched)
			(void)sigaction(SIGALRM, &sa, NULL);
	}
	return watched;
}

static void
set_line(const char *text)
{
	length = 0;
	snprintf(line, sizeof line, "%s", text);
	length = (sig_atomic_t)strlen(line);
}

static void
stop(void)
{
	ssize_t n;

	set_alarm(0);
	length = 0;
	waiting_for = NULL;
	if (!shown)
		return;
	n = write(STDERR_FILENO, "\r\033[K", 4);
	shown = n < 0;
}

/* 10000 as "10,000". */
static void
group_digits(char out[static 32], uint64_t n)
{
	char digits[24];
	size_t len, at = 0;

	snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i != 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

static void
wait_with(const char *what, const char *text)
{
	uint64_t now = cs_clock_us();

	if (what != waiting_for) {
		/* A thing that leads to another does not begin anew. */
		if (waiting_for == NULL)
			since_us = now;
		waiting_for = what;
		written_us = 0;
	}
	if (now - written_us < AGAIN_US)
		return;
	written_us = now;
	set_line(text);
	if (now - since_us >= NOTICED_US)
		show();
	else
		set_alarm((long)(NOTICED_US - (now - since_us)));
}

void
cli_waits(const char *what)
{
	char text[sizeof line];

	if (!is_watched())
		return;
	if (what == NULL) {
		stop();
		return;
	}
	snprintf(text, sizeof text, "%s ...", what);
	wait_with(what, text);
}

void
cli_waits_count(const char *what, uint64_t done, uint64_t total)
{
	char text[sizeof line], some[32], all[32];

	if (!is_watched())
		return;
	group_digits(some, done);
	group_digits(all, total);
	snprintf(text, sizeof text, "%s: %s of %s", what, some, all);
	wait_with(what, text);
}
