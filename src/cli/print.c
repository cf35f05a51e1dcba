/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "store/clock.h"

void
cli_print_text(FILE *to, struct cs_view text, int indent)
{
	while (text.len > 0) {
		const uint8_t *from = text.data;
		size_t n;
		uint32_t x = cs_utf8_next(&text, &n);

		if (x == '\n')
			fprintf(to, "\n%*s", indent, "");
		else if (x == '\t')
			fputc(' ', to);
		else if (cs_utf8_hidden(x) || (n == 1 && x >= 0x80))
			fprintf(to, "\\u{%x}", (unsigned)x);
		else
			fwrite(from, 1, n, to);
	}
}

enum cs_err
cli_json_print(struct cs_json_writer *j)
{
	enum cs_err err = cs_json_end(j);

	if (err == CS_OK &&
	    (fwrite(j->buf->data, 1, j->buf->len, stdout) != j->buf->len ||
		fputc('\n', stdout) == EOF))
		err = CS_ERR_IO;
	cs_buf_free(j->buf);
	return err;
}

void
cli_print_time(FILE *to, uint64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	char at[32] = "?";
	struct tm tm;

	if (localtime_r(&t, &tm) != NULL)
		strftime(at, sizeof at, "%Y-%m-%d %H:%M", &tm);
	fputs(at, to);
}

void
cli_print_day(FILE *to, uint64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	char at[32] = "?";
	struct tm tm;

	/* What is rounded to the day is rounded to the day in UTC. */
	if (gmtime_r(&t, &tm) != NULL)
		strftime(at, sizeof at, "%Y-%m-%d", &tm);
	fputs(at, to);
}

#define PROGRESS_LEAST 65536 /* what is smaller is there at once */
#define PROGRESS_US 250000   /* it is written anew so often */

/* "1.5 MB", in units that lines are sold in. */
static void
amount(char out[static 24], double bytes)
{
	if (bytes < 1e6)
		snprintf(out, 24, "%.0f kB", bytes / 1e3);
	else
		snprintf(out, 24, "%.1f MB", bytes / 1e6);
}

static void
time_left(char out[static 32], double seconds)
{
	if (seconds < 60)
		snprintf(out, 32, "%.0f s", seconds);
	else if (seconds < 3600)
		snprintf(out, 32, "%.0f min", seconds / 60);
	else
		snprintf(out, 32, "%.1f h", seconds / 3600);
}

void
cli_progress(uint64_t done, uint64_t total)
{
	static uint64_t from_us, from, last_us, last;
	uint64_t now = cs_clock_us();
	char some[24], all[24], speed[24], left[32];
	double rate;

	if (!isatty(STDERR_FILENO) || total < PROGRESS_LEAST)
		return;
	/* It begins, or goes on where it broke off: what was there before says
	 * nothing of the line. */
	if (from_us == 0 || done < last) {
		from_us = now;
		from = done;
		last_us = 0;
	}
	last = done;
	if (now - last_us < PROGRESS_US && done < total)
		return;
	last_us = now;
	rate = now > from_us
	    ? (double)(done - from) * 1e6 / (double)(now - from_us)
	    : 0;
	amount(some, (double)done);
	amount(all, (double)total);
	amount(speed, rate);
	time_left(left, rate > 0 ? (double)(total - done) / rate : 0);
	fprintf(stderr, "\r\033[K%s of %s, %s/s, %s left", some, all, speed,
	    rate > 0 ? left : "?");
	if (done >= total) {
		fputc('\n', stderr);
		from_us = 0;
	}
}
