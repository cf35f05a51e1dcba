/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include <time.h>
#include <unistd.h>

/* Decode one character of well-formed UTF-8. */
static uint32_t
next(struct cs_view *v)
{
	const uint8_t *p = v->data;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t x = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	if (n > v->len)
		n = v->len; /* cannot be: checked where it came in */
	for (size_t i = 1; i < n; i++)
		x = x << 6 | (p[i] & 0x3f);
	v->data += n;
	v->len -= n;
	return x;
}

/* Characters that act on the terminal or on the line instead of being
 * shown: C0, C1, line separators, and the bidirectional controls. */
static bool
is_control(uint32_t x)
{
	return x < 0x20 || (x >= 0x7f && x < 0xa0) || x == 0x061c ||
	    x == 0x200e || x == 0x200f || (x >= 0x2028 && x <= 0x202e) ||
	    (x >= 0x2066 && x <= 0x2069) || x == 0xfeff ||
	    (x >= 0xe0000 && x <= 0xe007f);
}

void
cli_print_text(FILE *to, struct cs_view text, int indent)
{
	while (text.len != 0) {
		const uint8_t *at = text.data;
		uint32_t x = next(&text);

		if (x == '\n')
			fprintf(to, "\n%*s", indent, "");
		else if (x == '\t')
			fputc(' ', to);
		else if (is_control(x))
			fprintf(to, "<U+%04X>", (unsigned)x);
		else
			fwrite(at, 1, (size_t)(text.data - at), to);
	}
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
cli_print_json(FILE *to, struct cs_view text)
{
	fputc('"', to);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t x = text.data[i];

		if (x == '"' || x == '\\')
			fprintf(to, "\\%c", x);
		else if (x < 0x20 || x == 0x7f)
			fprintf(to, "\\u%04x", x);
		else
			fputc(x, to);
	}
	fputc('"', to);
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
