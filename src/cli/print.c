/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include <time.h>
#include <unistd.h>

#include "base/text.h"

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

void
cli_progress(uint64_t done, uint64_t total)
{
	static int shown = -1;
	int percent = total == 0 ? 100 : (int)(done * 100 / total);

	if (!isatty(STDERR_FILENO) || total < (1 << 20) || percent == shown)
		return;
	shown = percent;
	fprintf(
	    stderr, "\r%3d %% of %.1f MiB", percent, (double)total / (1 << 20));
	if (done >= total) {
		fputc('\n', stderr);
		shown = -1;
	}
}
