/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include <time.h>
#include <unistd.h>

#include "base/text.h"

/* One character off the front of ${v}: what is not UTF-8 comes as bytes. */
static uint32_t
next_char(struct cs_view *v, size_t *n)
{
	uint8_t c = v->data[0];
	uint32_t x = c;

	*n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (*n > v->len || !cs_utf8_valid(cs_view(v->data, *n)))
		*n = 1;
	else if (*n > 1)
		x = c & (0xffu >> (*n + 1));
	for (size_t i = 1; i < *n; i++)
		x = x << 6 | (v->data[i] & 0x3f);
	*v = cs_view(v->data + *n, v->len - *n);
	return x;
}

/*
 * Moves a cursor, is not seen, or turns the direction of writing around.  The
 * joiners U+200C and U+200D are none of these: Kurdish and Persian are written
 * with them, and families in emoji.
 */
static bool
is_hidden(uint32_t x)
{
	return x < 0x20 || (x >= 0x7f && x < 0xa0) || x == 0xad || x == 0x61c ||
	    x == 0x180e || x == 0x200b || x == 0x200e || x == 0x200f ||
	    (x >= 0x2028 && x <= 0x202e) || (x >= 0x2060 && x <= 0x206f) ||
	    x == 0xfeff || (x >= 0xfff9 && x <= 0xfffb) ||
	    (x >= 0xe0000 && x <= 0xe0fff);
}

void
cli_print_text(FILE *to, struct cs_view text, int indent)
{
	while (text.len > 0) {
		const uint8_t *from = text.data;
		size_t n;
		uint32_t x = next_char(&text, &n);

		if (x == '\n')
			fprintf(to, "\n%*s", indent, "");
		else if (x == '\t')
			fputc(' ', to);
		else if (is_hidden(x) || (n == 1 && x >= 0x80))
			fprintf(to, "\\u{%x}", (unsigned)x);
		else
			fwrite(from, 1, n, to);
	}
}

void
cli_print_json(FILE *to, struct cs_view text)
{
	fputc('"', to);
	while (text.len > 0) {
		const uint8_t *from = text.data;
		size_t n;
		uint32_t x = next_char(&text, &n);

		if (x == '"' || x == '\\')
			fprintf(to, "\\%c", (char)x);
		else if (x >= 0x10000 && is_hidden(x))
			fprintf(to, "\\u%04x\\u%04x",
			    (unsigned)(0xd800 + ((x - 0x10000) >> 10)),
			    (unsigned)(0xdc00 + ((x - 0x10000) & 0x3ff)));
		else if (is_hidden(x) || (n == 1 && x >= 0x80))
			fprintf(to, "\\u%04x", (unsigned)x);
		else
			fwrite(from, 1, n, to);
	}
	fputc('"', to);
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
